/** Batch ALS over linear memory: MATHS.md 1. All arithmetic on rows is done by kernels, on all workers of a pool. */
import type { FactorModel } from "../domain/factor_model.ts";
import { BadInput, NumericFailure } from "../domain/failure.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { AlsMemory, CHUNK_ROWS, type FitSize, type SideMemory } from "./als_memory.ts";
import { startExplicit, startImplicit } from "./als_start.ts";
import { Eigenbasis } from "./eigenbasis.ts";
import { writeHalfStep } from "./half_step.ts";
import type { Kernels } from "./kernel_module.ts";
import { type KernelPool, Phases } from "./phases.ts";
import { heavyFirst } from "./row_order.ts";

export interface AlsFitOptions extends FitSize {
  /** Of the initial factors. */
  readonly seed: number;
  /** Steps of conjugate gradients a row and half-step (implicit only), 2 unless given. */
  readonly conjugateGradientSteps?: number;
}

const DEFAULT_STEPS = 2;
const MAX_FACTORS = 1024;

/**
 * A fit in progress. Fill `byUser` and `byItem` with the ratings (implicit: the evidence, c = confidenceScale · value),
 * call `prepare` once, then `epoch` as often as wanted. The result depends on neither the number of workers nor on which
 * of them did what.
 */
export class AlsFit {
  readonly #options: AlsFitOptions;
  readonly #kernels: Kernels;
  readonly #memory: AlsMemory;
  readonly #phases: Phases;
  readonly #eigenbasis: Eigenbasis | undefined;
  #range = { mean: 0, min: 0, max: 0 };

  /**
   * Allocates. `kernels` and `pool` are over the same memory. Throws BadInput, with nothing touched, for sizes or
   * parameters outside their bounds, or if it does not fit into 4 GiB.
   */
  static create(pool: KernelPool, kernels: Kernels, options: AlsFitOptions): AlsFit {
    assertOptions(options);
    return new AlsFit(pool, kernels, options);
  }

  private constructor(pool: KernelPool, kernels: Kernels, options: AlsFitOptions) {
    const { parameters } = options;
    this.#options = options;
    this.#kernels = kernels;
    this.#memory = new AlsMemory(kernels.arena, options, pool.workerCount);
    this.#phases = new Phases(pool, kernels);
    if (parameters.feedback === "implicit") {
      const { stride } = this.#memory;
      this.#eigenbasis = new Eigenbasis(this.#phases, kernels.arena, parameters.factorCount, stride);
    }
  }

  /** The ratings by user. Views on kernel memory: get them anew after anything else was allocated there. */
  get byUser(): RatingMatrix {
    return this.#memory.matrixOf(this.#memory.users);
  }

  /** The same ratings by item: the transpose of `byUser`. */
  get byItem(): RatingMatrix {
    return this.#memory.matrixOf(this.#memory.items);
  }

  /** Everything between the ratings and the first epoch: mean, weights, order of rows, initial factors. */
  async prepare(): Promise<void> {
    const { users, items } = this.#memory;
    const isExplicit = this.#options.parameters.feedback === "explicit";
    if (isExplicit) this.#range = rangeOf(this.byUser.values);
    this.#prepareSide(users);
    this.#prepareSide(items);
    if (!isExplicit) this.#setItemWeights();
    this.#setRegularization();
    this.#writeHalfSteps();
    const start = {
      phases: this.#phases,
      memory: this.#memory,
      arena: this.#kernels.arena,
      options: this.#options,
    };
    await (isExplicit ? startExplicit(start) : startImplicit(start));
  }

  /**
   * Solves all users, then all items. The loss is the regularized loss after it (MATHS.md 1.1, 1.2), divided by the number
   * of interactions. Throws NumericFailure if it is not finite or a system is singular.
   */
  async epoch(): Promise<{ loss: number }> {
    const { users, items } = this.#memory;
    const loss = await this.#solve("users", users, items) + await this.#solve("items", items, users);
    if (!Number.isFinite(loss)) {
      throw new NumericFailure(`the loss became ${loss}; smaller values or more regularization may help`);
    }
    return { loss: loss / this.#options.interactionCount };
  }

  /** A copy of the factors as they stand. Throws NumericFailure if one of them is not finite. */
  model(): FactorModel {
    const { parameters, userCount, itemCount } = this.#options, { users, items, stride } = this.#memory;
    const isImplicit = parameters.feedback === "implicit";
    return {
      parameters,
      stride,
      userCount,
      itemCount,
      userFactors: finiteCopy(this.#memory.factorsOf(users), "user", stride),
      itemFactors: finiteCopy(this.#memory.factorsOf(items), "item", stride),
      globalMean: this.#range.mean,
      minRating: this.#range.min,
      maxRating: this.#range.max,
      itemWeights: isImplicit
        ? this.#kernels.arena.f32(items.weights, itemCount).slice()
        : new Float32Array(0),
    };
  }

  /** A half-step; gives what it adds to the loss: regularization for users, the rest and their own for items. */
  async #solve(name: string, side: SideMemory, other: SideMemory): Promise<number> {
    const scratchOf = (worker: number) => this.#memory.scratchOf(worker);
    if (this.#eigenbasis === undefined) {
      const statuses = await this.#phases.run(
        "solveExplicit",
        (worker) => [side.halfStep, scratchOf(worker)],
      );
      const failed = statuses.find((status) => status !== 0);
      if (failed !== undefined) {
        throw new NumericFailure(
          `the system of row ${(failed >>> 0) - 1} of the ${name} is singular; more regularization helps`,
        );
      }
    } else {
      const fixed = { address: other.factors, count: other.rowCount };
      const isUsers = side === this.#memory.users;
      await this.#eigenbasis.decompose(
        fixed,
        isUsers ? other.weights : 0,
        this.#options.parameters.unobservedWeight,
      );
      await this.#eigenbasis.rotate(fixed, scratchOf);
      await this.#eigenbasis.rotate({ address: side.factors, count: side.rowCount }, scratchOf);
      await this.#phases.run("solveImplicit", (worker) => [side.halfStep, scratchOf(worker)]);
    }
    return this.#memory.sumOfLosses(side);
  }

