/**
 * The event log in MongoDB, without transactions over several documents, so that a standalone server will do. How each
 * promise of the port holds:
 *
 * - Durable, in order: an append is the insertion of one document, acknowledged by a majority from their journals.
 * - Dense offsets: its `_id` is the offset after the document before it; so of two processes that append at once one is
 *   refused, learns what the other wrote, and tries again (log_writer.ts). There are no reservations and no gaps.
 * - Unique event ids: a unique index over the ids in the document, checked in that same insertion.
 * - Whole or absent: one document is. Only appends of more than 32,768 events or about 10 MB are several; a crash between
 *   them leaves the first of them, and the same append again adds the others and nothing twice.
 * - Codes: a document carries the ids that it brings; as it can only come after one certain document, its writer knew all
 *   the codes before.
 * - Erasure: one insertion hides the user from all readers; then the contents are removed, document by document
 *   (log_erasure.ts). The database's own journal and its free space are outside, as are backups.
 */
import type { Collection } from "mongodb";
import { checkColumns, checkEvents } from "../../domain/check_append.ts";
import type {
  ControlRecord,
  LoggedControl,
  LoggedEvent,
  LoggedEventColumns,
  NewEvent,
  NewEventColumns,
} from "../../domain/event.ts";
import { eventIdOfKey } from "../../domain/event_key.ts";
import { OutsideFailure } from "../../domain/failure.ts";
import type {
  AppendResult,
  ColumnsAppended,
  EventLog,
  ReadOptions,
  UserErased,
  UserEventsOptions,
} from "../../ports/event_log.ts";
import { AppendGroups } from "./append_groups.ts";
import type { Connection } from "./connection.ts";
import { LogErasure } from "./log_erasure.ts";
import type { EntryDocument } from "./log_entries.ts";
import { entryOfControl } from "./log_plan.ts";
import { LogReader } from "./log_reader.ts";
import { LogState } from "./log_state.ts";
import { LogWriter } from "./log_writer.ts";

const BATCH_COUNT = 65_536;

export interface LogIdentity {
  readonly logId: string;
  /** Of the hashes of erased event ids. */
  readonly salt: string;
}

export class MongoEventLog implements EventLog {
  readonly logId: string;
  readonly #connection: Connection;
  readonly #entries: Collection<EntryDocument>;
  readonly #state: LogState;
  readonly #writer: LogWriter;
  readonly #reader: LogReader;
  readonly #erasure: LogErasure;
  /** Writes happen in the order in which they are asked for. */
  readonly #groups: AppendGroups;
  #isClosed = false;

  constructor(connection: Connection, { logId, salt }: LogIdentity) {
    this.logId = logId;
    this.#connection = connection;
    this.#entries = connection.collection<EntryDocument>("events");
    this.#state = new LogState(connection, this.#entries);
    this.#writer = new LogWriter(connection, this.#entries, this.#state, salt);
    this.#reader = new LogReader(connection, this.#entries, this.#state);
    this.#erasure = new LogErasure(connection, this.#entries, salt);
    this.#groups = new AppendGroups((events, hasBodies) => this.#writer.append(events, hasBodies));
  }

