/** Which event has which key: open addressing over typed arrays, 24 to 48 bytes an event, no object for an event. */

const EMPTY = -1;

/** Events are numbered from 0 in the order in which their keys are added. Several events may share a key. */
export class KeyTable {
  #count = 0;
  #keys = new Uint32Array(4 * 64);
  #slots = new Int32Array(128).fill(EMPTY);

  get count(): number {
    return this.#count;
  }

  /** The first event with the key `keys[at, at + 4)` that `accepts` takes, or -1. */
  find(keys: Uint32Array, at: number, accepts: (event: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = keys[at] & mask;; slot = (slot + 1) & mask) {
      const event = this.#slots[slot];
      if (event === EMPTY) return -1;
      if (this.#has(event, keys, at) && accepts(event)) return event;
    }
  }

  /** Gives the number of the event. */
  add(keys: Uint32Array, at: number): number {
    if (2 * (this.#count + 1) > this.#slots.length) this.#grow();
    const event = this.#count++, mine = this.#keys, i = 4 * event;
    mine[i] = keys[at], mine[i + 1] = keys[at + 1], mine[i + 2] = keys[at + 2], mine[i + 3] = keys[at + 3];
    this.#place(event);
    return event;
  }

  /** Copies the key of an event to `out`. */
  keyOf(event: number, out = new Uint32Array(4)): Uint32Array {
    out.set(this.#keys.subarray(4 * event, 4 * event + 4));
    return out;
  }

  #has(event: number, keys: Uint32Array, at: number): boolean {
    const mine = this.#keys, i = 4 * event;
    return mine[i] === keys[at] && mine[i + 1] === keys[at + 1] && mine[i + 2] === keys[at + 2] &&
      mine[i + 3] === keys[at + 3];
  }

  #place(event: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#keys[4 * event] & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = event;
  }

  #grow(): void {
    const keys = new Uint32Array(2 * this.#keys.length);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Int32Array(2 * this.#slots.length).fill(EMPTY);
    for (let event = 0; event < this.#count; event++) this.#place(event);
  }
}
