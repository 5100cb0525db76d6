/** Events on their way into blocks: columns that grow, of consecutive offsets. */
import type { EventBlock, Extra } from "./event_blocks.ts";

const LEAST_CAPACITY = 64;
const NO_WORDS = new Uint32Array(0), NO_NUMBERS = new Float64Array(0);

export class BlockBuffer {
  #count = 0;
  #users = NO_WORDS;
  #items = NO_WORDS;
  #values = NO_NUMBERS;
  #timesMs = NO_NUMBERS;
  #keys = NO_WORDS;
  #extras: Extra[] = [];

  get count(): number {
    return this.#count;
  }

  /** Makes room for this many more. */
  reserve(more: number): void {
    if (this.#count + more <= this.#users.length) return;
    const capacity = Math.max(this.#count + more, 2 * this.#users.length, LEAST_CAPACITY);
    this.#users = grown(this.#users, new Uint32Array(capacity));
    this.#items = grown(this.#items, new Uint32Array(capacity));
    this.#values = grown(this.#values, new Float64Array(capacity));
    this.#timesMs = grown(this.#timesMs, new Float64Array(capacity));
    this.#keys = grown(this.#keys, new Uint32Array(4 * capacity));
  }

  add(user: number, item: number, value: number, timeMs: number, keys: Uint32Array, at: number): void {
    if (this.#count === this.#users.length) this.reserve(1);
    const i = this.#count++;
    this.#users[i] = user;
    this.#items[i] = item;
    this.#values[i] = value;
    this.#timesMs[i] = timeMs;
    for (let word = 0; word < 4; word++) this.#keys[4 * i + word] = keys[at + word];
  }

  /** Of the event added last: its id if the key does not say it, its type if it has one. */
  addExtra(eventId: string | null, type: string | null): void {
    if (eventId !== null || type !== null) this.#extras.push([this.#count - 1, eventId, type]);
  }

  /** Everything as a block that begins at an offset; the buffer is empty afterwards, and the block is the caller's. */
  take(first: number): EventBlock {
    const count = this.#count;
    const block = {
      first,
      count,
      users: this.#users.subarray(0, count),
      items: this.#items.subarray(0, count),
      values: this.#values.subarray(0, count),
      timesMs: this.#timesMs.subarray(0, count),
      keys: this.#keys.subarray(0, 4 * count),
      extras: this.#extras,
    };
    this.#count = 0;
    this.#users = this.#items = this.#keys = NO_WORDS;
    this.#values = this.#timesMs = NO_NUMBERS;
    this.#extras = [];
    return block;
  }
}

function grown<Column extends Uint32Array | Float64Array>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}
