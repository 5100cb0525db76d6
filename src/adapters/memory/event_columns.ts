/** The events of the log in memory: columns that grow, and for each user a chain from the newest event to the oldest. */
import type { LoggedEventColumns } from "../../domain/event.ts";

const NONE = -1;
/** Stands for nobody: the event's user was erased. */
const NOBODY = 0xffffffff;

/** Event e stands in place e of each column; offsets ascend. */
export class EventColumns {
  #count = 0;
  #offsets = new Float64Array(64);
  #users = new Uint32Array(64);
  #items = new Uint32Array(64);
  #values = new Float64Array(64);
  #timesMs = new Float64Array(64);
  /** The same user's event before this one. */
  #before = new Int32Array(64);
  #newest = new Int32Array(64).fill(NONE);

  get count(): number {
    return this.#count;
  }

  add(offset: number, user: number, item: number, value: number, timeMs: number): void {
    if (this.#count === this.#offsets.length) this.#grow();
    while (user >= this.#newest.length) this.#newest = copyInto(this.#newest, this.#newest.length * 2, NONE);
    const e = this.#count++;
    this.#offsets[e] = offset;
    this.#users[e] = user;
    this.#items[e] = item;
    this.#values[e] = value;
    this.#timesMs[e] = timeMs;
    this.#before[e] = this.#newest[user];
    this.#newest[user] = e;
  }

  at(event: number): { offset: number; user: number; item: number; value: number; timeMs: number } {
    return {
      offset: this.#offsets[event],
      user: this.#users[event],
      item: this.#items[event],
      value: this.#values[event],
      timeMs: this.#timesMs[event],
    };
  }

  /** The first event whose offset is not smaller. */
  firstFrom(offset: number): number {
    let low = 0, high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Events of the user, newest first. */
  *ofUser(user: number): Generator<number> {
    for (let e = this.#newest[user] ?? NONE; e !== NONE; e = this.#before[e]) yield e;
  }

  /** Blanks the user's events; `read` passes over them. Gives which they were, newest first. */
  erase(user: number): number[] {
    const events = [...this.ofUser(user)];
    for (const e of events) {
      this.#users[e] = NOBODY;
      this.#items[e] = this.#values[e] = this.#timesMs[e] = 0;
    }
    if (user < this.#newest.length) this.#newest[user] = NONE;
    return events;
  }

  isErased(event: number): boolean {
    return this.#users[event] === NOBODY;
  }

  /** Copies events [start, end), none of which is erased. */
  slice(start: number, end: number): LoggedEventColumns {
    return {
      count: end - start,
      offsets: this.#offsets.slice(start, end),
      users: this.#users.slice(start, end),
      items: this.#items.slice(start, end),
      values: this.#values.slice(start, end),
      timesMs: this.#timesMs.slice(start, end),
    };
  }

  #grow(): void {
    const capacity = 2 * this.#offsets.length;
    this.#offsets = copyInto(this.#offsets, capacity);
    this.#users = copyInto(this.#users, capacity);
    this.#items = copyInto(this.#items, capacity);
    this.#values = copyInto(this.#values, capacity);
    this.#timesMs = copyInto(this.#timesMs, capacity);
    this.#before = copyInto(this.#before, capacity);
  }
}

function copyInto<Column extends Float64Array | Uint32Array | Int32Array>(
  column: Column,
  capacity: number,
  fill = 0,
): Column {
  const grown = new (column.constructor as new (length: number) => Column)(capacity);
  grown.set(column);
  grown.fill(fill, column.length);
  return grown;
}
