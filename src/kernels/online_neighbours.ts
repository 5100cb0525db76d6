/** The newest rows of a stream, and which of them are nearest to another (core-wasm/assembly/neighbours.ts). */
import type { Kernels } from "./kernel_module.ts";
import type { SlotVector } from "./online_slots.ts";

/** Rows found, nearest first: their places in the window and their distances. Valid until the next search. */
export interface Nearest {
  readonly count: number;
  readonly places: Uint32Array;
  readonly distances: Float64Array;
}

/** A ring of `capacity` rows, a double for each feature slot, 0 where a feature was not given. */
export class NeighbourWindow {
  readonly #kernels: Kernels;
  readonly #capacity: number;
  readonly #most: number;
  readonly #places: number;
  readonly #distances: number;
  /** Rows of this many doubles, an even number. */
  #width = 0;
  #rows = 0;
  #query = 0;
  /** Place of the oldest, and how many there are. */
  #first = 0;
  #count = 0;

  /** `most`: greatest number of neighbours that will be asked for. */
  constructor(kernels: Kernels, capacity: number, most: number) {
    this.#kernels = kernels;
    this.#capacity = capacity;
    this.#most = most;
    this.#places = kernels.arena.allocate(4 * most);
    this.#distances = kernels.arena.allocate(8 * most);
  }

  get count(): number {
    return this.#count;
  }

  /** Room for slots below `slotCount`. Throws BadInput when kernel memory has no room for them. */
  reserve(slotCount: number): void {
    if (slotCount <= this.#width) return;
    const { arena } = this.#kernels, capacity = this.#capacity, before = this.#width, old = this.#rows;
    const width = Math.max(4, 2 ** Math.ceil(Math.log2(slotCount)));
    arena.reserve((capacity + 1) * width * 8 + 128, `a window of ${capacity} rows of ${slotCount} features`);
    this.#rows = arena.allocate(capacity * width * 8);
    this.#query = arena.allocate(width * 8);
    this.#width = width;
    const rows = arena.f64(this.#rows, capacity * width).fill(0), narrow = arena.f64(old, capacity * before);
    for (let place = 0; place < this.#count; place++) {
      rows.set(narrow.subarray(place * before, (place + 1) * before), place * width);
    }
  }

  /** Adds a row, in place of the oldest when the window is full; gives its place. Slots must have room. */
  add(x: SlotVector): number {
    const isFull = this.#count === this.#capacity;
    const place = isFull ? this.#first : (this.#first + this.#count) % this.#capacity;
    if (isFull) this.#first = (this.#first + 1) % this.#capacity;
    else this.#count++;
    this.#write(this.#rows + place * this.#width * 8, x);
    return place;
  }

  /** The up to `n` rows nearest to x, of equally near ones the older first. */
  nearest(x: SlotVector, n: number): Nearest {
    const { arena, exports } = this.#kernels;
    if (this.#count > 0) this.#write(this.#query, x);
    const count = exports.nearestRows(
      this.#rows,
      this.#width * 8,
      this.#capacity,
      this.#first,
      this.#count,
      this.#query,
      Math.min(n, this.#most),
      this.#places,
      this.#distances,
    );
    return {
      count,
      places: arena.u32(this.#places, count),
      distances: arena.f64(this.#distances, count),
    };
  }

  /** Rows in their places, each cut to `slotCount` doubles. */
  save(slotCount: number): { first: number; count: number; rows: Float64Array } {
    this.reserve(slotCount);
    const rows = new Float64Array(this.#count * slotCount);
    for (let place = 0; place < this.#count; place++) {
      const row = this.#kernels.arena.f64(this.#rows + place * this.#width * 8, slotCount);
      rows.set(row, place * slotCount);
    }
    return { first: this.#first, count: this.#count, rows };
  }

  load({ first, count, rows }: { first: number; count: number; rows: Float64Array }): void {
    const slotCount = count === 0 ? 0 : rows.length / count;
    this.reserve(slotCount);
    this.#first = first;
    this.#count = count;
    for (let place = 0; place < count; place++) {
      const row = this.#kernels.arena.f64(this.#rows + place * this.#width * 8, slotCount);
      row.set(rows.subarray(place * slotCount, (place + 1) * slotCount));
    }
  }

  #write(address: number, x: SlotVector): void {
    const row = this.#kernels.arena.f64(address, this.#width).fill(0);
    for (let k = 0; k < x.count; k++) row[x.slots[k]] = x.values[k];
  }
}
