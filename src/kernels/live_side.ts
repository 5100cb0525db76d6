/** One side's rows as the live learner moves them: the record and the calls of core-wasm/assembly/live.ts. */
import type { AlsParameters } from "../domain/factor_model.ts";
import type { EntryLists } from "./entry_lists.ts";
import type { GrowingRows } from "./growing_rows.ts";
import type { Kernels } from "./kernel_module.ts";
import {
  LIVE_FIELDS,
  LIVE_FLOAT_FIELDS,
  LIVE_RECORD_BYTES,
  type LiveField,
  type LiveWorkspace,
} from "./live_workspace.ts";
import { MemoryViews } from "./memory_views.ts";

/** What one solution of a row depends on besides the rows. */
export interface RowSystem {
  /** s: how much of the other side's Gram matrix is in the system. */
  readonly gramScale: number;
  readonly lambda: number;
  /** Weight of the row in its own side's Gram matrix, before and after. */
  readonly weightBefore: number;
  readonly weight: number;
}

export interface LiveSideOptions {
  readonly parameters: AlsParameters;
  readonly globalMean: number;
  readonly side: "user" | "item";
  readonly rows: GrowingRows;
  readonly lists: EntryLists;
}

/** Places before one's own, and how many share it; of a place after all that count, the number of those and 1. */
export interface RankAmong {
  readonly greater: number;
  readonly equal: number;
}

/** How far to go. */
export interface MoveOptions {
  readonly steps: number;
  /** Absent: exactly `steps`, however far that is. */
  readonly tolerance?: number;
}

export interface DescentRates {
  readonly rate: number;
  readonly penalty: number;
}

/** Of noise, times √d: as a fit starts (als_start.ts). */
const START_DEVIATION = 0.1;

const ROW_SCRATCH = LIVE_FIELDS.indexOf("rowScratch");

/**
 * One side's rows, histories and Gram matrix `Σ weight · x xᵀ` over its factors. Solutions use the Gram matrix and the
 * rows of the other side, which `pair` makes known.
 */
export class LiveSide {
  readonly rows: GrowingRows;
  readonly lists: EntryLists;
  readonly #kernels: Kernels;
  readonly #workspace: LiveWorkspace;
  readonly #views: MemoryViews;
  readonly #parameters: AlsParameters;
  readonly #isUser: boolean;
  readonly #record: number;
  readonly #gram: number;
  #other!: LiveSide;

