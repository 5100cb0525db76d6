/** Linear models over feature slots (core-wasm/assembly/linear.ts, sgd.ts); MATHS.md 3 has the formulas. */
import type { Kernels } from "./kernel_module.ts";
import type { ScalerKernel } from "./online_scaler.ts";
import { SlotColumns, type SlotVector, VectorInput } from "./online_slots.ts";

/** In the order of the kernel's numbers. */
export const LOSSES = [
  "squared",
  "absolute",
  "huber",
  "quantile",
  "epsilon-insensitive",
  "poisson",
  "log",
  "hinge",
] as const;
export const OPTIMIZERS = [
  "sgd",
  "momentum",
  "nesterov",
  "adagrad",
  "rmsprop",
  "adam",
  "amsgrad",
  "adadelta",
  "ftrl",
] as const;
export const SCHEDULES = ["constant", "inverse-scaling", "optimal"] as const;

export type Loss = typeof LOSSES[number];
export type Optimizer = typeof OPTIMIZERS[number];
export type Schedule = typeof SCHEDULES[number];

/** Numbers of a linear model. Those that its algorithm, loss or optimizer has no use for do not matter. */
export interface LinearOptions {
  readonly algorithm: "gradient" | "passive-aggressive";
  readonly loss: Loss;
  /** δ of Huber, the quantile, ε of epsilon-insensitive, the margin of hinge. */
  readonly lossParameter: number;
  readonly optimizer: Optimizer;
  /** Of the optimizer; α of FTRL and of the schedule "optimal". */
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** The power of inverse scaling, t₀ of "optimal". */
  readonly scheduleParameter: number;
  readonly rho: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly ftrlBeta: number;
  readonly ftrlL1: number;
  readonly ftrlL2: number;
  readonly l1: number;
  readonly l2: number;
  /** Greatest absolute gradient. */
  readonly clip: number;
  readonly interceptRate: number;
  /** C of the passive-aggressive step. */
  readonly aggressiveness: number;
  /** 1 or 2: PA-I or PA-II. */
  readonly variant: number;
}

/** Rows for `progressive`: count x slots.length doubles. */
export interface DenseRows {
  readonly slots: Uint32Array;
  readonly count: number;
  readonly rows: Float64Array;
  readonly targets: Float64Array;
}

/** Offsets of sgd.ts: addresses as words, parameters as doubles from PARAMETERS on, what changes from INTERCEPT on. */
const BLOCK_BYTES = 192, WEIGHTS_WORD = 4, SCALER_WORD = 9, PARAMETERS = 5, INTERCEPT = 21, CHANGING = 3;
/** Columns: weights, three of the optimizer, penalties of l1. */
const COLUMN_COUNT = 5;
/** Rows handed to the kernel at once. */
const BATCH_ROWS = 4096;

export class LinearKernel {
  readonly #kernels: Kernels;
  readonly #block: number;
  readonly #columns: SlotColumns;
  readonly #input: VectorInput;
  readonly #scaler?: ScalerKernel;
  #batch = { columns: 0, slots: 0, rows: 0, targets: 0, predictions: 0, work: 0 };

  /** With a scaler, what is predicted and learnt from are its scaled values, and it learns with the model. */
  constructor(kernels: Kernels, options: LinearOptions, scaler?: ScalerKernel) {
    this.#kernels = kernels;
    this.#columns = new SlotColumns(kernels, COLUMN_COUNT);
    this.#input = new VectorInput(kernels);
    this.#scaler = scaler;
    this.#block = kernels.arena.allocate(BLOCK_BYTES);
    kernels.arena.u8(this.#block, BLOCK_BYTES).fill(0);
    this.#writeOptions(options);
    this.reserve(1);
  }

  reserve(slotCount: number): void {
    this.#scaler?.reserve(slotCount);
    if (!this.#columns.reserve(slotCount)) return;
    const words = this.#kernels.arena.u32(this.#block, SCALER_WORD);
    for (let c = 0; c < COLUMN_COUNT; c++) words[WEIGHTS_WORD + c] = this.#columns.addressOf(c);
  }

  /** The raw prediction: w·x + intercept. */
  raw(x: SlotVector): number {
    const input = this.#input;
    input.write(x);
    return this.#kernels.exports.linearRaw(
      this.#block,
      input.slotsAddress,
      input.valuesAddress,
      x.count,
      input.workAddress,
    );
  }

  /** The prediction: raw, e^raw (Poisson) or the probability of the positive class (log, hinge). */
  predict(x: SlotVector): number {
    return this.#kernels.exports.linearMean(this.#block, this.raw(x));
  }

  learn(x: SlotVector, target: number): void {
    const input = this.#input;
    input.write(x);
    const { exports } = this.#kernels;
    exports.linearLearn(
      this.#block,
      input.slotsAddress,
      input.valuesAddress,
      x.count,
      target,
      input.workAddress,
    );
  }

  /** Before a `raw` whose gradient `step` will be given: what Nesterov's method wants. */
  lookAhead(x: SlotVector): void {
    this.#input.write(x);
    this.#kernels.exports.linearLookAhead(this.#block, this.#input.slotsAddress, x.count);
  }

  /** A step of the optimizer on `gradient · x + l2 w`, with a gradient that the caller reckoned; no intercept, no scaler. */
  step(x: SlotVector, gradient: number): void {
    const input = this.#input;
    input.write(x);
    this.#kernels.exports.linearStep(
      this.#block,
      input.slotsAddress,
      input.valuesAddress,
      x.count,
      gradient,
    );
  }

