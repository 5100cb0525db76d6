/** Brings a recommender up to what the log holds. */
import type { LoggedControl } from "../domain/event.ts";
import { inOrder } from "../domain/log_records.ts";
import type { CreatedEvent } from "../ingest/accept_events.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { Recommender } from "../recommend/recommender.ts";

/** More events than a user has. */
const ALL = 1e9;

/** What the log says that is gone: the event at an offset, or all of a user's before an offset. */
export type Forgotten = { readonly eventAt: number } | { readonly userBefore: number };

/** A list of ids by the log's codes that grows as the log does. */
class IdList {
  readonly ids: string[] = [];
  readonly #read: (fromCode: number) => Promise<string[]>;

  constructor(read: (fromCode: number) => Promise<string[]>) {
    this.#read = read;
  }

  /** Those below `count`, as somebody knows them already. */
  learn(count: number, idAt: (code: number) => string): void {
    for (let code = this.ids.length; code < count; code++) this.ids.push(idAt(code));
  }

  /** All that there are now. */
  coverAll(): Promise<void> {
    return this.coverFirst(this.ids.length + 1);
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
  readonly #onForgotten: (what: Forgotten) => void;
  readonly #users: IdList;
  readonly #items: IdList;
  #end = 0;
  /** Events were taken whose users' codes nobody has asked for. */
  #hasTaken = false;

  constructor(log: EventLog, onForgotten: (what: Forgotten) => void = () => {}) {
    this.#log = log;
    this.#onForgotten = onForgotten;
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

  /**
   * Applies what the log holds from the recommender's `seenOffset` to its end: events, and what takes events away. Twice is
   * once: seen is seen.
   */
  async apply(recommender: Recommender | undefined): Promise<void> {
    const untilOffset = await this.#log.end();
    this.#end = Math.max(this.#end, untilOffset);
    // In a generation of this log indexes are codes: what it names need not be read.
    if (recommender?.generation.logId === this.#log.logId) {
      this.#users.learn(recommender.userCount, (code) => recommender.userIdAt(code) ?? "");
      this.#items.learn(recommender.itemCount, (code) => recommender.itemIdAt(code));
    }
    // A record that erases somebody tells the code, and by then the log does not know whose it was.
    if (this.#hasTaken) {
      this.#hasTaken = false;
      await this.#users.coverAll();
    }
    if (recommender === undefined || recommender.seenOffset >= untilOffset) return;
    const fromOffset = recommender.seenOffset, events = this.#log.read({ fromOffset, untilOffset });
    const readControls = () => this.#log.readControls({ fromOffset, untilOffset });
    for await (const record of inOrder(events, readControls, fromOffset, untilOffset)) {
      if (record.kind === "control") {
        await this.#control(record.control, recommender);
        continue;
      }
      const { count, users, items } = record.events;
      await this.#users.cover(users);
      await this.#items.cover(items);
      for (let i = 0; i < count; i++) {
        const userId = this.#users.ids[users[i]];
        // Erased since it was read: the record that says so comes.
        if (userId !== "") recommender.addSeen(userId, this.#items.ids[items[i]]);
      }
    }
    recommender.advance(untilOffset);
  }

  async #control({ offset, record }: LoggedControl, recommender: Recommender): Promise<void> {
    if (record.kind === "userErased") {
      const { userCode } = record, known = this.#users.ids[userCode];
      // In a generation of this log indexes are codes.
      const isOurs = recommender.generation.logId === this.#log.logId;
      const userId = known || (isOurs ? recommender.userIdAt(userCode) : undefined);
      if (userId !== undefined) recommender.forgetUser(userId);
      else await this.#forgetUnknown(recommender);
      if (known !== undefined) this.#users.ids[userCode] = "";
      this.#onForgotten({ userBefore: offset });
    } else if (record.kind === "eventDeleted") {
      await this.#unsee(record.deletedOffset, recommender);
      this.#onForgotten({ eventAt: record.deletedOffset });
    }
  }

  /** Whose events were taken a moment ago, and who was erased before the code was asked for. */
  async #forgetUnknown(recommender: Recommender): Promise<void> {
    await this.#users.coverAll();
    const known = new Set(this.#users.ids);
    for (const userId of recommender.usersAdded()) if (!known.has(userId)) recommender.forgetUser(userId);
  }

  /** Unless other events say that the user has seen the item. */
  async #unsee(deletedOffset: number, recommender: Recommender): Promise<void> {
    const deleted = this.#log.read({ fromOffset: deletedOffset, untilOffset: deletedOffset + 1 });
    for await (const { users, items } of deleted) {
      await this.#users.cover(users);
      await this.#items.cover(items);
      const userId = this.#users.ids[users[0]], itemId = this.#items.ids[items[0]];
      const left = await this.#log.eventsOfUser(userId, { limit: ALL });
      if (!left.some((event) => event.itemId === itemId)) recommender.removeSeen(userId, itemId);
    }
  }

  /**
   * Applies events that were just appended, ascending by offset, without reading the log. False when a record of
   * somebody else lies before one of them: then the log must be read.
   */
  take(events: readonly Omit<CreatedEvent, "eventId">[], recommender: Recommender): boolean {
    for (const { userId, itemId, offset } of events) {
      this.#end = Math.max(this.#end, offset + 1);
      if (offset > recommender.seenOffset) return false;
      this.#hasTaken = true;
      recommender.addSeen(userId, itemId);
      recommender.advance(offset + 1);
    }
    return true;
  }
}