  constructor(kernels: Kernels, workspace: LiveWorkspace, options: LiveSideOptions) {
    const { arena } = kernels, { parameters, rows, lists, side } = options, d = parameters.factorCount;
    this.#kernels = kernels;
    this.#workspace = workspace;
    this.#parameters = parameters;
    this.#isUser = side === "user";
    this.#views = new MemoryViews(kernels.memory);
    this.rows = rows;
    this.lists = lists;
    this.#record = arena.allocate(LIVE_RECORD_BYTES);
    this.#gram = arena.allocate(workspace.scratch.gramBytes());
    arena.f64(this.#gram, workspace.scratch.gramBytes() / 8).fill(0);
    this.#write({
      ...workspace.scratch.fields,
      rowBytes: rows.stride * 4,
      factorCount: d,
      isExplicit: parameters.feedback === "explicit" ? 1 : 0,
      ownBias: side === "user" ? d : d + 1,
      otherBias: side === "user" ? d + 1 : d,
      ownGram: this.#gram,
      matrixRowBytes: workspace.scratch.matrixRowBytes,
    });
    arena.f32(this.#record + 4 * LIVE_FIELDS.length, LIVE_FLOAT_FIELDS.length).set([
      options.globalMean,
      parameters.biasRegularization,
      parameters.confidenceScale,
    ]);
  }

  /** Makes two sides each other's. */
  static pair(a: LiveSide, b: LiveSide): void {
    a.#other = b;
    b.#other = a;
    a.#write({ fixedGram: b.#gram });
    b.#write({ fixedGram: a.#gram });
  }

  /** Solves a row exactly over its history. False if that gave nothing finite: the row is as it was. */
  solve(row: number, { gramScale, lambda, weightBefore, weight }: RowSystem): boolean {
    const n = this.lists.countOf(row), { exports } = this.#kernels;
    if (n === 0) return this.#clear(row, weightBefore);
    this.#writeRows();
    const indices = this.lists.indicesOf(row), values = this.lists.valuesOf(row);
    return exports.solveLive(
      this.#record,
      row,
      indices,
      values,
      n,
      gramScale,
      lambda,
      weightBefore,
      weight,
    ) === 0;
  }

  /**
   * Moves a row by conjugate gradients: so many steps, or with a tolerance until its relative error is about below that.
   * `fixedWeight`: sum of the weights in the other side's Gram matrix. False: not finite, or not reached in so many steps;
   * the row is as it was.
   */
  move(
    row: number,
    { gramScale, lambda, weightBefore, weight }: RowSystem,
    fixedWeight: number,
    { steps, tolerance = 0 }: MoveOptions,
  ): boolean {
    const n = this.lists.countOf(row), { exports } = this.#kernels;
    if (n === 0) return this.#clear(row, weightBefore);
    const rowScratch = this.#workspace.rowScratch(n);
    this.#writeRows();
    this.#views.words[this.#record / 4 + ROW_SCRATCH] = rowScratch;
    const indices = this.lists.indicesOf(row), values = this.lists.valuesOf(row);
    return exports.moveLive(
      this.#record,
      row,
      indices,
      values,
      n,
      gramScale,
      lambda,
      weightBefore,
      weight,
      fixedWeight,
      steps,
      tolerance,
    ) === 0;
  }

  /**
   * A step of gradient descent on the squared error of `goal` (a rating less the mean, or 1 or 0) for this row and one of
   * the other side's. Gram matrices do not follow. False: not finite, unchanged.
   */
  descend(row: number, other: number, goal: number, { rate, penalty }: DescentRates): boolean {
    const { exports } = this.#kernels;
    this.#writeRows();
    this.#other.#writeRows();
    return exports.descendLive(this.#record, this.#other.#record, row, other, goal, rate, penalty) === 0;
  }

  /** A row to descend from: small noise that follows from the seed and the row's index; if explicit, no bias. */
  startNoise(row: number, seed: number): void {
    const { rows } = this, d = this.#parameters.factorCount, rowBytes = rows.stride * 4;
    const deviation = START_DEVIATION / Math.sqrt(d);
    this.#kernels.exports.fillNoiseRow(rows.base + row * rowBytes, rowBytes, d, seed, row, deviation);
    if (this.#parameters.feedback === "explicit") rows.row(row)[this.#isUser ? d + 1 : d] = 1;
  }

  /** The canonical score of a row with one of the other side's. */
  score(row: number, other: number): number {
    const rowBytes = this.rows.stride * 4, { rows } = this.#other;
    return this.#kernels.exports.score(
      this.rows.base + row * rowBytes,
      rows.base + other * rowBytes,
      rowBytes,
    );
  }

  /**
   * Among the other side's rows without those of this row's history: how many score more than row `other`, and how many
   * the same, it included. `other` is not in the history. Places after the first `k` are all the same.
   */
  rank(row: number, other: number, k: number): RankAmong {
    const rowBytes = this.rows.stride * 4, { rows } = this.#other, { exports } = this.#kernels;
    const x = this.rows.base + row * rowBytes, out = this.#workspace.scratch.fields.weights!;
    const indices = this.lists.indicesOf(row), n = this.lists.countOf(row);
    exports.rankLive(x, rows.base, rows.count, rowBytes, other, indices, n, k, out);
    const { words } = this.#views;
    return { greater: words[out / 4], equal: words[out / 4 + 1] };
  }

  /** The Gram matrix anew, from the rows as they stand. */
  sumGram(weightOf: (row: number) => number): void {
    const count = this.rows.count, at = this.#workspace.rowWeights(count);
    const weights = this.#kernels.arena.f32(at, count);
    for (let row = 0; row < count; row++) weights[row] = weightOf(row);
    this.#writeRows();
    this.#kernels.exports.sumLive(this.#record, count, at);
  }

  /** The Gram matrix: doubles, as many a row as the view's length is the square of; the upper triangle counts. */
  gram(): Float64Array {
    return this.#kernels.arena.f64(this.#gram, this.#workspace.scratch.gramBytes() / 8);
  }

  #clear(row: number, weightBefore: number): boolean {
    this.#writeRows();
    this.#kernels.exports.clearLive(this.#record, row, weightBefore);
    return true;
  }

  /** Addresses of rows, which change when room grows. */
  #writeRows(): void {
    const at = this.#record / 4, words = this.#views.words;
    words[at] = this.rows.base;
    words[at + 1] = this.#other.rows.base;
  }

  #write(fields: Partial<Record<LiveField, number>>): void {
    const words = this.#views.words;
    for (const [name, value] of Object.entries(fields)) {
      words[this.#record / 4 + LIVE_FIELDS.indexOf(name as LiveField)] = value;
    }
  }
}
