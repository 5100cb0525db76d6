/** Rows of doubles in kernel memory; they double when they grow. */
import type { Kernels } from "./kernel_module.ts";

export class Rows {
  count = 0;
  base = 0;
  #capacity = 0;

  constructor(readonly kernels: Kernels, readonly rowBytes: number) {}

  addressOf(index: number): number {
    return index < 0 ? 0 : this.base + index * this.rowBytes;
  }

  /** A row of zeros at the end. */
  add(): void {
    this.#reserve(this.count + 1);
    this.count++;
  }

  /** A view that memory growth detaches. */
  view(): Float64Array {
    return this.kernels.arena.f64(this.base, this.count * this.rowBytes / 8);
  }

  load(saved: Float64Array): void {
    this.count = saved.length * 8 / this.rowBytes;
    this.#reserve(this.count);
    this.view().set(saved);
  }

  #reserve(count: number): void {
    if (count <= this.#capacity) return;
    const { arena } = this.kernels;
    const capacity = Math.max(16, 2 ** Math.ceil(Math.log2(count))), rowDoubles = this.rowBytes / 8;
    const base = arena.allocate(capacity * this.rowBytes);
    const all = arena.f64(base, capacity * rowDoubles).fill(0);
    all.set(arena.f64(this.base, this.#capacity * rowDoubles));
    this.#capacity = capacity;
    this.base = base;
  }
}
