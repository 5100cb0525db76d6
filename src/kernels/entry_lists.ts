/** A growing list of entries for each row, in kernel memory: the histories of the live learner. */
import type { Kernels } from "./kernel_module.ts";
import { MemoryViews } from "./memory_views.ts";

/** One entry: the other side's index, a value, and where the lists keep them the time of the value. */
export interface Entry {
  readonly index: number;
  readonly value: number;
  readonly timeMs: number;
}

/** All entries one list after the other; list r holds counts[r] of them. `timesMs` is empty if times are not kept. */
export interface SavedLists {
  readonly counts: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
  readonly timesMs: Float64Array;
}

/** Lists are carved from pieces of at least this size. */
const SLAB_BYTES = 1 << 20;
const SMALLEST_CAPACITY = 4;

/**
 * A list has room for 4, 8, 12, 16, 24, 32, 48, ... entries; what a list leaves behind when it moves to more room is
 * used by the next one of that size. So an append allocates seldom. Lists that are loaded take up to
 * 1.5 times their entries; where all grow from nothing at the same pace, five times.
 *
 * Layout of a list of capacity c: times (c doubles, if kept), indices (c words), values (c floats).
 */
export class EntryLists {
  readonly #kernels: Kernels;
  readonly #views: MemoryViews;
  readonly #hasTimes: boolean;
  readonly #entryBytes: number;
  /** Addresses of freed lists by capacity. */
  readonly #free = new Map<number, number[]>();
  #bases = new Uint32Array(0);
  #counts = new Uint32Array(0);
  #capacities = new Uint32Array(0);
  #rowCount = 0;
  #entryCount = 0;
  #longest = 0;
  #slab = 0;
  #slabEnd = 0;

