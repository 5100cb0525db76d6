/** ALMA: a perceptron that learns also from what it gets right by too little. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import { AlmaKernel, type AlmaOptions } from "../../kernels/online_alma.ts";
import type { ClassEstimator, EstimatorContext } from "../estimator.ts";
import type { FeatureVector } from "../feature_vector.ts";

/**
 * Gentile 2001, "A new approximate maximal margin classification algorithm": weights in the unit ball of a p-norm, no
 * intercept. The probability of class 1 is `1/(1 + e^-(w·x))`: an order, not a calibrated figure.
 */
export class AlmaClassifier implements ClassEstimator {
  readonly isBinary = true;
  readonly #kernel: AlmaKernel;
  readonly #slotCount: () => number;

  constructor(kernels: Kernels, options: AlmaOptions, { slotCount }: EstimatorContext) {
    this.#kernel = new AlmaKernel(kernels, options);
    this.#slotCount = slotCount;
  }

  probabilities(x: FeatureVector, out: Float64Array): void {
    out[1] = 1 / (1 + Math.exp(-this.#kernel.raw(x)));
    out[0] = 1 - out[1];
  }

  learn(x: FeatureVector, classIndex: number): void {
    this.#kernel.reserve(this.#slotCount());
    this.#kernel.learn(x, classIndex === 1 ? 1 : -1);
  }

  save(): StateTree {
    return this.#kernel.save(this.#slotCount());
  }

  load(state: StateTree): void {
    this.#kernel.load(state as { updates: number; weights: Float64Array });
  }
}
