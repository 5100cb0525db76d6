/** The event log in memory, for tests, the demo and the edge. Nothing outlives the process. */
import { checkColumns, checkEvents } from "../../domain/check_append.ts";
import type {
  ControlRecord,
  LoggedControl,
  LoggedEvent,
  LoggedEventColumns,
  NewEvent,
  NewEventColumns,
} from "../../domain/event.ts";
import { eventIdOfKey, isKeyId, keyOfEventId } from "../../domain/event_key.ts";
import { KeyTable } from "../../domain/key_table.ts";
import type {
  AppendResult,
  ColumnsAppended,
  EventLog,
  ReadOptions,
  UserErased,
  UserEventsOptions,
} from "../../ports/event_log.ts";
import { EventColumns } from "./event_columns.ts";

const BATCH_COUNT = 65_536;

export interface MemoryEventLogOptions {
  /** 32 hexadecimal digits; random if absent. */
  readonly logId?: string;
}

export class MemoryEventLog implements EventLog {
  readonly logId: string;
  #end = 0;
  readonly #events = new EventColumns();
  readonly #keys = new KeyTable();
  /** Of events whose id is not its key. */
  readonly #eventIds = new Map<number, string>();
  readonly #types = new Map<number, string>();
  readonly #users = new Codes();
  readonly #items = new Codes();
  readonly #controls: LoggedControl[] = [];
  /** Offset of a deleted event → of the record that says so. */
  readonly #deleted = new Map<number, number>();

  constructor(options: MemoryEventLogOptions = {}) {
    this.logId = options.logId ?? crypto.randomUUID().replaceAll("-", "");
  }