  constructor(kernels: Kernels, hasTimes: boolean) {
    this.#kernels = kernels;
    this.#views = new MemoryViews(kernels.memory);
    this.#hasTimes = hasTimes;
    this.#entryBytes = hasTimes ? 16 : 8;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /** Entries of all lists. */
  get entryCount(): number {
    return this.#entryCount;
  }

  /** Entries of the longest list there ever was. */
  get longest(): number {
    return this.#longest;
  }

  /** Makes rows below `rowCount`; new ones are empty. */
  reserveRows(rowCount: number): void {
    if (rowCount <= this.#rowCount) return;
    if (rowCount > this.#counts.length) {
      const capacity = Math.max(16, rowCount, Math.ceil(1.5 * this.#counts.length));
      this.#bases = grown(this.#bases, capacity);
      this.#counts = grown(this.#counts, capacity);
      this.#capacities = grown(this.#capacities, capacity);
    }
    this.#rowCount = rowCount;
  }

  countOf(row: number): number {
    return this.#counts[row];
  }

  /** How many lists are longer than `count`, and how many just as long. */
  compareCounts(count: number): { greater: number; equal: number } {
    const counts = this.#counts, rowCount = this.#rowCount;
    let greater = 0, equal = 0;
    for (let row = 0; row < rowCount; row++) {
      if (counts[row] > count) greater++;
      else if (counts[row] === count) equal++;
    }
    return { greater, equal };
  }

  /** Address of a list's indices, for kernels. */
  indicesOf(row: number): number {
    return this.#bases[row] + (this.#hasTimes ? 8 * this.#capacities[row] : 0);
  }

  /** Address of a list's values. */
  valuesOf(row: number): number {
    return this.indicesOf(row) + 4 * this.#capacities[row];
  }

  /** Position of the entry with this index, or -1. */
  find(row: number, index: number): number {
    const count = this.#counts[row];
    return count === 0 ? -1 : this.#kernels.exports.findEntry(this.indicesOf(row), count, index);
  }

  /** A view; to be used at once, the next allocation detaches it. */
  indices(row: number): Uint32Array {
    const start = this.indicesOf(row) / 4;
    return this.#views.words.subarray(start, start + this.#counts[row]);
  }

  /** A view as `indices`. */
  values(row: number): Float32Array {
    const start = this.valuesOf(row) / 4;
    return this.#views.floats.subarray(start, start + this.#counts[row]);
  }

  indexAt(row: number, position: number): number {
    return this.#views.words[this.indicesOf(row) / 4 + position];
  }

  valueAt(row: number, position: number): number {
    return this.#views.floats[this.valuesOf(row) / 4 + position];
  }

  /** 0 if times are not kept. */
  timeAt(row: number, position: number): number {
    return this.#hasTimes ? this.#views.doubles[this.#bases[row] / 8 + position] : 0;
  }

  set(row: number, position: number, value: number, timeMs: number): void {
    this.#views.floats[this.valuesOf(row) / 4 + position] = value;
    if (this.#hasTimes) this.#views.doubles[this.#bases[row] / 8 + position] = timeMs;
  }

  /** Adds an entry at the end of a list. */
  append(row: number, { index, value, timeMs }: Entry): void {
    const position = this.#counts[row];
    if (position === this.#capacities[row]) this.#enlarge(row, position + 1);
    this.#counts[row]++;
    this.#entryCount++;
    if (position >= this.#longest) this.#longest = position + 1;
    this.#views.words[this.indicesOf(row) / 4 + position] = index;
    this.set(row, position, value, timeMs);
  }

  /** Takes an entry out; those behind it move up. */
  remove(row: number, position: number): void {
    const count = --this.#counts[row];
    this.#entryCount--;
    const { words, floats, doubles } = this.#views;
    const indices = this.indicesOf(row) / 4, values = this.valuesOf(row) / 4, times = this.#bases[row] / 8;
    words.copyWithin(indices + position, indices + position + 1, indices + count + 1);
    floats.copyWithin(values + position, values + position + 1, values + count + 1);
    if (this.#hasTimes) doubles.copyWithin(times + position, times + position + 1, times + count + 1);
  }

  save(): SavedLists {
    const counts = this.#counts.slice(0, this.#rowCount), { words, floats, doubles } = this.#views;
    const indices = new Uint32Array(this.#entryCount), values = new Float32Array(this.#entryCount);
    const timesMs = new Float64Array(this.#hasTimes ? this.#entryCount : 0);
    for (let row = 0, to = 0; row < this.#rowCount; to += counts[row++]) {
      const n = counts[row], from = this.indicesOf(row) / 4, time = this.#bases[row] / 8;
      indices.set(words.subarray(from, from + n), to);
      values.set(floats.subarray(this.valuesOf(row) / 4, this.valuesOf(row) / 4 + n), to);
      if (this.#hasTimes) timesMs.set(doubles.subarray(time, time + n), to);
    }
    return { counts, indices, values, timesMs };
  }

  /** Fills lists that are new. */
  load({ counts, indices, values, timesMs }: SavedLists): void {
    this.reserveRows(counts.length);
    for (let row = 0, from = 0; row < counts.length; from += counts[row++]) {
      const n = counts[row];
      if (n === 0) continue;
      this.#enlarge(row, n);
      this.#counts[row] = n;
      this.#longest = Math.max(this.#longest, n);
      const { words, floats, doubles } = this.#views;
      words.set(indices.subarray(from, from + n), this.indicesOf(row) / 4);
      floats.set(values.subarray(from, from + n), this.valuesOf(row) / 4);
      if (this.#hasTimes) doubles.set(timesMs.subarray(from, from + n), this.#bases[row] / 8);
    }
    this.#entryCount += indices.length;
  }

  /** Moves a list to where `count` entries fit. */
  #enlarge(row: number, count: number): void {
    const n = this.#counts[row], before = this.#capacities[row], base = this.#bases[row];
    const indices = this.indicesOf(row) / 4, values = this.valuesOf(row) / 4;
    const capacity = capacityFor(count);
    this.#bases[row] = this.#take(capacity);
    this.#capacities[row] = capacity;
    const { words, doubles } = this.#views;
    words.copyWithin(this.indicesOf(row) / 4, indices, indices + n);
    words.copyWithin(this.valuesOf(row) / 4, values, values + n);
    if (this.#hasTimes) doubles.copyWithin(this.#bases[row] / 8, base / 8, base / 8 + n);
    if (before > 0) this.#give(before, base);
  }

  #take(capacity: number): number {
    const freed = this.#free.get(capacity)?.pop();
    if (freed !== undefined) return freed;
    const sizeBytes = capacity * this.#entryBytes, { arena } = this.#kernels;
    if (4 * sizeBytes > SLAB_BYTES) return arena.allocate(sizeBytes);
    if (this.#slab + sizeBytes > this.#slabEnd) {
      this.#slab = arena.allocate(SLAB_BYTES);
      this.#slabEnd = this.#slab + SLAB_BYTES;
    }
    const base = this.#slab;
    this.#slab += sizeBytes;
    return base;
  }

  #give(capacity: number, base: number): void {
    const freed = this.#free.get(capacity);
    if (freed === undefined) this.#free.set(capacity, [base]);
    else freed.push(base);
  }
}

/** The least of 4, 8, 12, 16, 24, 32, 48, ... that is at least `count`. */
function capacityFor(count: number): number {
  if (count <= 12) return Math.max(SMALLEST_CAPACITY, (count + 3) & ~3);
  const power = 2 ** Math.ceil(Math.log2(count));
  return count <= 0.75 * power ? 0.75 * power : power;
}

function grown(from: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(length);
  to.set(from);
  return to;
}
