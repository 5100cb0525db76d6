/** Hoeffding tree for classes: a decision tree that grows as soon as the data allow it. */
import type { StateTree } from "../../../domain/state_tree.ts";
import type { ClassEstimator } from "../../estimator.ts";
import type { FeatureVector } from "../../feature_vector.ts";
import { ClassLeaf, type ClassLeafOptions } from "./class_leaf.ts";
import { hoeffdingBound, type HoeffdingOptions } from "./hoeffding.ts";
import { sumOf } from "./information_gain.ts";
import { SplitNodes } from "./split_nodes.ts";

export interface HoeffdingClassifierOptions extends HoeffdingOptions, ClassLeafOptions {}

/**
 * VFDT (Domingos and Hulten 2000) as River's HoeffdingTreeClassifier: a leaf is split where the best gain of information
 * is, with probability 1 - δ, better than the second best: their difference is above ε, or ε is below τ. Unlike River, a
 * leaf that is nearly pure keeps what it has observed, and a class without weight gets no vote.
 */
export class HoeffdingClassifier implements ClassEstimator {
  readonly isBinary = false;
  readonly #options: HoeffdingClassifierOptions;
  readonly #nodes = new SplitNodes();
  /** By node; undefined for a test. */
  readonly #leaves: (ClassLeaf | undefined)[];
  #classCount = 0;

  constructor(options: HoeffdingClassifierOptions) {
    this.#options = options;
    this.#leaves = [new ClassLeaf(options, new Float64Array(0))];
  }

  get leafCount(): number {
    return this.#nodes.leafCount;
  }

  probabilities(x: FeatureVector, out: Float64Array): void {
    out.fill(0, 0, this.#classCount);
    this.#leaves[this.#nodes.find(x)]!.probabilities(x, out);
  }

  learn(x: FeatureVector, classIndex: number, classCount: number): void {
    this.#classCount = classCount;
    const node = this.#nodes.visit(x), leaf = this.#leaves[node]!;
    leaf.learn(x, classIndex);
    if (!leaf.isGrowing) return;
    const { maxDepth, maxLeaves, gracePeriod } = this.#options;
    if (this.#nodes.depthOf(node) >= maxDepth || this.leafCount >= maxLeaves) leaf.stopGrowing();
    else if (leaf.sinceAttempt >= gracePeriod) {
      leaf.sinceAttempt = 0;
      if (leaf.seenClasses > 1) this.#attempt(node, leaf);
    }
  }

  save(): StateTree {
    return {
      classCount: this.#classCount,
      nodes: this.#nodes.save(),
      leaves: Array.from(this.#leaves, (leaf): StateTree => leaf?.save() ?? null),
    };
  }

  load(state: StateTree): void {
    const { classCount, nodes, leaves } = state as {
      classCount: number;
      nodes: StateTree;
      leaves: readonly StateTree[];
    };
    this.#classCount = classCount;
    this.#nodes.load(nodes);
    leaves.forEach((saved, node) => {
      if (saved === null) {
        this.#leaves[node] = undefined;
        return;
      }
      const leaf = this.#leaves[node] = new ClassLeaf(this.#options, new Float64Array(0));
      leaf.load(saved);
    });
  }

  #attempt(node: number, leaf: ClassLeaf): void {
    const { delta, tau } = this.#options;
    const { best, slot, secondMerit } = leaf.splits();
    if (best === undefined || best.merit === -Infinity) return;
    const bound = hoeffdingBound(Math.log2(Math.max(2, leaf.seenClasses)), delta, leaf.weight);
    if (best.merit - secondMerit <= bound && bound >= tau) return;
    const { threshold, below, above } = best;
    const first = this.#nodes.split(node, slot, threshold, [sumOf(below), sumOf(above)]);
    this.#leaves[first] = new ClassLeaf(this.#options, below);
    this.#leaves[first + 1] = new ClassLeaf(this.#options, above);
    this.#leaves[node] = undefined;
  }
}
