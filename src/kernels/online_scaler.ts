/** Running means and variances by feature slot (core-wasm/assembly/linear.ts). */
import type { Kernels } from "./kernel_module.ts";
import { SlotColumns, type SlotVector, VectorInput } from "./online_slots.ts";

/** Columns: counts, means, variances (of the population). */
const COLUMN_COUNT = 3;

export class ScalerKernel {
  /** Address of the block that other kernels read. */
  readonly block: number;
  readonly #kernels: Kernels;
  readonly #columns: SlotColumns;
  readonly #input: VectorInput;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#columns = new SlotColumns(kernels, COLUMN_COUNT);
    this.#input = new VectorInput(kernels);
    this.block = kernels.arena.allocate(COLUMN_COUNT * 4);
    this.reserve(1);
  }

  reserve(slotCount: number): void {
    if (!this.#columns.reserve(slotCount)) return;
    const addresses = this.#kernels.arena.u32(this.block, COLUMN_COUNT);
    for (let c = 0; c < COLUMN_COUNT; c++) addresses[c] = this.#columns.addressOf(c);
  }

  learn(x: SlotVector): void {
    const input = this.#input;
    input.write(x);
    const { exports } = this.#kernels;
    exports.scalerLearn(this.block, input.slotsAddress, input.valuesAddress, x.count);
  }

  /** out[k] = value k less its mean, by its standard deviation; 0 where that is 0. */
  transform(x: SlotVector, out: Float64Array): void {
    const input = this.#input;
    input.write(x);
    const { exports } = this.#kernels;
    exports.scalerTransform(
      this.block,
      input.slotsAddress,
      input.valuesAddress,
      input.valuesAddress,
      x.count,
    );
    input.read(out, x.count);
  }

  save(slotCount: number): Float64Array {
    return this.#columns.save(slotCount);
  }

  load(saved: Float64Array): void {
    this.reserve(saved.length / COLUMN_COUNT);
    this.#columns.load(saved);
  }
}
