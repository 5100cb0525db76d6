/** Batch ALS over linear memory: MATHS.md 1. All arithmetic on rows is done by kernels, on all workers of a pool. */
import type { FactorModel } from "../domain/factor_model.ts";
import { BadInput, NumericFailure } from "../domain/failure.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { AlsMemory, type FitSize, type SideMemory } from "./als_memory.ts";
import { startExplicit, startImplicit } from "./als_start.ts";
import { rangeOf, type ValueRange, weighRows } from "./als_weights.ts";
import { Eigenbasis } from "./eigenbasis.ts";
import { setMove, writeHalfStep } from "./half_step.ts";
import type { Kernels } from "./kernel_module.ts";
import { type KernelPool, Phases } from "./phases.ts";
import { blockRowsOf, heavyFirst, planWork, type WorkPlan } from "./row_order.ts";

export interface AlsFitOptions extends FitSize {
  /** Of the initial factors. */
  readonly seed: number;
  /** Steps of conjugate gradients a row and half-step; a schedule of our own unless given. */
  readonly conjugateGradientSteps?: number;
}

/**
 * Steps where the caller does not say: two in the first two epochs, when rows are far from where they go (a sparse set is
 * best after so few), then one, which loses nothing in the end and costs little more than half of what two do. Implicit
 * items take one from the beginning: a second makes them follow their few users too closely.
 */
