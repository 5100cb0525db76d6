/** Factor rows in kernel memory that can become more. */
import type { Kernels } from "./kernel_module.ts";

/** Rows of floats at the end of which rows are added; room grows by half. */
export class GrowingRows {
  readonly stride: number;
  readonly #kernels: Kernels;
  #base = 0;
  #capacity = 0;
  #count = 0;

  constructor(kernels: Kernels, rows: Float32Array, stride: number) {
    this.#kernels = kernels;
    this.stride = stride;
    this.reserve(rows.length / stride);
    kernels.arena.f32(this.#base, rows.length).set(rows);
  }

  get count(): number {
    return this.#count;
  }

  /** Address of row 0; changes when room grows. */
  get base(): number {
    return this.#base;
  }

  /** Makes rows below `count`; new ones are zeros. */
  reserve(count: number): void {
    if (count <= this.#count) return;
    if (count > this.#capacity) {
      const { arena } = this.#kernels, stride = this.stride;
      const capacity = Math.max(count + 64, Math.ceil(1.5 * this.#capacity));
      const base = arena.allocate(capacity * stride * 4);
      const all = arena.f32(base, capacity * stride);
      all.set(arena.f32(this.#base, this.#count * stride));
      all.fill(0, this.#count * stride);
      this.#base = base;
      this.#capacity = capacity;
    }
    this.#count = count;
  }

  /** All rows; a view that the next allocation detaches. */
  view(): Float32Array {
    return this.#kernels.arena.f32(this.#base, this.#count * this.stride);
  }

  /** One row; a view as well. */
  row(index: number): Float32Array {
    return this.#kernels.arena.f32(this.#base + index * this.stride * 4, this.stride);
  }
}