  async append(events: readonly NewEvent[]): Promise<AppendResult[]> {
    checkEvents(events);
    const key = new Uint32Array(4);
    return events.map((event) => this.#appendOne(event, keyOfEventId(event.eventId, key)));
  }

  async appendColumns(columns: NewEventColumns): Promise<ColumnsAppended> {
    checkColumns(columns);
    const { count, keys, users, items, values, timesMs } = columns;
    const isImported = (event: number) => !this.#eventIds.has(event);
    let created = 0;
    for (let i = 0; i < count; i++) {
      if (this.#keys.find(keys, 4 * i, isImported) >= 0) continue;
      const user = this.#users.codeOf(columns.userIds[users[i]]);
      const item = this.#items.codeOf(columns.itemIds[items[i]]);
      this.#keys.add(keys, 4 * i);
      this.#events.add(this.#end++, user, item, values[i], timesMs[i]);
      created++;
    }
    return { created, duplicates: count - created, end: this.#end };
  }

  async appendControl(record: ControlRecord, timeMs: number): Promise<number> {
    this.#controls.push({ offset: this.#end, timeMs, record: structuredClone(record) });
    return this.#end++;
  }

  async end(): Promise<number> {
    return this.#end;
  }

  read(options: ReadOptions = {}): AsyncIterable<LoggedEventColumns> {
    const until = Math.min(options.untilOffset ?? this.#end, this.#end);
    const batchCount = Math.max(1, options.batchCount ?? BATCH_COUNT);
    return this.#batches(
      this.#events.firstFrom(options.fromOffset ?? 0),
      this.#events.firstFrom(until),
      batchCount,
    );
  }

  async readControls(options: ReadOptions = {}): Promise<LoggedControl[]> {
    const { fromOffset = 0, untilOffset = Infinity } = options;
    return this.#controls.filter(({ offset }) => offset >= fromOffset && offset < untilOffset)
      .map((control) => structuredClone(control));
  }

  async userIds(fromCode = 0): Promise<string[]> {
    return this.#users.ids.slice(fromCode);
  }

  async itemIds(fromCode = 0): Promise<string[]> {
    return this.#items.ids.slice(fromCode);
  }

  async eventsOfUser(userId: string, options: UserEventsOptions): Promise<LoggedEvent[]> {
    const user = this.#users.find(userId);
    const found: LoggedEvent[] = [];
    if (user === undefined) return found;
    for (const event of this.#events.ofUser(user)) {
      if (found.length >= options.limit) break;
      const logged = this.#event(event);
      const isWanted = logged.offset < (options.beforeOffset ?? Infinity) &&
        !this.#deleted.has(logged.offset);
      if (isWanted) found.push(logged);
    }
    return found;
  }

  async findEvent(eventId: string): Promise<LoggedEvent | undefined> {
    const event = this.#find(eventId, keyOfEventId(eventId));
    if (event < 0 || this.#events.isErased(event)) return undefined;
    const logged = this.#event(event);
    return this.#deleted.has(logged.offset) ? undefined : logged;
  }

  async deleteEvent(userId: string, eventId: string, timeMs: number): Promise<number | undefined> {
    const event = this.#find(eventId, keyOfEventId(eventId)), user = this.#users.find(userId);
    if (event < 0 || user === undefined || this.#events.at(event).user !== user) return undefined;
    const { offset } = this.#events.at(event);
    const earlier = this.#deleted.get(offset);
    if (earlier !== undefined) return earlier;
    this.#deleted.set(offset, this.#end);
    return this.appendControl({ kind: "eventDeleted", deletedOffset: offset }, timeMs);
  }

  async deletedOffsets(): Promise<Float64Array> {
    return Float64Array.from(this.#deleted.keys()).sort();
  }

  /** Event ids stay, in this process alone: here there is no file that could keep a salt. */
  async eraseUser(userId: string, timeMs: number): Promise<UserErased | undefined> {
    const userCode = this.#users.find(userId);
    if (userCode === undefined) return undefined;
    const erased = this.#events.erase(userCode), eventCount = erased.length;
    for (const event of erased) {
      this.#types.delete(event);
      this.#deleted.delete(this.#events.at(event).offset);
    }
    this.#users.erase(userCode);
    const offset = this.#end;
    await this.appendControl({ kind: "userErased", userCode, eventCount }, timeMs);
    return { offset, userCode, eventCount };
  }

  async close(): Promise<void> {}

  #appendOne(event: NewEvent, key: Uint32Array): AppendResult {
    const known = this.#find(event.eventId, key);
    if (known >= 0 && this.#events.isErased(known)) {
      return { status: "duplicate", offset: this.#events.at(known).offset };
    }
    if (known >= 0) {
      const logged = this.#event(known);
      return { status: isSameBody(logged, event) ? "duplicate" : "conflict", offset: logged.offset };
    }
    const user = this.#users.codeOf(event.userId), item = this.#items.codeOf(event.itemId);
    const added = this.#keys.add(key, 0);
    if (!isKeyId(event.eventId)) this.#eventIds.set(added, event.eventId);
    if (event.type !== undefined) this.#types.set(added, event.type);
    this.#events.add(this.#end, user, item, event.value, event.timeMs);
    return { status: "created", offset: this.#end++ };
  }

  /** Two ids may share a key: the ids decide. */
  #find(eventId: string, key: Uint32Array): number {
    const id = isKeyId(eventId) ? undefined : eventId;
    return this.#keys.find(key, 0, (event) => this.#eventIds.get(event) === id);
  }

  #event(event: number): LoggedEvent {
    const { offset, user, item, value, timeMs } = this.#events.at(event);
    const type = this.#types.get(event);
    return {
      eventId: this.#eventIds.get(event) ?? eventIdOfKey(this.#keys.keyOf(event)),
      userId: this.#users.ids[user],
      itemId: this.#items.ids[item],
      value,
      timeMs,
      ...(type === undefined ? {} : { type }),
      offset,
    };
  }

  async *#batches(start: number, end: number, batchCount: number): AsyncGenerator<LoggedEventColumns> {
    let e = start;
    while (e < end) {
      while (e < end && this.#events.isErased(e)) e++;
      const first = e, most = Math.min(e + batchCount, end);
      while (e < most && !this.#events.isErased(e)) e++;
      if (e > first) yield this.#events.slice(first, e);
    }
  }
}

/** Dense codes of ids, in order of first appearance. */
class Codes {
  readonly ids: string[] = [];
  readonly #codes = new Map<string, number>();

  find(id: string): number | undefined {
    return this.#codes.get(id);
  }

  codeOf(id: string): number {
    let code = this.#codes.get(id);
    if (code === undefined) {
      code = this.ids.push(id) - 1;
      this.#codes.set(id, code);
    }
    return code;
  }

  erase(code: number): void {
    this.#codes.delete(this.ids[code]);
    this.ids[code] = "";
  }
}

function isSameBody(logged: LoggedEvent, event: NewEvent): boolean {
  return logged.userId === event.userId && logged.itemId === event.itemId && logged.value === event.value &&
    logged.type === event.type && (event.timeAssigned === true || logged.timeMs === event.timeMs);
}