  #prepareSide(side: SideMemory): void {
    const { arena } = this.#kernels;
    heavyFirst(arena.u32(side.indptr, side.rowCount + 1), arena.u32(side.order, side.rowCount));
    arena.f32(side.weights, side.rowCount).fill(1);
  }

  /** w_i ∝ n_i^ω with mean 1. */
  #setItemWeights(): void {
    const { indptr, rowCount } = this.byItem, { popularityExponent } = this.#options.parameters;
    const weights = this.#kernels.arena.f32(this.#memory.items.weights, rowCount);
    let sum = 0;
    for (let i = 0; i < rowCount; i++) sum += (indptr[i + 1] - indptr[i]) ** popularityExponent;
    for (let i = 0; i < rowCount; i++) {
      weights[i] = (indptr[i + 1] - indptr[i]) ** popularityExponent * rowCount / sum;
    }
  }

  /** λ_r: λ n_r if explicit; λ (n_r + weight of the row in the dense part)^ν if implicit. */
  #setRegularization(): void {
    const { parameters, userCount, itemCount } = this.#options, { users, items } = this.#memory;
    const { regularization, unobservedWeight, frequencyExponent } = parameters;
    const set = (side: SideMemory, lambdaOf: (n: number, row: number) => number) => {
      const { indptr } = this.#memory.matrixOf(side);
      const lambdas = this.#kernels.arena.f32(side.regularization, side.rowCount);
      for (let row = 0; row < side.rowCount; row++) {
        lambdas[row] = lambdaOf(indptr[row + 1] - indptr[row], row);
      }
    };
    if (parameters.feedback === "explicit") {
      set(users, (n) => regularization * n);
      set(items, (n) => regularization * n);
      return;
    }
    const weights = this.#kernels.arena.f32(items.weights, itemCount);
    const scaled = (frequency: number) => regularization * frequency ** frequencyExponent;
    set(users, (n) => scaled(n + unobservedWeight * itemCount));
    set(items, (n, row) => scaled(n + unobservedWeight * weights[row] * userCount));
  }

  #writeHalfSteps(): void {
    const { users, items } = this.#memory;
    this.#writeHalfStep(users, items, true);
    this.#writeHalfStep(items, users, false);
  }

  #writeHalfStep(side: SideMemory, other: SideMemory, isUsers: boolean): void {
    const { parameters, conjugateGradientSteps } = this.#options, d = parameters.factorCount;
    writeHalfStep(this.#kernels.arena, side.halfStep, {
      rowCount: side.rowCount,
      order: side.order,
      indptr: side.indptr,
      indices: side.indices,
      values: side.values,
      solved: side.factors,
      fixed: other.factors,
      rowBytes: this.#memory.stride * 4,
      factorCount: d,
      regularization: side.regularization,
      chunkRows: CHUNK_ROWS,
      cursor: this.#phases.cursor,
      losses: this.#memory.losses,
      eigenvalues: this.#eigenbasis?.eigenvalues ?? 0,
      denseWeights: isUsers || parameters.popularityExponent === 0 ? 0 : side.weights,
      confidenceScale: parameters.confidenceScale,
      steps: conjugateGradientSteps ?? DEFAULT_STEPS,
      isWholeLoss: isUsers ? 0 : 1,
      // A user's row ends [b_u, 1], an item's [1, b_i] (domain/factor_model.ts).
      ownBias: isUsers ? d : d + 1,
      ownOne: isUsers ? d + 1 : d,
      otherBias: isUsers ? d + 1 : d,
      globalMean: this.#range.mean,
      biasRegularization: parameters.biasRegularization,
    });
  }
}

function assertOptions({ parameters, userCount, itemCount, interactionCount }: AlsFitOptions): void {
  const { factorCount, regularization } = parameters;
  const isCount = (n: number) => Number.isInteger(n) && n >= 1;
  if (!isCount(factorCount) || factorCount > MAX_FACTORS) {
    throw new BadInput(`a fit with ${factorCount} factors was asked for; 1 to ${MAX_FACTORS} are possible`);
  }
  if (!(regularization > 0)) {
    throw new BadInput(
      `a fit with regularization ${regularization} was asked for; it must be greater than 0`,
    );
  }
  if (!isCount(userCount) || !isCount(itemCount) || !isCount(interactionCount)) {
    throw new BadInput(
      `a fit of ${interactionCount} interactions of ${userCount} users and ${itemCount} items was asked for; ` +
        `at least one of each is needed`,
    );
  }
}

/** Mean (as the float that the kernels compute with), smallest and greatest value. */
function rangeOf(values: Float32Array): { mean: number; min: number; max: number } {
  let sum = 0, min = Infinity, max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { mean: Math.fround(sum / values.length), min, max };
}

function finiteCopy(factors: Float32Array, side: string, stride: number): Float32Array {
  const copy = factors.slice();
  for (let i = 0; i < copy.length; i++) {
    if (!Number.isFinite(copy[i])) {
      throw new NumericFailure(`factor ${i % stride} of ${side} ${Math.floor(i / stride)} is ${copy[i]}`);
    }
  }
  return copy;
}
