/** Writes a group of appends within a transaction that the caller began. */
import type { NewEvent, NewEventColumns } from "../../domain/event.ts";
import { isKeyId, keyOfEventId } from "../../domain/event_key.ts";
import type { AppendResult, ColumnsAppended } from "../../ports/event_log.ts";
import { BlockBuffer } from "./block_buffer.ts";
import type { Database } from "./database.ts";
import type { EventBlocks } from "./event_blocks.ts";
import type { IdCodes } from "./id_codes.ts";
import type { IndexBounds, KeyIndex } from "./key_index.ts";
import type { Append, Appended } from "./log_backend.ts";

const NO_CODE = -1;

export class LogWriter {
  /** Offset after the last record, buffered events included. */
  #end = 0;
  /** The newest events, which are not in a block yet. */
  #buffer = new BlockBuffer();
  readonly #key = new Uint32Array(4);

  constructor(
    private readonly database: Database,
    private readonly blocks: EventBlocks,
    private readonly index: KeyIndex,
    private readonly users: IdCodes,
    private readonly items: IdCodes,
  ) {}

  write(appends: readonly Append[], bounds: IndexBounds): Appended[] {
    this.index.refresh(bounds);
    this.users.refresh();
    this.items.refresh();
    this.#end = bounds.end;
    this.#buffer = new BlockBuffer();
    const appended = appends.map((append) => this.#append(append));
    this.#writeBuffer();
    if (this.#end > bounds.end) {
      this.database.sql("UPDATE log_state SET end_offset = ?, indexed_until = ?")
        .run(this.#end, this.index.flush(this.#end));
    }
    return appended;
  }

  #append(append: Append): Appended {
    switch (append.kind) {
      case "events":
        return append.events.map((event) => this.#event(event));
      case "columns":
        return this.#columns(append.columns);
      case "control":
        this.#writeBuffer();
        this.database.sql("INSERT INTO controls VALUES (?, ?, ?)")
          .run(this.#end, append.timeMs, JSON.stringify(append.record));
        return this.#end++;
    }
  }

  #event(event: NewEvent): AppendResult {
    const key = keyOfEventId(event.eventId, this.#key);
    const known = this.index.find(event.eventId, key);
    if (known !== undefined) {
      return { status: this.#hasBody(known, event) ? "duplicate" : "conflict", offset: known };
    }
    const user = this.users.codeOf(event.userId), item = this.items.codeOf(event.itemId);
    const eventId = isKeyId(event.eventId) ? null : event.eventId;
    this.#buffer.add(user, item, event.value, event.timeMs, key, 0);
    this.#buffer.addExtra(eventId, event.type ?? null);
    this.index.add(key, 0, eventId, user, this.#end);
    return { status: "created", offset: this.#end++ };
  }

  #columns(columns: NewEventColumns): ColumnsAppended {
    const { count, keys, users, items, values, timesMs } = columns;
    const isIndexed = this.index.findImported(keys, count);
    const userCodes = new Int32Array(columns.userIds.length).fill(NO_CODE);
    const itemCodes = new Int32Array(columns.itemIds.length).fill(NO_CODE);
    let created = 0;
    this.#buffer.reserve(count);
    for (let i = 0; i < count; i++) {
      if (isIndexed[i] === 1 || this.index.findRecent(keys, 4 * i, null) !== undefined) continue;
      const u = users[i], v = items[i];
      if (userCodes[u] === NO_CODE) userCodes[u] = this.users.codeOf(columns.userIds[u]);
      if (itemCodes[v] === NO_CODE) itemCodes[v] = this.items.codeOf(columns.itemIds[v]);
      this.#buffer.add(userCodes[u], itemCodes[v], values[i], timesMs[i], keys, 4 * i);
      this.index.add(keys, 4 * i, null, userCodes[u], this.#end++);
      created++;
    }
    return { created, duplicates: count - created, end: this.#end };
  }

  /** Whether the event at an offset says the same. */
  #hasBody(offset: number, event: NewEvent): boolean {
    // It may be one of this very group.
    this.#writeBuffer();
    const block = this.blocks.holding(offset), position = offset - block.first;
    const type = block.extras.find(([at]) => at === position)?.[2] ?? undefined;
    return block.users[position] === this.users.find(event.userId) &&
      block.items[position] === this.items.find(event.itemId) && block.values[position] === event.value &&
      type === event.type && (event.timeAssigned === true || block.timesMs[position] === event.timeMs);
  }

  #writeBuffer(): void {
    const count = this.#buffer.count;
    if (count > 0) this.blocks.append(this.#buffer.take(this.#end - count));
  }
}
