/** A leaf of a classification tree: how often it saw each class, and what a split and naive Bayes are reckoned from. */
import type { StateTree } from "../../../domain/state_tree.ts";
import type { FeatureVector } from "../../feature_vector.ts";
import { ClassGaussians, type ClassGaussiansOptions, type ClassSplit } from "./class_gaussians.ts";
import { BestTwo } from "./hoeffding.ts";
import { sumOf } from "./information_gain.ts";

export interface ClassLeafOptions extends ClassGaussiansOptions {
  /** The shares of the classes, naive Bayes, or the one of both that was right more often. */
  readonly prediction: "majority" | "naive-bayes" | "adaptive";
  /** Above this share of one class no split is looked for. */
  readonly maxShare: number;
}

export class ClassLeaf {
  readonly #options: ClassLeafOptions;
  /** By class. */
  #weights: Float64Array;
  /** Observations since the last attempt to split: a count, as weights after a split are no whole numbers. */
  sinceAttempt = 0;
  #majorityHits = 0;
  #bayesHits = 0;
  #votes = new Float64Array(4);
  /** By slot; undefined when the leaf will not be split any more. */
  #observers?: (ClassGaussians | undefined)[] = [];

  constructor(options: ClassLeafOptions, weights: Float64Array) {
    this.#options = options;
    this.#weights = weights;
  }

  get weight(): number {
    return sumOf(this.#weights);
  }

  /** Classes that it has a place for. */
  get classCount(): number {
    return this.#weights.length;
  }

  get isGrowing(): boolean {
    return this.#observers !== undefined;
  }

  /** Classes that were seen here. */
  get seenClasses(): number {
    return this.#weights.reduce((count, weight) => weight > 0 ? count + 1 : count, 0);
  }

  /** Into `out`, which holds zeros, the probabilities of all classes; what it was before if the leaf knows none. */
  probabilities(x: FeatureVector, out: Float64Array): void {
    const total = this.weight;
    if (total === 0) return;
    const { prediction } = this.#options;
    const isBayes = this.isGrowing && prediction !== "majority" &&
      (prediction === "naive-bayes" || this.#bayesHits >= this.#majorityHits);
    if (isBayes) this.#bayes(x, total, out);
    else for (let c = 0; c < this.#weights.length; c++) out[c] = this.#weights[c] / total;
  }

  learn(x: FeatureVector, classIndex: number): void {
    const observers = this.#observers;
    if (observers !== undefined && this.#options.prediction === "adaptive") this.#compare(x, classIndex);
    if (classIndex >= this.#weights.length) {
      const larger = new Float64Array(classIndex + 1);
      larger.set(this.#weights);
      this.#weights = larger;
    }
    this.#weights[classIndex]++;
    this.sinceAttempt++;
    if (observers === undefined) return;
    for (let k = 0; k < x.count; k++) {
      const slot = x.slots[k];
      (observers[slot] ??= new ClassGaussians(this.#options)).add(x.values[k], classIndex);
    }
  }

  /** The best split of each feature, of which the two best; none where one class has nearly all. */
  splits(): BestTwo<ClassSplit> {
    const two = new BestTwo<ClassSplit>(), weights = this.#weights;
    const greatest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    if (greatest / this.weight > this.#options.maxShare) return two;
    this.#observers?.forEach((observer, slot) => two.offer(slot, observer?.best(weights)));
    return two;
  }

  /** It will not be split: what a split would be chosen from, and naive Bayes with it, is dropped. */
  stopGrowing(): void {
    this.#observers = undefined;
  }

  save(): StateTree {
    return {
      weights: this.#weights.slice(),
      scalars: [this.sinceAttempt, this.#majorityHits, this.#bayesHits],
      observers: this.#observers === undefined
        ? null
        : Array.from(this.#observers, (observer): StateTree => observer?.save() ?? null),
    };
  }

  load(state: StateTree): void {
    const { weights, scalars, observers } = state as {
      weights: Float64Array;
      scalars: readonly number[];
      observers: readonly (Float64Array | null)[] | null;
    };
    this.#weights = weights.slice();
    [this.sinceAttempt, this.#majorityHits, this.#bayesHits] = scalars;
    this.#observers = observers?.map((saved) => {
      if (saved === null) return undefined;
      const one = new ClassGaussians(this.#options);
      one.load(saved);
      return one;
    });
  }

  /** Which of both would have been right. */
  #compare(x: FeatureVector, truth: number): void {
    const weights = this.#weights, total = this.weight;
    if (total === 0 || bestOf(weights, weights.length) === truth) this.#majorityHits++;
    if (total === 0) return;
    if (this.#votes.length < weights.length) this.#votes = new Float64Array(2 * weights.length);
    this.#bayes(x, total, this.#votes);
    if (bestOf(this.#votes, weights.length) === truth) this.#bayesHits++;
  }

  /** Features as if they were independent within a class. */
  #bayes(x: FeatureVector, total: number, out: Float64Array): void {
    const weights = this.#weights, observers = this.#observers!;
    let greatest = -Infinity, sum = 0;
    for (let c = 0; c < weights.length; c++) {
      out[c] = weights[c] > 0 ? Math.log(weights[c] / total) : -Infinity;
      if (weights[c] > 0) {
        for (let k = 0; k < x.count; k++) out[c] += observers[x.slots[k]]?.logDensity(x.values[k], c) ?? 0;
      }
      greatest = Math.max(greatest, out[c]);
    }
    for (let c = 0; c < weights.length; c++) sum += out[c] = Math.exp(out[c] - greatest);
    for (let c = 0; c < weights.length; c++) out[c] /= sum;
  }
}

/** The first of the greatest. */
function bestOf(values: Float64Array, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (values[c] > values[best]) best = c;
  return best;
}
