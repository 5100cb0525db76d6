/** k nearest neighbours over the newest observations: nothing to fit, and what is old is forgotten by itself. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import { type Nearest, NeighbourWindow } from "../../kernels/online_neighbours.ts";
import type { ClassEstimator, EstimatorContext, RegressionEstimator } from "../estimator.ts";
import type { FeatureVector } from "../feature_vector.ts";

export interface NeighboursOptions {
  readonly neighbours: number;
  /** Observations that are kept. */
  readonly window: number;
}

export type Aggregation = "mean" | "median" | "weighted";

/** What both share: the window, and the target of each of its places. */
class NeighboursBase {
  protected readonly targets: Float64Array;
  readonly #window: NeighbourWindow;
  readonly #neighbours: number;
  readonly #slotCount: () => number;

  constructor(kernels: Kernels, { neighbours, window }: NeighboursOptions, { slotCount }: EstimatorContext) {
    this.#window = new NeighbourWindow(kernels, window, neighbours);
    this.targets = new Float64Array(window);
    this.#neighbours = neighbours;
    this.#slotCount = slotCount;
  }

  learn(x: FeatureVector, target: number): void {
    this.#window.reserve(this.#slotCount());
    this.targets[this.#window.add(x)] = target;
  }

  save(): StateTree {
    const { first, count, rows } = this.#window.save(this.#slotCount());
    return { first, count, rows, targets: this.targets.slice(0, count) };
  }

  load(state: StateTree): void {
    const { targets, ...window } = state as {
      first: number;
      count: number;
      rows: Float64Array;
      targets: Float64Array;
    };
    this.#window.load(window);
    this.targets.set(targets);
  }

  protected nearest(x: FeatureVector): Nearest {
    return this.#window.nearest(x, this.#neighbours);
  }
}

/**
 * The mean, median or mean weighted by 1/distance of the targets of the nearest; the target itself of one at distance 0; 0
 * before the first. A feature that is not there counts as 0.
 */
export class NeighboursRegressor extends NeighboursBase implements RegressionEstimator {
  readonly #aggregation: Aggregation;

  constructor(
    kernels: Kernels,
    options: NeighboursOptions & { readonly aggregation: Aggregation },
    context: EstimatorContext,
  ) {
    super(kernels, options, context);
    this.#aggregation = options.aggregation;
  }

  predict(x: FeatureVector): number {
    const { count, places, distances } = this.nearest(x);
    if (count === 0) return 0;
    if (distances[0] === 0) return this.targets[places[0]];
    if (this.#aggregation === "median") return this.#median(places);
    // Distances that overflow weigh nothing: then all count alike.
    const isWeighted = this.#aggregation === "weighted" && distances[0] < Infinity;
    let sum = 0, weights = 0;
    for (let k = 0; k < count; k++) {
      const weight = isWeighted ? 1 / distances[k] : 1;
      sum += weight * this.targets[places[k]];
      weights += weight;
    }
    return sum / weights;
  }

  #median(places: Uint32Array): number {
    const sorted = Float64Array.from(places, (place) => this.targets[place]).sort();
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

/**
 * Votes of the nearest, weighted by 1/distance or all alike; one at distance 0 decides alone. Before the first all classes
 * are alike.
 */
export class NeighboursClassifier extends NeighboursBase implements ClassEstimator {
  readonly isBinary = false;
  readonly #isWeighted: boolean;
  #classCount = 0;

  constructor(
    kernels: Kernels,
    options: NeighboursOptions & { readonly isWeighted: boolean },
    context: EstimatorContext,
  ) {
    super(kernels, options, context);
    this.#isWeighted = options.isWeighted;
  }

  probabilities(x: FeatureVector, out: Float64Array): void {
    const { count, places, distances } = this.nearest(x);
    out.fill(0, 0, this.#classCount);
    if (distances[0] === 0) {
      out[this.targets[places[0]]] = 1;
      return;
    }
    const isWeighted = this.#isWeighted && distances[0] < Infinity;
    let total = 0;
    for (let k = 0; k < count; k++) {
      const vote = isWeighted ? 1 / distances[k] : 1;
      out[this.targets[places[k]]] += vote;
      total += vote;
    }
    for (let c = 0; c < this.#classCount; c++) out[c] /= total;
  }

  override learn(x: FeatureVector, classIndex: number, classCount = 0): void {
    this.#classCount = classCount;
    super.learn(x, classIndex);
  }

  override save(): StateTree {
    return { classCount: this.#classCount, window: super.save() };
  }

  override load(state: StateTree): void {
    const { classCount, window } = state as { classCount: number; window: StateTree };
    this.#classCount = classCount;
    super.load(window);
  }
}
