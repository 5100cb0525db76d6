/** Consumer groups in a file of topics: who is alive, and who reads which partition. Called inside a transaction. */
import { assignPartitions } from "../../domain/assign_partitions.ts";
import type { Database } from "./database.ts";
import type { Partition, TopicsMessages } from "./topics_messages.ts";

/** The right to read a partition. */
export interface Claim extends Partition {
  readonly claim: number;
}

/** What a member holds after a beat. */
export interface Share {
  /** To read. */
  readonly kept: readonly Claim[];
  /** Held still, and due to others: to be released once the running batch is finished. */
  readonly due: readonly Claim[];
  /** Of the group, as this beat left it: once it is another, it is time for the next. */
  readonly epoch: number;
}

export class TopicsGroups {
  readonly #database: Database;
  readonly #messages: TopicsMessages;

  constructor(database: Database, messages: TopicsMessages) {
    this.#database = database;
    this.#messages = messages;
  }

  /**
   * Says that the member is alive until `expiresAtMs`, forgets those whose time is over, and claims what is free of the
   * member's share. A partition that another one holds is claimed at a later beat, when it was released.
   */
  beat(group: string, member: string, topics: readonly string[], nowMs: number, expiresAtMs: number): Share {
    this.#forgetDead(group, member, nowMs);
    if (this.#isNew(group, member)) this.#change(group);
    this.#database.sql("INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?)")
      .run(group, member, JSON.stringify(topics), expiresAtMs);
    const subscriptions = this.#database.sql("SELECT member, topics FROM members WHERE group_name = ?").all(
      group,
    )
      .map((row) => ({ member: row.member as string, topics: JSON.parse(row.topics as string) as string[] }));
    const wanted = [...new Set(subscriptions.flatMap((subscription) => subscription.topics))].sort();
    const partitions = this.#messages.partitionsOf(wanted);
    const share = assignPartitions(subscriptions, partitions).get(member) as Partition[];
    const taken = new Set(
      this.#database.sql("SELECT partition FROM claims WHERE group_name = ?").all(group).map((row) =>
        row.partition
      ),
    );
    const claim = this.#database.sql("INSERT INTO claims (group_name, partition, member) VALUES (?, ?, ?)");
    for (const { id } of share) if (!taken.has(id)) claim.run(group, id, member);
    const mine = new Map(
      this.#database.sql("SELECT partition, id FROM claims WHERE group_name = ? AND member = ?").all(
        group,
        member,
      )
        .map((row) => [row.partition as number, row.id as number]),
    );
    const held = partitions.filter(({ id }) => mine.has(id)).map((one) => ({
      ...one,
      claim: mine.get(one.id)!,
    }));
    const wantedIds = new Set(share.map(({ id }) => id));
    return {
      kept: held.filter(({ id }) => wantedIds.has(id)),
      due: held.filter(({ id }) => !wantedIds.has(id)),
      epoch: this.epoch(group),
    };
  }

  /** Keeps where the group is, unless the claim is lost by now: false then. */
  commit(group: string, { claim, id }: Claim, nextOffset: number): boolean {
    if (this.#database.sql("SELECT 1 FROM claims WHERE id = ?").get(claim) === undefined) return false;
    this.#messages.setGroupOffset(group, id, nextOffset);
    return true;
  }

  release(group: string, { claim }: Claim): void {
    this.#database.sql("DELETE FROM claims WHERE id = ?").run(claim);
    this.#change(group);
  }

  leave(group: string, member: string): void {
    this.#database.sql("DELETE FROM claims WHERE group_name = ? AND member = ?").run(group, member);
    this.#database.sql("DELETE FROM members WHERE group_name = ? AND member = ?").run(group, member);
    this.#change(group);
  }

  /** Another number when somebody came, went, or released something. */
  epoch(group: string): number {
    return this.#database.sql("SELECT epoch FROM groups WHERE name = ?").get(group)?.epoch as number ?? 0;
  }

  #isNew(group: string, member: string): boolean {
    return this.#database.sql("SELECT 1 FROM members WHERE group_name = ? AND member = ?").get(
      group,
      member,
    ) ===
      undefined;
  }

  #forgetDead(group: string, self: string, nowMs: number): void {
    const { changes } = this.#database.sql(
      "DELETE FROM members WHERE group_name = ? AND expires_at_ms <= ? AND member <> ?",
    ).run(group, nowMs, self);
    if (Number(changes) === 0) return;
    this.#database.sql(
      "DELETE FROM claims WHERE group_name = ? AND member NOT IN (SELECT member FROM members WHERE group_name = ?)",
    ).run(group, group);
    this.#change(group);
  }

  #change(group: string): void {
    this.#database.sql("INSERT INTO groups VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1")
      .run(group);
  }
}
