/** Rows of a file, already found among its bytes, into batches for the log. */
import type { NewEvent, NewEventColumns } from "../domain/event.ts";
import { eventIdOfKey } from "../domain/event_key.ts";
import { BatchIds } from "./batch_ids.ts";
import { RowKeys } from "./row_keys.ts";
import {
  type IdField,
  type OnReject,
  type Refusal,
  refusalOfId,
  refusalOfValue,
  RowSink,
} from "./row_sink.ts";
import type { EventRules } from "./validate_event.ts";

/** Where a row of a named batch stands in the file. */
export interface RowPlace {
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** What goes to the log in one append. Named: rows that bring an eventId or a type of their own, and those among them. */
export type Batch =
  | { readonly kind: "columns"; readonly columns: NewEventColumns }
  | { readonly kind: "named"; readonly events: readonly NewEvent[]; readonly places: readonly RowPlace[] };

export interface RowCollectorOptions {
  readonly rules: EventRules;
  /** Goes into each event's key. */
  readonly sourceName: string;
  readonly onReject: OnReject;
  /** Most rows in a batch of columns. */
  readonly batchCount?: number;
}

const BATCH_COUNT = 32_768;
const NAMED_BATCH_COUNT = 4096;
const NO_BYTES = new Uint8Array(0);

export class RowCollector extends RowSink<Batch> {
  readonly #batchCount: number;
  readonly #keys: RowKeys;
  readonly #users = new BatchIds();
  readonly #items = new BatchIds();
  readonly #ready: Batch[] = [];
  #columns: Columns;
  #count = 0;
  #named?: { events: NewEvent[]; places: RowPlace[] };

  constructor(options: RowCollectorOptions) {
    super(options.rules, options.onReject);
    this.#batchCount = options.batchCount ?? BATCH_COUNT;
    this.#keys = new RowKeys(options.sourceName);
    this.#columns = columnsOf(this.#batchCount);
  }

  add(
    bytes: Uint8Array,
    userStart: number,
    userEnd: number,
    itemStart: number,
    itemEnd: number,
    value: number,
    timeMs: number,
  ): Refusal | undefined {
    const refusal = refusalOfValue(value, this.rules);
    if (refusal !== undefined) return refusal;
    const user = this.#users.find(bytes, userStart, userEnd);
    if (user < 0) return refusalOfId("userId", user);
    const item = this.#items.find(bytes, itemStart, itemEnd);
    if (item < 0) return refusalOfId("itemId", item);
    const { users, items, values, timesMs, keys } = this.#columns, row = this.#count;
    this.#keys.hashRow(bytes, userStart, userEnd, itemStart, itemEnd, value, timeMs, keys, 4 * row);
    if (this.#named !== undefined) {
      this.#pushNamed({
        eventId: this.#takeEventId(),
        userId: this.#users.idOf(user),
        itemId: this.#items.idOf(item),
        value,
        timeMs,
      }, NO_BYTES);
      return undefined;
    }
    users[row] = this.#users.use(user), items[row] = this.#items.use(item);
    values[row] = value, timesMs[row] = timeMs;
    if (++this.#count === this.#batchCount) this.#cutColumns();
    return undefined;
  }

  idRefusal(field: IdField, bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    const found = (field === "userId" ? this.#users : this.#items).find(bytes, start, end);
    return found < 0 ? refusalOfId(field, found) : undefined;
  }

  /**
   * From here on, all rows go into a named batch until that is full: so the order of the file is kept, and a mixed
   * file makes no batches of one row.
   */
  addNamed(
    event: Omit<NewEvent, "eventId"> & { eventId?: string },
    ids: Uint8Array,
    userEnd: number,
    raw: Uint8Array,
  ): void {
    this.#cutColumns();
    this.#named ??= { events: [], places: [] };
    const { keys } = this.#columns;
    if (event.eventId === undefined) {
      this.#keys.hashRow(ids, 0, userEnd, userEnd, ids.length, event.value, event.timeMs, keys, 0);
    }
    this.#pushNamed({ ...event, eventId: event.eventId ?? this.#takeEventId() }, raw.slice());
  }

  takeFull(): Batch[] {
    return this.#ready.splice(0);
  }

  takeAll(): Batch[] {
    this.#cutColumns();
    this.#cutNamed();
    return this.takeFull();
  }

  /** The id of the row whose hash stands first, while no row of columns waits. */
  #takeEventId(): string {
    this.#keys.countRepeats(this.#columns.keys, 1);
    return eventIdOfKey(this.#columns.keys);
  }

  #pushNamed(event: NewEvent, bytes: Uint8Array): void {
    const { events, places } = this.#named!;
    places.push({ line: this.line, bytes });
    if (events.push(event) === NAMED_BATCH_COUNT) this.#cutNamed();
  }

  #cutNamed(): void {
    if (this.#named === undefined) return;
    this.#ready.push({ kind: "named", ...this.#named });
    this.#named = undefined;
  }

  #cutColumns(): void {
    const count = this.#count, full = this.#columns;
    if (count === 0) return;
    this.#keys.countRepeats(full.keys, count);
    const columns = count === this.#batchCount ? full : {
      users: full.users.slice(0, count),
      items: full.items.slice(0, count),
      values: full.values.slice(0, count),
      timesMs: full.timesMs.slice(0, count),
      keys: full.keys.slice(0, 4 * count),
    };
    const userIds = this.#users.takeUsed(), itemIds = this.#items.takeUsed();
    this.#ready.push({ kind: "columns", columns: { count, ...columns, userIds, itemIds } });
    this.#count = 0;
    // The log may send the arrays to another thread, and they are then gone from this one.
    if (count === this.#batchCount) this.#columns = columnsOf(this.#batchCount);
  }
}

type Columns = Pick<NewEventColumns, "users" | "items" | "values" | "timesMs" | "keys">;

function columnsOf(count: number): Columns {
  return {
    users: new Uint32Array(count),
    items: new Uint32Array(count),
    values: new Float64Array(count),
    timesMs: new Float64Array(count),
    keys: new Uint32Array(4 * count),
  };
}
