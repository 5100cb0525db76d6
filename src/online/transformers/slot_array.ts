/** Numbers by slot that grow as slots come. */

export class SlotArray {
  readonly #initial: number;
  #values: Float64Array;

  constructor(initial: number) {
    this.#initial = initial;
    this.#values = new Float64Array(16).fill(initial);
  }

  get(slot: number): number {
    return slot < this.#values.length ? this.#values[slot] : this.#initial;
  }

  set(slot: number, value: number): void {
    if (slot >= this.#values.length) {
      const larger = new Float64Array(Math.max(2 * this.#values.length, slot + 1)).fill(this.#initial);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[slot] = value;
  }

  /** The first `slotCount` places. */
  save(slotCount: number): Float64Array {
    return Float64Array.from({ length: slotCount }, (_, slot) => this.get(slot));
  }

  load(saved: Float64Array): void {
    saved.forEach((value, slot) => this.set(slot, value));
  }
}
