/** Events on their way out of the log: columns that are filled and handed over. */
import type { LoggedEventColumns } from "../../domain/event.ts";

/** Columns are made no longer than this before it is seen that so many events come. */
const FIRST_ROOM = 1024;

export class ColumnsBuffer {
  readonly #most: number;
  #columns = columnsOf(FIRST_ROOM);
  #count = 0;

  /** Holds `most` events. */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.#most;
  }

  add(offset: number, user: number, item: number, value: number, timeMs: number): void {
    if (this.#count === this.#columns.offsets.length) this.#grow();
    const at = this.#count++, { offsets, users, items, values, timesMs } = this.#columns;
    offsets[at] = offset, users[at] = user, items[at] = item, values[at] = value, timesMs[at] = timeMs;
  }

  /** What was added since the last time. The arrays are the taker's. */
  take(): LoggedEventColumns {
    const count = this.#count, { offsets, users, items, values, timesMs } = this.#columns;
    this.#count = 0;
    return {
      count,
      offsets: offsets.slice(0, count),
      users: users.slice(0, count),
      items: items.slice(0, count),
      values: values.slice(0, count),
      timesMs: timesMs.slice(0, count),
    };
  }

  #grow(): void {
    const old = this.#columns, grown = columnsOf(Math.min(this.#most, 4 * this.#count));
    grown.offsets.set(old.offsets), grown.users.set(old.users), grown.items.set(old.items);
    grown.values.set(old.values), grown.timesMs.set(old.timesMs);
    this.#columns = grown;
  }
}

function columnsOf(room: number) {
  return {
    offsets: new Float64Array(room),
    users: new Uint32Array(room),
    items: new Uint32Array(room),
    values: new Float64Array(room),
    timesMs: new Float64Array(room),
  };
}
