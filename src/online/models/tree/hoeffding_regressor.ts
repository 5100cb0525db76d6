/** Hoeffding tree for numbers: a regression tree that grows as soon as the data allow it. */
import type { StateTree } from "../../../domain/state_tree.ts";
import type { RegressionEstimator } from "../../estimator.ts";
import type { FeatureVector } from "../../feature_vector.ts";
import { hoeffdingBound, type HoeffdingOptions } from "./hoeffding.ts";
import { NO_MOMENTS } from "./moments.ts";
import { RegressionLeaf, type RegressionLeafOptions } from "./regression_leaf.ts";
import { SplitNodes } from "./split_nodes.ts";

export interface HoeffdingRegressorOptions extends HoeffdingOptions, RegressionLeafOptions {}

/**
 * FIMT without its drift detectors (Ikonomovska, Gama, Džeroski 2011), as River's HoeffdingTreeRegressor: a leaf is split
 * where the second best reduction of variance is, with probability 1 - δ, worse than the best: their ratio is below
 * 1 - ε, or ε is below τ. Unlike River, no candidate is ever thrown away, an observation without the feature of a test
 * goes on to attempts like any other, and where mean and line were equally wrong the mean is predicted.
 */
export class HoeffdingRegressor implements RegressionEstimator {
  readonly #options: HoeffdingRegressorOptions;
  readonly #nodes = new SplitNodes();
  /** By node; undefined for a test. */
  readonly #leaves: (RegressionLeaf | undefined)[];

  constructor(options: HoeffdingRegressorOptions) {
    this.#options = options;
    this.#leaves = [new RegressionLeaf(options, NO_MOMENTS)];
  }

  get leafCount(): number {
    return this.#nodes.leafCount;
  }

  predict(x: FeatureVector): number {
    return this.#leaves[this.#nodes.find(x)]!.predict(x);
  }

  learn(x: FeatureVector, target: number): void {
    const node = this.#nodes.visit(x), leaf = this.#leaves[node]!;
    leaf.learn(x, target);
    if (!leaf.isGrowing) return;
    const { maxDepth, maxLeaves, gracePeriod } = this.#options;
    if (this.#nodes.depthOf(node) >= maxDepth || this.leafCount >= maxLeaves) leaf.stopGrowing();
    else if (leaf.count - leaf.attemptedAt >= gracePeriod) {
      leaf.attemptedAt = leaf.count;
      this.#attempt(node, leaf);
    }
  }

  save(): StateTree {
    return {
      nodes: this.#nodes.save(),
      leaves: Array.from(this.#leaves, (leaf): StateTree => leaf?.save() ?? null),
    };
  }

  load(state: StateTree): void {
    const { nodes, leaves } = state as { nodes: StateTree; leaves: readonly StateTree[] };
    this.#nodes.load(nodes);
    leaves.forEach((saved, node) => {
      if (saved === null) {
        this.#leaves[node] = undefined;
        return;
      }
      const leaf = this.#leaves[node] = new RegressionLeaf(this.#options, NO_MOMENTS);
      leaf.load(saved);
    });
  }

  #attempt(node: number, leaf: RegressionLeaf): void {
    const { delta, tau } = this.#options;
    const { best, slot, secondMerit } = leaf.splits();
    if (best === undefined || !(best.merit > 0)) return;
    const bound = hoeffdingBound(1, delta, leaf.count);
    if (secondMerit / best.merit >= 1 - bound && bound >= tau) return;
    const { threshold, below, above } = best;
    const first = this.#nodes.split(node, slot, threshold, [below.count, above.count]);
    this.#leaves[first] = leaf.child(below);
    this.#leaves[first + 1] = leaf.child(above);
    this.#leaves[node] = undefined;
  }
}