  /** Indexes, and erasures that a process left unfinished. */
  async prepare(): Promise<void> {
    await this.#connection.run("make indexes", () =>
      this.#entries.createIndexes([
        { key: { "parts.ids": 1 }, unique: true, sparse: true },
        { key: { who: 1, _id: -1 }, sparse: true },
        { key: { brings: 1 }, sparse: true },
        { key: { isUnfinished: 1 }, sparse: true },
      ]));
    await this.#erasure.finishAll();
  }

  async append(events: readonly NewEvent[]): Promise<AppendResult[]> {
    checkEvents(events);
    this.#checkOpen();
    return await this.#groups.append(events, true);
  }

  async appendColumns(columns: NewEventColumns): Promise<ColumnsAppended> {
    checkColumns(columns);
    this.#checkOpen();
    const results = await this.#groups.append(eventsOf(columns), false);
    const created = results.filter(({ status }) => status === "created").length;
    if (results.length === 0) await this.#state.catchUp();
    return { created, duplicates: columns.count - created, end: this.#state.end };
  }

  async appendControl(record: ControlRecord, timeMs: number): Promise<number> {
    this.#checkOpen();
    const control = { timeMs, record: structuredClone(record) };
    const offset = await this.#alone(() => this.#writer.insert(() => entryOfControl(this.#state, control)));
    return offset!;
  }

  async end(): Promise<number> {
    await this.#state.catchUp();
    return this.#state.end;
  }

  read(options: ReadOptions = {}): AsyncIterable<LoggedEventColumns> {
    const end = this.end();
    // Whoever reads sees the failure; until then it is not unhandled.
    end.catch(() => {});
    return this.#read(end, options);
  }

  async *#read(end: Promise<number>, options: ReadOptions): AsyncGenerator<LoggedEventColumns> {
    const { fromOffset = 0, untilOffset = Infinity, batchCount = BATCH_COUNT } = options;
    const until = Math.min(untilOffset, await end);
    yield* this.#reader.read(Math.max(0, fromOffset), until, Math.max(1, batchCount));
  }

  async readControls({ fromOffset = 0, untilOffset = Infinity }: ReadOptions = {}): Promise<LoggedControl[]> {
    await this.#state.catchUp();
    return this.#state.controls.filter(({ offset }) => offset >= fromOffset && offset < untilOffset)
      .map((control) => structuredClone(control));
  }

  async userIds(fromCode = 0): Promise<string[]> {
    await this.#state.catchUp();
    return this.#state.users.ids.slice(fromCode);
  }

  async itemIds(fromCode = 0): Promise<string[]> {
    await this.#state.catchUp();
    return this.#state.items.ids.slice(fromCode);
  }

  async eventsOfUser(userId: string, options: UserEventsOptions): Promise<LoggedEvent[]> {
    await this.#state.catchUp();
    const user = this.#state.users.find(userId);
    return user === undefined ? [] : await this.#reader.eventsOfUser(user, options);
  }

  async findEvent(eventId: string): Promise<LoggedEvent | undefined> {
    await this.#state.catchUp();
    const event = await this.#reader.find(eventId);
    if (event === undefined || this.#state.deletedBy(event.offset) !== undefined) return undefined;
    // It may be newer than what is known of the codes.
    if (event.offset >= this.#state.end) await this.#state.catchUp();
    return this.#state.named(event);
  }

  async deleteEvent(userId: string, eventId: string, timeMs: number): Promise<number | undefined> {
    this.#checkOpen();
    return await this.#alone(async () => {
      let earlier: number | undefined;
      const appended = await this.#writer.insert(async () => {
        await this.#state.catchUp();
        const event = await this.#reader.find(eventId), user = this.#state.users.find(userId);
        if (event === undefined || event.user !== user) return undefined;
        earlier = this.#state.deletedBy(event.offset);
        if (earlier !== undefined) return undefined;
        const record = { kind: "eventDeleted", deletedOffset: event.offset } as const;
        return entryOfControl(this.#state, { timeMs, record }, { deletedOf: event.user });
      });
      return earlier ?? appended;
    });
  }

  async deletedOffsets(): Promise<Float64Array> {
    await this.#state.catchUp();
    return this.#state.deletedOffsets();
  }

  async eraseUser(userId: string, timeMs: number): Promise<UserErased | undefined> {
    this.#checkOpen();
    return await this.#alone(async () => {
      let erased = { userCode: 0, eventCount: 0 };
      const offset = await this.#writer.insert(async () => {
        await this.#state.catchUp();
        const userCode = this.#state.users.find(userId);
        if (userCode === undefined) return undefined;
        erased = { userCode, eventCount: await this.#reader.countOfUser(userCode) };
        const record = { kind: "userErased", ...erased } as const;
        return entryOfControl(this.#state, { timeMs, record }, { isUnfinished: true });
      });
      if (offset === undefined) return undefined;
      await this.#erasure.finish(offset, erased.userCode);
      return { offset, ...erased };
    });
  }

  /** Finishes the appends that were asked for. The connection stays its opener's. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#groups.settle();
  }

  /** Between two groups of appends. */
  #alone<Result>(body: () => Promise<Result>): Promise<Result> {
    return this.#groups.alone(body);
  }

  #checkOpen(): void {
    if (!this.#isClosed) return;
    throw new OutsideFailure(`cannot append to the log in ${this.#connection.place}: it was closed`);
  }
}

/** The rows as events, in order. */
function eventsOf(columns: NewEventColumns): NewEvent[] {
  const { count, users, items, values, timesMs, keys, userIds, itemIds } = columns;
  return Array.from({ length: count }, (_, row) => ({
    eventId: eventIdOfKey(keys, 4 * row),
    userId: userIds[users[row]],
    itemId: itemIds[items[row]],
    value: values[row],
    timeMs: timesMs[row],
  }));
}
