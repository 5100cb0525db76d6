/** Rows of a file, already found among its bytes, into batches for the log. */
import type { NewEvent, NewEventColumns } from "../domain/event.ts";
import { eventIdOfKey } from "../domain/event_key.ts";
import { BatchIds } from "./batch_ids.ts";
import { ID_PROBLEMS } from "./id_dictionary.ts";
import { RowKeys } from "./row_keys.ts";
import { type EventRules, type Problem, type RejectReason, valueProblem } from "./validate_event.ts";

/** Why a row was refused. Made once for each reason, so that a bad row allocates nothing. */
export interface Refusal {
  readonly reason: RejectReason;
  readonly field?: Problem["field"];
}

/** A row that was refused, with its bytes (its line end included, where it had one); they are lent, not given. */
export interface Reject extends Refusal {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly bytes: Uint8Array;
  /** True where these are further bytes of a line that was refused before. */
  readonly isMore: boolean;
}

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
  /** Goes into each event's key. Without one the batches have no keys: for a fit straight from a file. */
  readonly sourceName?: string;
  /** Called for each refused row; true stops the reading. */
  readonly onReject: (reject: Reject) => boolean;
  /** Most rows in a batch of columns. */
  readonly batchCount?: number;
}

const BATCH_COUNT = 32_768;
const NAMED_BATCH_COUNT = 4096;
const NO_BYTES = new Uint8Array(0);
const USER_REFUSALS = ID_PROBLEMS.map((reason): Refusal => ({ reason, field: "userId" }));
const ITEM_REFUSALS = ID_PROBLEMS.map((reason): Refusal => ({ reason, field: "itemId" }));
const NOT_FINITE: Refusal = { reason: "notFinite", field: "value" };
const OUT_OF_RANGE: Refusal = { reason: "outOfRange", field: "value" };

export class RowCollector {
  /** The line of the record that is being read, from 1; whoever reads sets it. */
  line = 1;
  /** True from the moment on when nothing more may be read. */
  stopped = false;
  readonly rules: EventRules;
  readonly #onReject: RowCollectorOptions["onReject"];
  readonly #batchCount: number;
  readonly #keys?: RowKeys;
  readonly #users = new BatchIds();
  readonly #items = new BatchIds();
  readonly #ready: Batch[] = [];
  #columns: Columns;
  #count = 0;
  #named?: { events: NewEvent[]; places: RowPlace[] };

  constructor(options: RowCollectorOptions) {
    this.rules = options.rules;
    this.#onReject = options.onReject;
    this.#batchCount = options.batchCount ?? BATCH_COUNT;
    if (options.sourceName !== undefined) this.#keys = new RowKeys(options.sourceName);
    this.#columns = columnsOf(this.#batchCount, this.#keys !== undefined);
  }

  /** Adds a row whose ids are bytes[userStart, userEnd) and bytes[itemStart, itemEnd); or says why not. */
  add(
    bytes: Uint8Array,
    userStart: number,
    userEnd: number,
    itemStart: number,
    itemEnd: number,
    value: number,
    timeMs: number,
  ): Refusal | undefined {
    const problem = valueProblem(value, this.rules);
    if (problem !== undefined) return problem === "outOfRange" ? OUT_OF_RANGE : NOT_FINITE;
    const user = this.#users.find(bytes, userStart, userEnd);
    if (user < 0) return USER_REFUSALS[-1 - user];
    const item = this.#items.find(bytes, itemStart, itemEnd);
    if (item < 0) return ITEM_REFUSALS[-1 - item];
    const { users, items, values, timesMs, keys } = this.#columns, row = this.#count;
    this.#keys?.hashRow(bytes, userStart, userEnd, itemStart, itemEnd, value, timeMs, keys, 4 * row);
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

  /** Why bytes[start, end) is no itemId (or userId); undefined if it is one. */
  idRefusal(field: "userId" | "itemId", bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    const ids = field === "userId" ? this.#users : this.#items;
    const found = ids.find(bytes, start, end);
    return found >= 0 ? undefined : (field === "userId" ? USER_REFUSALS : ITEM_REFUSALS)[-1 - found];
  }

  /**
   * Adds an event with an id or a type of its own; it is valid. From here on, all rows go into a named batch until
   * that is full: so the order of the file is kept, and a mixed file makes no batches of one row.
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
      this.#keys?.hashRow(ids, 0, userEnd, userEnd, ids.length, event.value, event.timeMs, keys, 0);
    }
    this.#pushNamed({ ...event, eventId: event.eventId ?? this.#takeEventId() }, raw.slice());
  }

  /** Refuses the row of the current line, whose bytes are bytes[start, end). */
  reject(refusal: Refusal, bytes: Uint8Array, start: number, end: number): void {
    const reject = { ...refusal, line: this.line, bytes: bytes.subarray(start, end), isMore: false };
    if (this.#onReject(reject)) this.stopped = true;
  }

  /** More bytes of a line that was refused before it ended. */
  continueReject(bytes: Uint8Array): void {
    this.#onReject({ reason: "lineTooLong", line: this.line, bytes, isMore: true });
  }

  /** The batches that are full. */
  takeFull(): Batch[] {
    return this.#ready.splice(0);
  }

  /** All batches, the last one as full as it is. */
  takeAll(): Batch[] {
    this.#cutColumns();
    this.#cutNamed();
    return this.takeFull();
  }

  /** The id of the row whose hash stands first, while no row of columns waits. */
  #takeEventId(): string {
    if (this.#keys === undefined) return "";
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
    this.#keys?.countRepeats(full.keys, count);
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
    if (count === this.#batchCount) this.#columns = columnsOf(this.#batchCount, this.#keys !== undefined);
  }
}

type Columns = Pick<NewEventColumns, "users" | "items" | "values" | "timesMs" | "keys">;

function columnsOf(count: number, withKeys: boolean): Columns {
  return {
    users: new Uint32Array(count),
    items: new Uint32Array(count),
    values: new Float64Array(count),
    timesMs: new Float64Array(count),
    keys: new Uint32Array(withKeys ? 4 * count : 0),
  };
}
