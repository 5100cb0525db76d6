/** The embedded event log over its file, on this thread or on another one. */
import { checkColumns, checkEvents } from "../../domain/check_append.ts";
import type {
  ControlRecord,
  LoggedControl,
  LoggedEvent,
  LoggedEventColumns,
  NewEvent,
  NewEventColumns,
} from "../../domain/event.ts";
import type {
  AppendResult,
  ColumnsAppended,
  EventLog,
  ReadOptions,
  UserErased,
  UserEventsOptions,
} from "../../ports/event_log.ts";
import { AppendQueue } from "./append_queue.ts";
import type { LogBackend } from "./log_backend.ts";

const BATCH_COUNT = 131_072;

export interface EmbeddedEventLogOptions {
  /** Groups of appends under way at once: 1 on this thread, 2 keep another thread busy. */
  readonly maxRunning: number;
}

export class EmbeddedEventLog implements EventLog {
  readonly #backend: LogBackend;
  readonly #queue: AppendQueue;

  constructor(backend: LogBackend, options: EmbeddedEventLogOptions) {
    this.#backend = backend;
    this.#queue = new AppendQueue((appends) => backend.commit(appends), options.maxRunning);
  }

  get logId(): string {
    return this.#backend.logId;
  }

  async append(events: readonly NewEvent[]): Promise<AppendResult[]> {
    checkEvents(events);
    return await this.#queue.add({ kind: "events", events }) as AppendResult[];
  }

  async appendColumns(columns: NewEventColumns): Promise<ColumnsAppended> {
    checkColumns(columns);
    return await this.#queue.add({ kind: "columns", columns }) as ColumnsAppended;
  }

  async appendControl(record: ControlRecord, timeMs: number): Promise<number> {
    return await this.#queue.add({ kind: "control", record, timeMs }) as number;
  }

  end(maxAgeMs?: number): Promise<number> {
    return this.#backend.end(maxAgeMs);
  }

  read(options: ReadOptions = {}): AsyncIterable<LoggedEventColumns> {
    const { untilOffset } = options;
    if (untilOffset !== undefined) return this.#batches(untilOffset, options);
    // Asked for now, not at the first batch: the default is the end at the call.
    const end = this.#backend.end();
    end.catch(() => {});
    return this.#batches(end, options);
  }

  readControls(options: ReadOptions = {}): Promise<LoggedControl[]> {
    return this.#backend.readControls(
      options.fromOffset ?? 0,
      options.untilOffset ?? Number.MAX_SAFE_INTEGER,
    );
  }

  userIds(fromCode = 0): Promise<string[]> {
    return this.#backend.listIds("users", fromCode);
  }

  itemIds(fromCode = 0): Promise<string[]> {
    return this.#backend.listIds("items", fromCode);
  }

  eventsOfUser(userId: string, options: UserEventsOptions): Promise<LoggedEvent[]> {
    return this.#backend.eventsOfUser(userId, options);
  }

  findEvent(eventId: string): Promise<LoggedEvent | undefined> {
    return this.#backend.findEvent(eventId);
  }

  async deleteEvent(userId: string, eventId: string, timeMs: number): Promise<number | undefined> {
    return await this.#queue.add({ kind: "delete", userId, eventId, timeMs }) as number | undefined;
  }

  deletedOffsets(): Promise<Float64Array> {
    return this.#backend.deletedOffsets();
  }

  async eraseUser(userId: string, timeMs: number): Promise<UserErased | undefined> {
    return await this.#queue.add({ kind: "erase", userId, timeMs }) as UserErased | undefined;
  }

  /** What was appended before is finished first. */
  async close(): Promise<void> {
    await this.#queue.drain();
    await this.#backend.close();
  }

  async *#batches(end: number | Promise<number>, options: ReadOptions): AsyncGenerator<LoggedEventColumns> {
    const until = await end;
    const batchCount = Math.max(1, options.batchCount ?? BATCH_COUNT);
    const from = options.fromOffset ?? 0;
    if (from >= until) return;
    let batch = this.#backend.readBatch(from, until, batchCount);
    for (;;) {
      const { columns, next } = await batch;
      // The next batch is read while the caller works on this one.
      if (next < until) {
        batch = this.#backend.readBatch(next, until, batchCount);
        batch.catch(() => {});
      }
      if (columns.count > 0) yield columns;
      if (next >= until) return;
    }
  }
}
