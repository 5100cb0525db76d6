/** Factorization machines over feature slots (core-wasm/assembly/factorization_machine.ts). */
import type { Kernels } from "./kernel_module.ts";
import { type Loss, LOSSES } from "./online_linear.ts";
import { Rows } from "./online_rows.ts";
import { type SlotVector, VectorInput } from "./online_slots.ts";

export interface MachineOptions {
  readonly loss: Loss;
  /** δ of Huber, the quantile, ε of epsilon-insensitive, the margin of hinge. */
  readonly lossParameter: number;
  readonly factorCount: number;
  readonly weightRate: number;
  readonly factorRate: number;
  readonly interceptRate: number;
  readonly weightL1: number;
  readonly weightL2: number;
  readonly factorL1: number;
  readonly factorL2: number;
  /** Greatest absolute gradient. */
  readonly clip: number;
}

/** Offsets of sgd.ts, and behind them those of factorization_machine.ts: doubles, except what ends in _WORD. */
const BLOCK_BYTES = 256, LOSS_WORD = 1, ROWS_WORD = 4, ROW_BYTES_WORD = 54;
const LOSS_PARAMETER = 5, LEARNING_RATE = 6, L1 = 15, L2 = 16, CLIP = 17, INTERCEPT_RATE = 18, INTERCEPT = 21;
const FACTOR_RATE = 24, FACTOR_L1 = 25, FACTOR_L2 = 26;
/** Doubles of a row before its factors. */
const HEADER_DOUBLES = 2;

export class MachineKernel {
  readonly #kernels: Kernels;
  readonly #block: number;
  readonly #sums: number;
  readonly #rows: Rows;
  readonly #input: VectorInput;

  constructor(kernels: Kernels, options: MachineOptions) {
    const { arena } = kernels, { factorCount } = options;
    const rowBytes = 8 * (HEADER_DOUBLES + factorCount + (factorCount & 1));
    this.#kernels = kernels;
    this.#rows = new Rows(kernels, rowBytes);
    this.#input = new VectorInput(kernels);
    this.#sums = arena.allocate(rowBytes);
    this.#block = arena.allocate(BLOCK_BYTES);
    arena.u8(this.#block, BLOCK_BYTES).fill(0);
    const words = arena.u32(this.#block, BLOCK_BYTES / 4), doubles = arena.f64(this.#block, BLOCK_BYTES / 8);
    words[LOSS_WORD] = LOSSES.indexOf(options.loss);
    words[ROW_BYTES_WORD] = rowBytes;
    doubles[LOSS_PARAMETER] = options.lossParameter;
    doubles[LEARNING_RATE] = options.weightRate;
    doubles[L1] = options.weightL1;
    doubles[L2] = options.weightL2;
    doubles[CLIP] = options.clip;
    doubles[INTERCEPT_RATE] = options.interceptRate;
    doubles[FACTOR_RATE] = options.factorRate;
    doubles[FACTOR_L1] = options.factorL1;
    doubles[FACTOR_L2] = options.factorL2;
  }

  /** How many slots have a row. */
  get slotCount(): number {
    return this.#rows.count;
  }

  /** The row of the next slot: weight 0 and these factors. */
  addSlot(factors: ArrayLike<number>): void {
    const slot = this.#rows.count;
    this.#rows.add();
    this.#kernels.arena.f64(this.#rows.addressOf(slot) + 8 * HEADER_DOUBLES, factors.length).set(factors);
    this.#writeBase();
  }

  /** The prediction: raw, e^raw (Poisson) or the probability of the positive class (log, hinge). Slots must have rows. */
  predict(x: SlotVector): number {
    const input = this.#input, { exports } = this.#kernels;
    input.write(x);
    const { slotsAddress, valuesAddress } = input;
    const raw = exports.machineRaw(this.#block, slotsAddress, valuesAddress, x.count, this.#sums);
    return exports.machineMean(this.#block, raw);
  }

  learn(x: SlotVector, target: number): void {
    const input = this.#input, { exports } = this.#kernels;
    input.write(x);
    exports.machineLearn(this.#block, input.slotsAddress, input.valuesAddress, x.count, target, this.#sums);
  }

  save(): { intercept: number; rows: Float64Array } {
    const intercept = this.#kernels.arena.f64(this.#block, BLOCK_BYTES / 8)[INTERCEPT];
    return { intercept, rows: this.#rows.view().slice() };
  }

  load({ intercept, rows }: { intercept: number; rows: Float64Array }): void {
    this.#rows.load(rows);
    this.#kernels.arena.f64(this.#block, BLOCK_BYTES / 8)[INTERCEPT] = intercept;
    this.#writeBase();
  }

  #writeBase(): void {
    this.#kernels.arena.u32(this.#block, BLOCK_BYTES / 4)[ROWS_WORD] = this.#rows.base;
  }
}
