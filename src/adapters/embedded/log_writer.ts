/** Writes a group of appends within a transaction that the caller began. */
import type { ControlRecord, NewEvent, NewEventColumns } from "../../domain/event.ts";
import { eventIdOfKey, isKeyId, keyOfEventId } from "../../domain/event_key.ts";
import type { AppendResult, ColumnsAppended, UserErased } from "../../ports/event_log.ts";
import { BlockBuffer } from "./block_buffer.ts";
import type { Database } from "./database.ts";
import { ErasedEvents } from "./erased_events.ts";
import type { EventBlock, EventBlocks } from "./event_blocks.ts";
import type { IdCodes } from "./id_codes.ts";
import { eventIdAt, type KeyIndex, type LogBounds } from "./key_index.ts";
import type { Append, Appended } from "./log_backend.ts";
import type { Commit } from "./newest_events.ts";

const NO_CODE = -1;
/** More events at once are not told: who follows reads them. */
const MOST_TOLD = 1024;

export class LogWriter {
  /** Offset after the last record, buffered events included. */
  #end = 0;
  /** The newest events, which are not in a block yet. */
  #buffer = new BlockBuffer();
  readonly #key = new Uint32Array(4);
  readonly #erased: ErasedEvents;
  /** Ever: who sends an event again asks for more work then. */
  #hasErased = false;
  #indexedUntil = 0;
  /** The events that were written last. */
  #written: EventBlock | undefined;

  constructor(
    private readonly database: Database,
    private readonly blocks: EventBlocks,
    private readonly index: KeyIndex,
    private readonly users: IdCodes,
    private readonly items: IdCodes,
  ) {
    this.#erased = new ErasedEvents(database);
  }

  /** Also says what the log has more then. */
  write(appends: readonly Append[], bounds: LogBounds): { appended: Appended[]; commit: Commit } {
    this.index.refresh(bounds);
    this.users.refresh();
    this.items.refresh();
    this.#end = bounds.end;
    this.#indexedUntil = bounds.indexedUntil;
    this.#hasErased = bounds.erasureCount > 0;
    this.#buffer = new BlockBuffer();
    this.#written = undefined;
    const appended = appends.map((append) => this.#append(append));
    this.#writeBuffer();
    if (this.#end > bounds.end) {
      this.database.sql("UPDATE log_state SET end_offset = ?, indexed_until = ?")
        .run(this.#end, this.index.flush(this.#end));
    }
    return { appended, commit: this.#commitFrom(bounds.end) };
  }

  #commitFrom(from: number): Commit {
    const end = this.#end, written = this.#written;
    if (written?.first !== from || written.count !== end - from || written.count > MOST_TOLD) {
      return { from, end };
    }
    const { first, count, users, items, values, timesMs } = written;
    // Without the room that their columns have behind them.
    const columns = {
      users: users.slice(),
      items: items.slice(),
      values: values.slice(),
      timesMs: timesMs.slice(),
    };
    return { from, end, events: { first, count, ...columns } };
  }

  #append(append: Append): Appended {
    switch (append.kind) {
      case "events":
        return append.events.map((event) => this.#event(event));
      case "columns":
        return this.#columns(append.columns);
      case "control":
        return this.#control(append.record, append.timeMs);
      case "delete":
        return this.#delete(append.userId, append.eventId, append.timeMs);
      case "erase":
        return this.#erase(append.userId, append.timeMs);
    }
  }

  #control(record: ControlRecord, timeMs: number): number {
    this.#writeBuffer();
    this.database.sql("INSERT INTO controls VALUES (?, ?, ?)").run(this.#end, timeMs, JSON.stringify(record));
    return this.#end++;
  }

  #delete(userId: string, eventId: string, timeMs: number): number | undefined {
    const offset = this.index.find(eventId), user = this.users.find(userId);
    if (offset === undefined || user === undefined) return undefined;
    this.#writeBuffer();
    const block = this.blocks.holding(offset);
    if (block.users[offset - block.first] !== user) return undefined;
    const earlier = this.database.sql("SELECT control_offset FROM deleted_events WHERE deleted_offset = ?")
      .get(offset)?.control_offset;
    if (earlier !== undefined) return earlier as number;
    this.database.sql("INSERT INTO deleted_events VALUES (?, ?)").run(offset, this.#end);
    return this.#control({ kind: "eventDeleted", deletedOffset: offset }, timeMs);
  }

  /** All in the transaction of the control record: a crash leaves the user whole or gone. */
  #erase(userId: string, timeMs: number): UserErased | undefined {
    const userCode = this.users.find(userId);
    if (userCode === undefined) return undefined;
    this.#writeBuffer();
    const offsets = [...this.index.ofUser(userCode)].reverse(), eventCount = offsets.length;
    this.index.erase(userCode, this.#eraseEvents(offsets), new Set(offsets));
    this.users.erase(userId, userCode);
    this.database.sql("UPDATE log_state SET erasure_count = erasure_count + 1, purge_due = 1").run();
    this.#hasErased = true;
    const offset = this.#control({ kind: "userErased", userCode, eventCount }, timeMs);
    this.index.refresh({ end: this.#end, indexedUntil: this.#indexedUntil });
    return { offset, userCode, eventCount };
  }

  /** Out of their blocks; ascending. Gives their keys. */
  #eraseEvents(offsets: readonly number[]): Uint32Array {
    const keys = new Uint32Array(4 * offsets.length);
    const undelete = this.database.sql("DELETE FROM deleted_events WHERE deleted_offset = ?");
    for (let at = 0; at < offsets.length;) {
      const block = this.blocks.holding(offsets[at]), count = this.blocks.remove(offsets.slice(at));
      for (const end = at + count; at < end; at++) {
        const position = offsets[at] - block.first;
        keys.set(block.keys.subarray(4 * position, 4 * position + 4), 4 * at);
        this.#erased.add(eventIdAt(block, offsets[at]), offsets[at]);
        undelete.run(offsets[at]);
      }
    }
    return keys;
  }

  #event(event: NewEvent): AppendResult {
    const key = keyOfEventId(event.eventId, this.#key);
    const known = this.index.find(event.eventId, key);
    if (known !== undefined) {
      return { status: this.#hasBody(known, event) ? "duplicate" : "conflict", offset: known };
    }
    const erased = this.#hasErased ? this.#erased.find(event.eventId) : undefined;
    if (erased !== undefined) return { status: "duplicate", offset: erased };
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
      if (this.#hasErased && this.#erased.find(eventIdOfKey(keys, 4 * i)) !== undefined) continue;
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
    if (count > 0) this.blocks.append(this.#written = this.#buffer.take(this.#end - count));
  }
}
