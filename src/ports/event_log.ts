/**
 * The ordered store of events: the only truth. tests/contracts/event_log.ts holds every adapter to what is said here.
 *
 * - What an append's promise has resolved for is durable (fsync) and in order; offsets are dense from 0 over events and
 *   control records together.
 * - An event id is unique: uniqueness is a constraint in the same transaction as the append. A repeat changes nothing.
 * - An append is whole or absent, whatever dies when.
 * - Codes of users and items are dense from 0 in order of first appearance in the log, and never change.
 * - Ids are well-formed Unicode; an append with half of a surrogate pair throws BadInput and changes nothing.
 * - Failures of the disk (full, locked, torn, of another version) throw OutsideFailure with the cause; nothing is lost.
 */
import type {
  ControlRecord,
  LoggedControl,
  LoggedEvent,
  LoggedEventColumns,
  NewEvent,
  NewEventColumns,
} from "../domain/event.ts";

/**
 * What became of one appended event. `conflict`: the id exists with another body; `offset` is the existing one's.
 * The body is user, item, value, type, and the time unless `timeAssigned`.
 */
export interface AppendResult {
  readonly status: "created" | "duplicate" | "conflict";
  readonly offset: number;
}

/** What became of a batch of columns. */
export interface ColumnsAppended {
  readonly created: number;
  readonly duplicates: number;
  /** Offset after the last record of the log. */
  readonly end: number;
}

export interface ReadOptions {
  /** First offset to read; 0 if absent. */
  readonly fromOffset?: number;
  /** Read below this offset; the end of the log at the call if absent. */
  readonly untilOffset?: number;
  /** Most events a batch; the adapter's choice if absent. What is read never depends on it. */
  readonly batchCount?: number;
}

export interface UserEventsOptions {
  /** Most events to give. */
  readonly limit: number;
  /** Only events with a smaller offset. */
  readonly beforeOffset?: number;
}

/** What was erased. */
export interface UserErased {
  /** Of the control record. */
  readonly offset: number;
  readonly userCode: number;
  readonly eventCount: number;
}

export interface EventLog {
  /** Made at creation of the log, 32 hexadecimal digits; tokens carry it. */
  readonly logId: string;

  /** Appends in order; one result for each. The same id twice within one call: the second is a duplicate or conflict. */
  append(events: readonly NewEvent[]): Promise<AppendResult[]>;

  /** Appends what is new of a batch, in order. The bulk door for files: no object for a row. */
  appendColumns(columns: NewEventColumns): Promise<ColumnsAppended>;

  appendControl(record: ControlRecord, timeMs: number): Promise<number>;

  /** Offset after the last record; where one of up to `maxAgeMs` ago will do, it may be that. */
  end(maxAgeMs?: number): Promise<number>;

  /** Events in order of offset; control records are passed over. A batch's arrays belong to the caller. */
  read(options?: ReadOptions): AsyncIterable<LoggedEventColumns>;

  readControls(options?: ReadOptions): Promise<LoggedControl[]>;

  /** The ids of the codes from `fromCode` on; together with earlier calls, of every code in events below end(). */
  userIds(fromCode?: number): Promise<string[]>;
  itemIds(fromCode?: number): Promise<string[]>;

  /** Newest (greatest offset) first. An unknown user has none. Does not read the whole log. */
  eventsOfUser(userId: string, options: UserEventsOptions): Promise<LoggedEvent[]>;

  findEvent(eventId: string): Promise<LoggedEvent | undefined>;

  /**
   * Appends "eventDeleted" for an event of that user and gives its offset; of one that was deleted before, the earlier
   * record's. Undefined if the user has no such event. `eventsOfUser` and `findEvent` do not give it any more, `read`
   * does (`deletedOffsets` tells them apart); its id stays taken, and a repeat of it is a duplicate.
   */
  deleteEvent(userId: string, eventId: string, timeMs: number): Promise<number | undefined>;

  /** Offsets of the deleted events, ascending. Of erased users none. */
  deletedOffsets(): Promise<Float64Array>;

  /**
   * Forgets a user: appends "userErased" and, in the same transaction, removes the events' contents and the id. Undefined
   * for an unknown user. Afterwards `read` passes over those offsets, `userIds` has "" in the code's place, the same id
   * coming back is a new user with a new code, and no file of the log holds the id. Of the event ids salted hashes
   * remain, so that a late repeat of an erased event is a duplicate and does not bring it back.
   */
  eraseUser(userId: string, timeMs: number): Promise<UserErased | undefined>;

  close(): Promise<void>;
}
