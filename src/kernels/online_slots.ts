/** Memory for online models: arrays by feature slot that grow together, and a place to hand a vector over. */
import type { Kernels } from "./kernel_module.ts";

/** Features given in one observation: value k belongs to slot slots[k]; the first `count` places count. */
export interface SlotVector {
  readonly count: number;
  readonly slots: Uint32Array;
  readonly values: Float64Array;
}

/**
 * `columnCount` arrays of doubles, a place for each slot, 0 at first. They double when they grow; what they leave behind
 * in the arena is never more than what they take.
 */
export class SlotColumns {
  readonly #kernels: Kernels;
  readonly #columnCount: number;
  #capacity = 0;
  #base = 0;

  constructor(kernels: Kernels, columnCount: number) {
    this.#kernels = kernels;
    this.#columnCount = columnCount;
  }

  /** Makes room for slots below `slotCount`. True when the addresses changed. */
  reserve(slotCount: number): boolean {
    if (slotCount <= this.#capacity) return false;
    const { arena } = this.#kernels;
    const before = this.#capacity, old = this.#base;
    const capacity = Math.max(16, 2 ** Math.ceil(Math.log2(slotCount)));
    const base = arena.allocate(this.#columnCount * capacity * 8);
    const all = arena.f64(base, this.#columnCount * capacity).fill(0);
    for (let c = 0; c < this.#columnCount; c++) {
      all.set(arena.f64(old + c * before * 8, before), c * capacity);
    }
    this.#capacity = capacity;
    this.#base = base;
    return true;
  }

  addressOf(column: number): number {
    return this.#base + column * this.#capacity * 8;
  }

  /** A view that memory growth detaches: use it at once. */
  view(column: number, slotCount: number): Float64Array {
    return this.#kernels.arena.f64(this.addressOf(column), slotCount);
  }

  /** Copies of the first `slotCount` places of all columns, one after the other. */
  save(slotCount: number): Float64Array {
    const saved = new Float64Array(this.#columnCount * slotCount);
    for (let c = 0; c < this.#columnCount; c++) saved.set(this.view(c, slotCount), c * slotCount);
    return saved;
  }

  load(saved: Float64Array): void {
    const slotCount = saved.length / this.#columnCount;
    this.reserve(slotCount);
    for (let c = 0; c < this.#columnCount; c++) {
      this.view(c, slotCount).set(saved.subarray(c * slotCount, (c + 1) * slotCount));
    }
  }
}

/** Where a vector is copied to before a kernel reads it. Copies are loops: for ten values `set` costs more. */
export class VectorInput {
  readonly #kernels: Kernels;
  #capacity = 0;
  #slots: Uint32Array = new Uint32Array(0);
  #values: Float64Array = new Float64Array(0);
  slotsAddress = 0;
  valuesAddress = 0;
  /** Room for as many doubles, for kernels to work in. */
  workAddress = 0;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }

  write(x: SlotVector): void {
    const count = x.count;
    if (count > this.#slots.length) this.#renew(count);
    const slots = this.#slots, values = this.#values;
    for (let k = 0; k < count; k++) {
      slots[k] = x.slots[k];
      values[k] = x.values[k];
    }
  }

  /** The values as a kernel left them, into `out`. */
  read(out: Float64Array, count: number): void {
    if (count > this.#values.length) this.#renew(count);
    for (let k = 0; k < count; k++) out[k] = this.#values[k];
  }

  /** Views that memory growth has detached have length 0: then, or when there is no room, they are made anew. */
  #renew(count: number): void {
    const { arena } = this.#kernels;
    if (count > this.#capacity) {
      this.#capacity = Math.max(16, 2 ** Math.ceil(Math.log2(count)));
      this.slotsAddress = arena.allocate(this.#capacity * 4);
      this.valuesAddress = arena.allocate(this.#capacity * 8);
      this.workAddress = arena.allocate(this.#capacity * 8);
    }
    this.#slots = arena.u32(this.slotsAddress, this.#capacity);
    this.#values = arena.f64(this.valuesAddress, this.#capacity);
  }
}