  /** Predicts, then learns, row after row. */
  progressive({ slots, count, rows, targets }: DenseRows, predictions: Float64Array): void {
    const { arena, exports } = this.#kernels;
    const columns = slots.length;
    this.#reserveBatch(columns);
    const batch = this.#batch;
    arena.u32(batch.slots, columns).set(slots);
    for (let start = 0; start < count; start += BATCH_ROWS) {
      const n = Math.min(BATCH_ROWS, count - start);
      arena.f64(batch.rows, n * columns).set(rows.subarray(start * columns, (start + n) * columns));
      arena.f64(batch.targets, n).set(targets.subarray(start, start + n));
      exports.linearProgressive(
        this.#block,
        batch.slots,
        columns,
        batch.rows,
        batch.targets,
        n,
        batch.predictions,
        batch.work,
      );
      predictions.set(arena.f64(batch.predictions, n), start);
    }
  }

  /** Copies of the weights by slot, and the intercept. */
  weights(slotCount: number): { weights: Float64Array; intercept: number } {
    const intercept = this.#kernels.arena.f64(this.#block, BLOCK_BYTES / 8)[INTERCEPT];
    return { weights: this.#columns.view(0, slotCount).slice(), intercept };
  }

  /** Everything that learning changed (the scaler saves itself). */
  save(slotCount: number): { scalars: Float64Array; columns: Float64Array } {
    const block = this.#kernels.arena.f64(this.#block, BLOCK_BYTES / 8);
    return {
      scalars: block.slice(INTERCEPT, INTERCEPT + CHANGING),
      columns: this.#columns.save(slotCount),
    };
  }

  load({ scalars, columns }: { scalars: Float64Array; columns: Float64Array }): void {
    this.reserve(columns.length / COLUMN_COUNT);
    this.#columns.load(columns);
    this.#kernels.arena.f64(this.#block, BLOCK_BYTES / 8).set(scalars, INTERCEPT);
  }

  #writeOptions(options: LinearOptions): void {
    const { arena } = this.#kernels;
    const words = arena.u32(this.#block, SCALER_WORD + 1);
    words[0] = options.algorithm === "gradient" ? 0 : 1;
    words[1] = LOSSES.indexOf(options.loss);
    words[2] = OPTIMIZERS.indexOf(options.optimizer);
    words[3] = SCHEDULES.indexOf(options.schedule);
    words[SCALER_WORD] = this.#scaler?.block ?? 0;
    arena.f64(this.#block, BLOCK_BYTES / 8).set([
      options.lossParameter,
      options.learningRate,
      options.scheduleParameter,
      options.rho,
      options.beta1,
      options.beta2,
      options.epsilon,
      options.ftrlBeta,
      options.ftrlL1,
      options.ftrlL2,
      options.l1,
      options.l2,
      options.clip,
      options.interceptRate,
      options.aggressiveness,
      options.variant,
    ], PARAMETERS);
  }

  #reserveBatch(columns: number): void {
    if (columns <= this.#batch.columns) return;
    const { arena } = this.#kernels;
    this.#batch = {
      columns,
      slots: arena.allocate(columns * 4),
      rows: arena.allocate(BATCH_ROWS * columns * 8),
      targets: arena.allocate(BATCH_ROWS * 8),
      predictions: arena.allocate(BATCH_ROWS * 8),
      work: arena.allocate(columns * 8),
    };
  }
}
