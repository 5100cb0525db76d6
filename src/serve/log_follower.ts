/** Brings a recommender up to what the log holds. */
import type { EventLog } from "../ports/event_log.ts";
import type { Recommender } from "../recommend/recommender.ts";

/** An event that this process appended. */
export interface AcceptedEvent {
  readonly eventId: string;
  readonly userId: string;
  readonly itemId: string;
  readonly offset: number;
}

/** A list of ids by the log's codes that grows as the log does. */
class IdList {
  readonly ids: string[] = [];
  readonly #read: (fromCode: number) => Promise<string[]>;

  constructor(read: (fromCode: number) => Promise<string[]>) {
    this.#read = read;
  }

  /** Makes sure that the ids of these codes are there. */
  cover(codes: Uint32Array): Promise<void> {
    let greatest = -1;
    for (let i = 0; i < codes.length; i++) greatest = Math.max(greatest, codes[i]);
    return this.coverFirst(greatest + 1);
  }

  /** The same of the codes below `count`. */
  async coverFirst(count: number): Promise<void> {
    if (count <= this.ids.length) return;
    const from = this.ids.length;
    const more = await this.#read(from);
    // Another reading may have added them meanwhile: a code never changes its meaning.
    for (let i = this.ids.length - from; i < more.length; i++) this.ids.push(more[i]);
  }
}

export class LogFollower {
  readonly #log: EventLog;
  readonly #users: IdList;
  readonly #items: IdList;
  #end = 0;

  constructor(log: EventLog) {
    this.#log = log;
    this.#users = new IdList((fromCode) => log.userIds(fromCode));
    this.#items = new IdList((fromCode) => log.itemIds(fromCode));
  }

  /** Offset after the last record, as far as it was seen. */
  get end(): number {
    return this.#end;
  }

  /** Ids by code, those below `count` at least. The array belongs to this follower. */
  async ids(side: "user" | "item", count: number): Promise<readonly string[]> {
    const list = side === "user" ? this.#users : this.#items;
    await list.coverFirst(count);
    return list.ids;
  }

  /** Applies the events from the recommender's `seenOffset` to the log's end. Twice is once: seen is seen. */
  async apply(recommender: Recommender | undefined): Promise<void> {
    const untilOffset = await this.#log.end();
    this.#end = Math.max(this.#end, untilOffset);
    if (recommender === undefined || recommender.seenOffset >= untilOffset) return;
    for await (const batch of this.#log.read({ fromOffset: recommender.seenOffset, untilOffset })) {
      await this.#users.cover(batch.users);
      await this.#items.cover(batch.items);
      for (let i = 0; i < batch.count; i++) {
        recommender.addSeen(this.#users.ids[batch.users[i]], this.#items.ids[batch.items[i]]);
      }
    }
    recommender.advance(untilOffset);
  }

  /**
   * Applies events that were just appended, ascending by offset, without reading the log. False when a record of
   * somebody else lies before one of them: then the log must be read.
   */
  take(events: readonly Omit<AcceptedEvent, "eventId">[], recommender: Recommender): boolean {
    for (const { userId, itemId, offset } of events) {
      this.#end = Math.max(this.#end, offset + 1);
      if (offset > recommender.seenOffset) return false;
      recommender.addSeen(userId, itemId);
      recommender.advance(offset + 1);
    }
    return true;
  }
}
