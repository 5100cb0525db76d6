/** The tests of a binary tree in flat arrays. Node 0 is the root; the children of a node are neighbours. */
import type { StateTree } from "../../../domain/state_tree.ts";
import type { FeatureVector } from "../../feature_vector.ts";

const NO_FEATURE = -1, NO_FIRST_CHILD = 0;

export class SplitNodes {
  count = 1;
  /** Slot of the feature that is tested; -1 for a leaf. */
  #features = new Int32Array(16).fill(NO_FEATURE);
  #thresholds = new Float64Array(16);
  /** Of the two children: where the feature is at most the threshold; the other follows it. */
  #children = new Int32Array(16);
  /** Observations that came by, and what a leaf began with. */
  #weights = new Float64Array(16);
  #depths = new Int32Array(16);

  get leafCount(): number {
    return (this.count + 1) / 2;
  }

  depthOf(node: number): number {
    return this.#depths[node];
  }

  /** The leaf that x belongs to. Where the feature of a test is not there, the child that has seen more. */
  find(x: FeatureVector): number {
    let node = 0;
    while (this.#features[node] !== NO_FEATURE) node = this.#next(node, x);
    return node;
  }

  /** The same, and counts x on its way. */
  visit(x: FeatureVector): number {
    let node = 0;
    this.#weights[0]++;
    while (this.#features[node] !== NO_FEATURE) this.#weights[node = this.#next(node, x)]++;
    return node;
  }

  /** Makes a leaf a test; gives the first of its two children, leaves that begin with these weights. */
  split(leaf: number, feature: number, threshold: number, weights: readonly [number, number]): number {
    const first = this.count;
    this.#reserve(first + 2);
    this.count = first + 2;
    this.#features[leaf] = feature;
    this.#thresholds[leaf] = threshold;
    this.#children[leaf] = first;
    for (let side = 0; side < 2; side++) {
      this.#weights[first + side] = weights[side];
      this.#depths[first + side] = this.#depths[leaf] + 1;
    }
    return first;
  }

  isLeaf(node: number): boolean {
    return this.#features[node] === NO_FEATURE;
  }

  save(): StateTree {
    const numbers = [this.#features, this.#thresholds, this.#children, this.#weights, this.#depths];
    return numbers.map((values) => Float64Array.from(values.subarray(0, this.count)));
  }

  load(state: StateTree): void {
    const [features, thresholds, children, weights, depths] = state as readonly Float64Array[];
    this.#reserve(features.length);
    this.count = features.length;
    this.#features.set(features);
    this.#thresholds.set(thresholds);
    this.#children.set(children);
    this.#weights.set(weights);
    this.#depths.set(depths);
  }

  #next(node: number, x: FeatureVector): number {
    const first = this.#children[node], value = valueAt(x, this.#features[node]);
    if (value <= this.#thresholds[node]) return first;
    if (value > this.#thresholds[node]) return first + 1;
    return this.#weights[first] < this.#weights[first + 1] ? first + 1 : first;
  }

  #reserve(count: number): void {
    if (count <= this.#features.length) return;
    const capacity = 2 ** Math.ceil(Math.log2(count));
    this.#features = grown(this.#features, new Int32Array(capacity).fill(NO_FEATURE));
    this.#thresholds = grown(this.#thresholds, new Float64Array(capacity));
    this.#children = grown(this.#children, new Int32Array(capacity).fill(NO_FIRST_CHILD));
    this.#weights = grown(this.#weights, new Float64Array(capacity));
    this.#depths = grown(this.#depths, new Int32Array(capacity));
  }
}

function grown<A extends Int32Array | Float64Array>(values: A, into: A): A {
  into.set(values);
  return into;
}

/** NaN where the feature of this slot is not there. Where all come in the order of their slots no search is needed. */
export function valueAt(x: FeatureVector, slot: number): number {
  const { slots, values, count } = x;
  if (slot < count && slots[slot] === slot) return values[slot];
  for (let k = 0; k < count; k++) {
    if (slots[k] === slot) return values[k];
  }
  return NaN;
}