const FIRST_EPOCHS = 2;
const FIRST_STEPS = 2;
const LATER_STEPS = 1;
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
  readonly #eigenbasis: Eigenbasis;
  #range: ValueRange = { mean: 0, min: 0, max: 0 };
  /** Number of units of work of each side's half-step. */
  readonly #unitCounts = new Map<SideMemory, number>();
  #epochCount = 0;
  /** Whether both sides stand in the eigenbasis of the items, as the half-step of the users wants it. */
  #isInBasis = false;

  /**
   * Allocates. `kernels` and `pool` are over the same memory. Throws BadInput, with nothing touched, for sizes or
   * parameters outside their bounds, or if it does not fit into 4 GiB.
   */
  static create(pool: KernelPool, kernels: Kernels, options: AlsFitOptions): AlsFit {
    assertOptions(options);
    return new AlsFit(pool, kernels, options);
  }

  private constructor(pool: KernelPool, kernels: Kernels, options: AlsFitOptions) {
    this.#options = options;
    this.#kernels = kernels;
    this.#memory = new AlsMemory(kernels.arena, options, pool.workerCount);
    this.#phases = new Phases(pool, kernels);
    const { factorCount } = options.parameters;
    this.#eigenbasis = new Eigenbasis(this.#phases, kernels.arena, factorCount, this.#memory.stride * 4);
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
    weighRows(this.#kernels.arena, this.#memory, this.#options);
    for (const [side, other] of [[users, items], [items, users]]) {
      const plan = this.#planSide(side, other);
      this.#unitCounts.set(side, plan.unitCount);
      this.#writeHalfStep(side, other, plan);
    }
    const start = {
      phases: this.#phases,
      memory: this.#memory,
      options: this.#options,
      eigenbasis: this.#eigenbasis,
    };
    if (isExplicit) await startExplicit(start);
    else this.#isInBasis = await startImplicit(start);
  }

  /**
   * Moves all users, then all items. The loss is the regularized loss after it (MATHS.md 1.1, 1.2), divided by the number
   * of interactions. Throws NumericFailure if it is not finite.
   */
  async epoch(): Promise<{ loss: number }> {
    const { users, items } = this.#memory;
    for (const side of [users, items]) setMove(this.#kernels.arena, side.halfStep, this.#moveOf(side));
    const loss = await this.#move(users, items) + await this.#move(items, users);
    this.#epochCount++;
    if (!Number.isFinite(loss)) {
      throw new NumericFailure(`the loss became ${loss}; smaller values or more regularization may help`);
    }
    return { loss: loss / this.#options.interactionCount };
  }

  /** A copy of the factors as they stand. Throws NumericFailure if one of them is not finite. */
  model(): FactorModel {
    const { parameters, userCount, itemCount } = this.#options, { users, items, stride } = this.#memory;
    const isImplicit = parameters.feedback === "implicit";
    const weights = this.#kernels.arena.f32(items.weights, isImplicit ? itemCount : 0);
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
      itemWeights: weights.slice(),
    };
  }

  /** Implicit feedback starts from directions to look in (als_start.ts), not from rows that mean anything yet. */
  get #isFromZero(): boolean {
    return this.#options.parameters.feedback === "implicit" && this.#epochCount === 0;
  }

  /** How a side is moved in the epoch that comes. */
  #moveOf(side: SideMemory): { steps: number; isFromZero: number } {
    const { conjugateGradientSteps, parameters } = this.#options;
    const isImplicit = parameters.feedback === "implicit", isItems = side === this.#memory.items;
    const isEarly = this.#epochCount < FIRST_EPOCHS && !(isImplicit && isItems);
    return {
      steps: conjugateGradientSteps ?? (isEarly ? FIRST_STEPS : LATER_STEPS),
      isFromZero: this.#isFromZero ? 1 : 0,
    };
  }

  /** A half-step; gives what it adds to the loss: regularization for users, the rest and their own for items. */
  async #move(side: SideMemory, other: SideMemory): Promise<number> {
    const { feedback, unobservedWeight } = this.#options.parameters;
    const isExplicit = feedback === "explicit";
    const scratchOf = (worker: number) => this.#memory.scratchOf(worker);
    const fixed = { address: other.factors, count: other.rowCount };
    if (!this.#isInBasis) {
      await this.#eigenbasis.decompose(fixed, other.weights, isExplicit ? 1 : unobservedWeight);
      await this.#eigenbasis.rotate(fixed, scratchOf);
      if (!this.#isFromZero) {
        await this.#eigenbasis.rotate({ address: side.factors, count: side.rowCount }, scratchOf);
      }
    }
    this.#isInBasis = false;
    await this.#phases.run("moveRows", (worker) => [side.halfStep, scratchOf(worker)]);
    return this.#memory.sumOfLosses(this.#unitCounts.get(side)!);
  }

  #planSide(side: SideMemory, other: SideMemory): WorkPlan {
    const { arena } = this.#kernels, rowBytes = this.#memory.stride * 4;
    const indptr = arena.u32(side.indptr, side.rowCount + 1), order = arena.u32(side.order, side.rowCount);
    heavyFirst(indptr, order);
    return planWork(indptr, order, arena.u32(side.units, side.rowCount + 1), {
      count: other.rowCount,
      rowBytes,
    });
  }

  #writeHalfStep(side: SideMemory, other: SideMemory, plan: WorkPlan): void {
    const { parameters } = this.#options, d = parameters.factorCount;
    const isUsers = side === this.#memory.users, rowBytes = this.#memory.stride * 4;
    writeHalfStep(this.#kernels.arena, side.halfStep, {
      rowCount: side.rowCount,
      order: side.order,
      indptr: side.indptr,
      indices: side.indices,
      values: side.values,
      solved: side.factors,
      fixed: other.factors,
      fixedCount: other.rowCount,
      rowBytes,
      factorCount: d,
      isExplicit: parameters.feedback === "explicit" ? 1 : 0,
      regularization: side.regularization,
      units: side.units,
      ...plan,
      blockRows: blockRowsOf(rowBytes),
      cursor: this.#phases.cursor,
      losses: this.#memory.losses,
      isWholeLoss: isUsers ? 0 : 1,
      // Set for each epoch.
      steps: 0,
      isFromZero: 0,
      eigenvalues: this.#eigenbasis.eigenvalues,
      denseWeights: side.weights,
      confidenceScale: parameters.confidenceScale,
      // A user's row ends [b_u, 1], an item's [1, b_i] (domain/factor_model.ts).
      ownBias: isUsers ? d : d + 1,
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

function finiteCopy(factors: Float32Array, side: string, stride: number): Float32Array {
  const copy = factors.slice();
  for (let i = 0; i < copy.length; i++) {
    if (!Number.isFinite(copy[i])) {
      throw new NumericFailure(`factor ${i % stride} of ${side} ${Math.floor(i / stride)} is ${copy[i]}`);
    }
  }
  return copy;
}
