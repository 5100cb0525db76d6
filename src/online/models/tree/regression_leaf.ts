/** A leaf of a regression tree: the targets' mean, a linear model, and what a split is chosen from. */
import type { StateTree } from "../../../domain/state_tree.ts";
import type { FeatureVector } from "../../feature_vector.ts";
import { SlotArray } from "../../transformers/slot_array.ts";
import { BestTwo } from "./hoeffding.ts";
import type { Moments } from "./moments.ts";
import { VarianceBins, type VarianceBinsOptions, type VarianceSplit } from "./variance_bins.ts";

export interface RegressionLeafOptions extends VarianceBinsOptions {
  /** The mean, the linear model, or the one whose errors were smaller of late. */
  readonly prediction: "mean" | "model" | "adaptive";
  /** Of the linear model, also of its intercept. */
  readonly learningRate: number;
  /** What is kept of the errors with each observation. */
  readonly decay: number;
  /** Least observations on each side of a split. */
  readonly minSamples: number;
}

/** Greatest absolute gradient of the linear model. */
const CLIP = 1e12;

export class RegressionLeaf {
  readonly #options: RegressionLeafOptions;
  #count: number;
  #mean: number;
  #squares: number;
  /** `count` at the last attempt to split. */
  attemptedAt: number;
  readonly #weights = new SlotArray(0);
  #weightCount = 0;
  #intercept = 0;
  #meanError = 0;
  #modelError = 0;
  /** By slot; undefined when the leaf will not be split any more. */
  #bins?: (VarianceBins | undefined)[] = [];

  constructor(options: RegressionLeafOptions, { count, mean, squares }: Moments) {
    this.#options = options;
    this.#count = this.attemptedAt = count;
    this.#mean = mean;
    this.#squares = squares;
  }

  get count(): number {
    return this.#count;
  }

  get isGrowing(): boolean {
    return this.#bins !== undefined;
  }

  get moments(): Moments {
    return { count: this.#count, mean: this.#mean, squares: this.#squares };
  }

  predict(x: FeatureVector): number {
    const { prediction } = this.#options;
    // Where both were equally wrong, the mean: a line through one observation may lie anywhere. A line that has left the
    // finite numbers has an error of NaN, which is not the smaller one.
    const isModel = prediction === "model" ||
      (prediction === "adaptive" && this.#modelError < this.#meanError);
    return isModel ? this.#modelOf(x) : this.#mean;
  }

  learn(x: FeatureVector, target: number): void {
    if (this.#options.prediction === "adaptive") this.#compare(x, target);
    const before = this.#mean;
    this.#count++;
    this.#mean += (1 / this.#count) * (target - before);
    this.#squares += (target - before) * (target - this.#mean);
    if (this.#bins !== undefined) {
      for (let k = 0; k < x.count; k++) this.#binsOf(x.slots[k]).add(x.values[k], target);
    }
    if (this.#options.prediction !== "mean") this.#step(x, target);
  }

  /** The best split of each feature, of which the two best. */
  splits(): BestTwo<VarianceSplit> {
    const two = new BestTwo<VarianceSplit>(), whole = this.moments, { minSamples } = this.#options;
    this.#bins?.forEach((bins, slot) => two.offer(slot, bins?.best(whole, minSamples)));
    return two;
  }

  /** It will not be split: what a split would be chosen from is dropped. */
  stopGrowing(): void {
    this.#bins = undefined;
  }

  /** A leaf beneath this one, which begins with its linear model and its errors. */
  child(moments: Moments): RegressionLeaf {
    const leaf = new RegressionLeaf(this.#options, moments);
    if (!Number.isFinite(this.#modelError)) return leaf;
    for (let slot = 0; slot < this.#weightCount; slot++) leaf.#weights.set(slot, this.#weights.get(slot));
    leaf.#weightCount = this.#weightCount;
    leaf.#intercept = this.#intercept;
    leaf.#meanError = this.#meanError;
    leaf.#modelError = this.#modelError;
    return leaf;
  }

  save(): StateTree {
    return {
      scalars: [this.#count, this.#mean, this.#squares, this.attemptedAt, this.#intercept]
        .concat([this.#meanError, this.#modelError]),
      weights: this.#weights.save(this.#weightCount),
      bins: this.#bins === undefined
        ? null
        : Array.from(this.#bins, (bins): StateTree => bins?.save() ?? null),
    };
  }

  load(state: StateTree): void {
    const { scalars, weights, bins } = state as {
      scalars: readonly number[];
      weights: Float64Array;
      bins: readonly StateTree[] | null;
    };
    [this.#count, this.#mean, this.#squares, this.attemptedAt] = scalars;
    [, , , , this.#intercept, this.#meanError, this.#modelError] = scalars;
    this.#weights.load(weights);
    this.#weightCount = weights.length;
    this.#bins = bins?.map((saved) => {
      if (saved === null) return undefined;
      const one = new VarianceBins(this.#options);
      one.load(saved);
      return one;
    });
  }

  #compare(x: FeatureVector, target: number): void {
    const { decay } = this.#options;
    const ofMean = target - this.#mean, ofModel = target - this.#modelOf(x);
    this.#meanError = decay * this.#meanError + ofMean * ofMean;
    this.#modelError = decay * this.#modelError + ofModel * ofModel;
  }

  #modelOf(x: FeatureVector): number {
    const weights = this.#weights;
    let sum = 0;
    for (let k = 0; k < x.count; k++) sum += weights.get(x.slots[k]) * x.values[k];
    return sum + this.#intercept;
  }

  /** Squared loss, plain steps. */
  #step(x: FeatureVector, target: number): void {
    const weights = this.#weights, rate = this.#options.learningRate;
    const g = Math.max(-CLIP, Math.min(CLIP, 2 * (this.#modelOf(x) - target)));
    this.#intercept -= rate * g;
    for (let k = 0; k < x.count; k++) {
      const slot = x.slots[k];
      weights.set(slot, weights.get(slot) - rate * (g * x.values[k]));
      if (slot >= this.#weightCount) this.#weightCount = slot + 1;
    }
  }

  #binsOf(slot: number): VarianceBins {
    return this.#bins![slot] ??= new VarianceBins(this.#options);
  }
}
