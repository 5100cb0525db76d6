/** The event log in its SQLite file: one transaction for a group of appends, everything else a read of one state. */
import type { LoggedControl, LoggedEvent, LoggedEventColumns } from "../../domain/event.ts";
import type { UserEventsOptions } from "../../ports/event_log.ts";
import type { Database } from "./database.ts";
import { type EventBlock, EventBlocks } from "./event_blocks.ts";
import { IdCodes } from "./id_codes.ts";
import { eventIdAt, type IndexBounds, KeyIndex, type KeyIndexOptions } from "./key_index.ts";
import type { Append, Appended, LogBackend, LogBatch } from "./log_backend.ts";
import { LogWriter } from "./log_writer.ts";

export class LogFile implements LogBackend {
  readonly logId: string;
  readonly #database: Database;
  readonly #blocks: EventBlocks;
  readonly #index: KeyIndex;
  readonly #users: IdCodes;
  readonly #items: IdCodes;
  readonly #writer: LogWriter;

  constructor(database: Database, options: KeyIndexOptions = {}) {
    this.#database = database;
    this.#blocks = new EventBlocks(database);
    this.#index = new KeyIndex(database, this.#blocks, options);
    this.#users = new IdCodes(database, "users");
    this.#items = new IdCodes(database, "items");
    this.#writer = new LogWriter(database, this.#blocks, this.#index, this.#users, this.#items);
    this.logId = database.read("read the log's id", () => database.sql("SELECT log_id FROM log_state").get()!)
      .log_id as string;
  }

  commit(appends: readonly Append[]): Promise<Appended[]> {
    return this.#database.write(
      "append to the event log",
      () => this.#writer.write(appends, this.#bounds()),
      () => {
        this.#index.forget();
        this.#users.forget();
        this.#items.forget();
      },
    );
  }

  async end(): Promise<number> {
    return this.#database.read("read the end of the event log", () => this.#bounds().end);
  }

  async readBatch(from: number, until: number, batchCount: number): Promise<LogBatch> {
    return this.#database.read("read the event log", () => this.#batch(from, until, batchCount));
  }

  async readControls(from: number, until: number): Promise<LoggedControl[]> {
    return this.#database.read(
      "read the control records",
      () =>
        this.#database.sql("SELECT * FROM controls WHERE at_offset >= ? AND at_offset < ? ORDER BY at_offset")
          .all(from, until)
          .map((row) => ({
            offset: row.at_offset as number,
            timeMs: row.time_ms as number,
            record: JSON.parse(row.record as string),
          })),
    );
  }

  async listIds(side: "users" | "items", fromCode: number): Promise<string[]> {
    const codes = side === "users" ? this.#users : this.#items;
    return this.#database.read(`list the ${side}`, () => codes.list(fromCode));
  }

  async eventsOfUser(userId: string, options: UserEventsOptions): Promise<LoggedEvent[]> {
    return this.#database.read("read a user's events", () => {
      const user = this.#users.find(userId);
      if (user === undefined) return [];
      this.#index.refresh(this.#bounds());
      const found: LoggedEvent[] = [];
      let block: EventBlock | undefined;
      for (const offset of this.#index.ofUser(user)) {
        if (found.length >= options.limit) break;
        if (offset >= (options.beforeOffset ?? Infinity)) continue;
        if (block === undefined || offset < block.first) block = this.#blocks.holding(offset);
        found.push(this.#event(block, offset, userId));
      }
      return found;
    });
  }

  async findEvent(eventId: string): Promise<LoggedEvent | undefined> {
    return this.#database.read("look for an event", () => {
      this.#index.refresh(this.#bounds());
      const offset = this.#index.find(eventId);
      return offset === undefined ? undefined : this.#event(this.#blocks.holding(offset), offset);
    });
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #bounds(): IndexBounds {
    const row = this.#database.sql("SELECT end_offset, indexed_until FROM log_state").get()!;
    return { end: row.end_offset as number, indexedUntil: row.indexed_until as number };
  }

  #event(block: EventBlock, offset: number, userId?: string): LoggedEvent {
    const position = offset - block.first;
    const type = block.extras.find(([at]) => at === position)?.[2] ?? undefined;
    return {
      eventId: eventIdAt(block, offset),
      userId: userId ?? this.#users.idOf(block.users[position]),
      itemId: this.#items.idOf(block.items[position]),
      value: block.values[position],
      timeMs: block.timesMs[position],
      ...(type === undefined ? {} : { type }),
      offset,
    };
  }

  #batch(from: number, until: number, batchCount: number): LogBatch {
    const capacity = Math.max(0, Math.min(batchCount, until - from));
    const offsets = new Float64Array(capacity),
      users = new Uint32Array(capacity),
      items = new Uint32Array(capacity);
    const values = new Float64Array(capacity), timesMs = new Float64Array(capacity);
    let count = 0, next = until;
    for (const block of this.#blocks.columns(from, until)) {
      const start = Math.max(0, from - block.first);
      const end = Math.min(block.count, until - block.first, start + capacity - count);
      users.set(block.users.subarray(start, end), count);
      items.set(block.items.subarray(start, end), count);
      values.set(block.values.subarray(start, end), count);
      timesMs.set(block.timesMs.subarray(start, end), count);
      for (let i = start; i < end; i++) offsets[count++] = block.first + i;
      if (count < capacity) continue;
      next = Math.min(until, block.first + end);
      break;
    }
    const whole: LoggedEventColumns = { count, offsets, users, items, values, timesMs };
    return { columns: count === capacity ? whole : shortened(whole), next };
  }
}

/** Copies, so that no column keeps the room of a larger one. */
function shortened(
  { count, offsets, users, items, values, timesMs }: LoggedEventColumns,
): LoggedEventColumns {
  return {
    count,
    offsets: offsets.slice(0, count),
    users: users.slice(0, count),
    items: items.slice(0, count),
    values: values.slice(0, count),
    timesMs: timesMs.slice(0, count),
  };
}
