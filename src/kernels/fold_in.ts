/** The row of somebody whom the fit did not know, or knew less of: solved exactly against the item rows. */
import type { FactorModel } from "../domain/factor_model.ts";
import { NumericFailure } from "../domain/failure.ts";
import type { Kernels } from "./kernel_module.ts";

/** What fold-in needs of a model. */
export type ItemSide = Pick<
  FactorModel,
  "parameters" | "stride" | "itemCount" | "itemFactors" | "itemWeights" | "globalMean"
>;

/** Rows that are added up at a time. */
const CHUNK_ROWS = 256;

/**
 * One half-step of ALS for one row, solved by Cholesky in double precision (MATHS.md 1.1, 1.2):
 *
 * - implicit: `(α₀ VᵀWV + λ (n + α₀ Σw)^ν I + Σ |c| y yᵀ) x = Σ max(c, 0) y`, c = confidenceScale · value;
 * - explicit: `(Σ [y,1][y,1]ᵀ + diag(λ n, ..., λ n, biasRegularization)) [x, b] = Σ (value - μ - b_i) [y,1]`.
 */
export class FoldIn {
  readonly #kernels: Kernels;
  readonly #model: ItemSide;
  readonly #items: { readonly rows: Float32Array };
  readonly #isExplicit: boolean;
  /** Unknowns: factorCount, and the bias if explicit. An item's row begins with as many values. */
  readonly #size: number;
  readonly #matrixRowBytes: number;
  readonly #base: number;
  readonly #matrix: number;
  readonly #wide: number;
  readonly #diagonal: number;
  readonly #solution: number;
  readonly #weightSum: number;
  #capacity = 0;
  #rows = 0;
  #weights = 0;
  #targets = 0;

  /**
   * If implicit, sums the Gram matrix of the model's items: O(itemCount · factorCount²), once a model. `items`: their rows
   * as they move, read at each call; the model's own if absent. The Gram matrix stays the model's: what is answered
   * depends on the rows alone, not on when this was made.
   */
  constructor(kernels: Kernels, model: ItemSide, items = { rows: model.itemFactors }) {
    const { arena } = kernels, { parameters } = model;
    this.#items = items;
    this.#kernels = kernels;
    this.#model = model;
    this.#isExplicit = parameters.feedback === "explicit";
    this.#size = parameters.factorCount + (this.#isExplicit ? 1 : 0);
    const padded = (this.#size + 3) & ~3;
    this.#matrixRowBytes = padded * 8;
    this.#matrix = arena.allocate(padded * this.#matrixRowBytes);
    this.#base = this.#isExplicit ? 0 : arena.allocate(padded * this.#matrixRowBytes);
    this.#wide = arena.allocate(2 * (this.#size + 2) * 8);
    this.#diagonal = arena.allocate(padded * 8);
    this.#solution = arena.allocate(padded * 8);
    this.#weightSum = model.itemWeights.reduce((sum, w) => sum + w, 0);
    this.#reserve(CHUNK_ROWS);
    if (!this.#isExplicit) this.#sumGram();
  }

  /**
   * The row (stride floats, FactorModel layout) that best explains `values[k]` of items `indexes[k]`, each index once.
   * No pairs: zeros. Throws NumericFailure when the system is singular or its solution not finite.
   */
  solve(indexes: ArrayLike<number>, values: ArrayLike<number>): Float32Array {
    const { stride, parameters } = this.#model, { arena, exports } = this.#kernels;
    const row = new Float32Array(stride), count = indexes.length;
    if (count === 0) return row;
    if (count > this.#capacity) this.#reserve(count);
    this.#writePairs(indexes, values);
    this.#writeDiagonal(count);
    const status = exports.foldIn(
      this.#base,
      this.#diagonal,
      this.#rows,
      count,
      stride * 4,
      this.#size,
      this.#weights,
      this.#targets,
      this.#matrix,
      this.#matrixRowBytes,
      this.#solution,
      this.#wide,
    );
    row.set(arena.f64(this.#solution, this.#size));
    if (status !== 0 || !row.every(Number.isFinite)) {
      throw new NumericFailure(
        `folding in ${count} items at regularization ${parameters.regularization}: the system of ${this.#size} unknowns ` +
          `is singular or its solution is not finite; more regularization helps`,
      );
    }
    if (this.#isExplicit) row[this.#size] = 1;
    return row;
  }

  #writePairs(indexes: ArrayLike<number>, values: ArrayLike<number>): void {
    const { parameters, stride, globalMean } = this.#model, { arena } = this.#kernels;
    const count = indexes.length, itemFactors = this.#items.rows;
    const rows = arena.f32(this.#rows, count * stride);
    const weights = arena.f64(this.#weights, count), targets = arena.f64(this.#targets, count);
    for (let k = 0; k < count; k++) {
      const from = indexes[k] * stride, confidence = parameters.confidenceScale * values[k];
      rows.set(itemFactors.subarray(from, from + stride), k * stride);
      weights[k] = this.#isExplicit ? 1 : Math.abs(confidence);
      targets[k] = this.#isExplicit
        ? values[k] - globalMean - itemFactors[from + this.#size]
        : Math.max(confidence, 0);
    }
  }

  #writeDiagonal(count: number): void {
    const { regularization, biasRegularization, unobservedWeight, frequencyExponent } =
      this.#model.parameters;
    const diagonal = this.#kernels.arena.f64(this.#diagonal, this.#size);
    if (this.#isExplicit) {
      diagonal.fill(regularization * count);
      diagonal[this.#size - 1] = biasRegularization;
    } else {
      diagonal.fill(regularization * (count + unobservedWeight * this.#weightSum) ** frequencyExponent);
    }
  }

  /** base = α₀ VᵀWV. */
  #sumGram(): void {
    const { arena, exports } = this.#kernels;
    const { parameters, itemFactors, itemWeights, itemCount, stride } = this.#model;
    arena.f64(this.#base, this.#size * this.#matrixRowBytes / 8).fill(0);
    for (let first = 0; first < itemCount; first += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, itemCount - first), weights = arena.f64(this.#weights, count);
      arena.f32(this.#rows, count * stride).set(
        itemFactors.subarray(first * stride, (first + count) * stride),
      );
      for (let k = 0; k < count; k++) weights[k] = parameters.unobservedWeight * itemWeights[first + k];
      exports.addGram(
        this.#rows,
        count,
        stride * 4,
        this.#size,
        this.#weights,
        this.#base,
        this.#matrixRowBytes,
        this.#wide,
      );
    }
  }

  #reserve(count: number): void {
    const { arena } = this.#kernels;
    this.#capacity = 2 ** Math.ceil(Math.log2(count));
    this.#rows = arena.allocate(this.#capacity * this.#model.stride * 4);
    this.#weights = arena.allocate(this.#capacity * 8);
    this.#targets = arena.allocate(this.#capacity * 8);
  }
}
