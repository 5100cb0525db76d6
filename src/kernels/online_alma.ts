/** ALMA over feature slots (core-wasm/assembly/alma.ts). */
import type { Kernels } from "./kernel_module.ts";
import { SlotColumns, type SlotVector, VectorInput } from "./online_slots.ts";

/** Of Gentile 2001. */
export interface AlmaOptions {
  /** Order of the norm, at least 2. */
  readonly p: number;
  /** How much of the greatest margin is wanted. */
  readonly alpha: number;
  readonly b: number;
  readonly c: number;
}

const BLOCK_BYTES = 64, UPDATES = 4, WEIGHTS_WORD = 10;

export class AlmaKernel {
  readonly #kernels: Kernels;
  readonly #block: number;
  readonly #columns: SlotColumns;
  readonly #input: VectorInput;
  #slotCount = 0;

  constructor(kernels: Kernels, { p, alpha, b, c }: AlmaOptions) {
    this.#kernels = kernels;
    this.#columns = new SlotColumns(kernels, 1);
    this.#input = new VectorInput(kernels);
    this.#block = kernels.arena.allocate(BLOCK_BYTES);
    kernels.arena.f64(this.#block, UPDATES + 1).set([p, alpha, b, c, 1]);
    this.reserve(1);
  }

  reserve(slotCount: number): void {
    this.#slotCount = Math.max(this.#slotCount, slotCount);
    if (!this.#columns.reserve(slotCount)) return;
    this.#kernels.arena.u32(this.#block, BLOCK_BYTES / 4)[WEIGHTS_WORD] = this.#columns.addressOf(0);
  }

  /** w·x */
  raw(x: SlotVector): number {
    const input = this.#input;
    input.write(x);
    return this.#kernels.exports.almaRaw(this.#block, input.slotsAddress, input.valuesAddress, x.count);
  }

  /** `sign`: 1 or -1. */
  learn(x: SlotVector, sign: number): void {
    const input = this.#input, { exports } = this.#kernels;
    input.write(x);
    exports.almaLearn(this.#block, input.slotsAddress, input.valuesAddress, x.count, this.#slotCount, sign);
  }

  /** How many updates there were (plus 1), and the weights. */
  save(slotCount: number): { updates: number; weights: Float64Array } {
    this.reserve(slotCount);
    const updates = this.#kernels.arena.f64(this.#block, UPDATES + 1)[UPDATES];
    return { updates, weights: this.#columns.save(slotCount) };
  }

  load({ updates, weights }: { updates: number; weights: Float64Array }): void {
    this.reserve(weights.length);
    this.#columns.load(weights);
    this.#kernels.arena.f64(this.#block, UPDATES + 1)[UPDATES] = updates;
  }
}
