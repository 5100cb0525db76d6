/** The event log in its SQLite file: one transaction for a group of appends, everything else a read of one state. */
import type { LoggedControl, LoggedEvent } from "../../domain/event.ts";
import type { UserEventsOptions } from "../../ports/event_log.ts";
import type { Database } from "./database.ts";
import { type EventBlock, EventBlocks } from "./event_blocks.ts";
import { IdCodes } from "./id_codes.ts";
import { eventIdAt, KeyIndex, type KeyIndexOptions, type LogBounds } from "./key_index.ts";
import type { Append, Appended, LogBackend, LogBatch } from "./log_backend.ts";
import { batchOf } from "./log_batch.ts";
import { LogWriter } from "./log_writer.ts";
import type { Commit } from "./newest_events.ts";

export class LogFile implements LogBackend {
  readonly logId: string;
  readonly #database: Database;
  readonly #blocks: EventBlocks;
  readonly #index: KeyIndex;
  readonly #users: IdCodes;
  readonly #items: IdCodes;
  readonly #writer: LogWriter;
  #erasureCount = 0;
  /** Hears of everything that is written here as soon as it is durable, before its writer does. */
  onCommit: (commit: Commit) => void = () => {};

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

  async commit(appends: readonly Append[]): Promise<Appended[]> {
    const needles = this.#needlesOf(appends);
    const { appended, commit } = await this.#database.write(
      "append to the event log",
      () => this.#writer.write(appends, this.#bounds()),
      () => this.#forget(),
    );
    if (commit.end > commit.from) this.onCommit(commit);
    if (needles.length > 0) await this.#database.purge("erase a user", needles);
    return appended;
  }

  async end(): Promise<number> {
    return this.#database.read("read the end of the event log", () => this.#bounds().end);
  }

  async readBatch(from: number, until: number, batchCount: number): Promise<LogBatch> {
    return this.#database.read(
      "read the event log",
      () => batchOf(this.#blocks.columns(from, until), from, until, batchCount),
    );
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
      this.#index.refresh(this.#bounds());
      const user = this.#users.find(userId);
      if (user === undefined) return [];
      const found: LoggedEvent[] = [];
      let block: EventBlock | undefined;
      for (const offset of this.#index.ofUser(user)) {
        if (found.length >= options.limit) break;
        if (offset >= (options.beforeOffset ?? Infinity) || this.#isDeleted(offset)) continue;
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
      if (offset === undefined || this.#isDeleted(offset)) return undefined;
      return this.#event(this.#blocks.holding(offset), offset);
    });
  }

  async deletedOffsets(): Promise<Float64Array> {
    return this.#database.read("list the deleted events", () => {
      const rows = this.#database.sql("SELECT deleted_offset FROM deleted_events ORDER BY 1").all();
      return Float64Array.from(rows, (row) => row.deleted_offset as number);
    });
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  /** To be called first in every transaction: what is remembered of an erased user, by whomever, is forgotten. */
  #bounds(): LogBounds {
    const row = this.#database.sql("SELECT end_offset, indexed_until, erasure_count FROM log_state").get()!;
    const erasureCount = row.erasure_count as number;
    if (erasureCount !== this.#erasureCount) this.#forget();
    this.#erasureCount = erasureCount;
    return { end: row.end_offset as number, indexedUntil: row.indexed_until as number, erasureCount };
  }

  /** Drops what is remembered. */
  #forget(): void {
    this.#blocks.forget();
    this.#index.forget();
    this.#users.forget();
    this.#items.forget();
  }

  #isDeleted(offset: number): boolean {
    return this.#database.sql("SELECT 1 FROM deleted_events WHERE deleted_offset = ?").get(offset) !==
      undefined;
  }

  /** Bytes of the ids that these appends erase, the events' too. */
  #needlesOf(appends: readonly Append[]): Uint8Array[] {
    return appends.flatMap((append) => {
      if (append.kind !== "erase") return [];
      const events = this.#database.read("read a user's events", () => this.#eventIdsOf(append.userId));
      return [append.userId, ...events].map((id) => new TextEncoder().encode(id));
    });
  }

  /** Of the deleted ones too. */
  #eventIdsOf(userId: string): string[] {
    this.#index.refresh(this.#bounds());
    const user = this.#users.find(userId);
    const offsets = user === undefined ? [] : [...this.#index.ofUser(user)];
    return offsets.map((offset) => eventIdAt(this.#blocks.holding(offset), offset));
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
}
