/** Linear models: gradient steps and passive-aggressive steps, for numbers and for two classes. MATHS.md 3. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import { LinearKernel, type LinearOptions } from "../../kernels/online_linear.ts";
import type { ClassEstimator, EstimatorContext, FusedEstimator, RegressionEstimator } from "../estimator.ts";
import type { FeatureVector } from "../feature_vector.ts";

type LinearState = { readonly scalars: Float64Array; readonly columns: Float64Array };

/** What both share: the kernel, with room for every slot that a feature has been given. */
class LinearBase {
  readonly kernel: LinearKernel;
  readonly #slotCount: () => number;

  constructor(kernels: Kernels, options: LinearOptions, context: EstimatorContext) {
    this.kernel = new LinearKernel(kernels, options, context.scaler);
    this.#slotCount = context.slotCount;
  }

  learn(x: FeatureVector, target: number): void {
    this.kernel.reserve(this.#slotCount());
    this.kernel.learn(x, target);
  }

  save(): StateTree {
    this.kernel.reserve(this.#slotCount());
    return this.kernel.save(this.#slotCount());
  }

  load(state: StateTree): void {
    this.kernel.load(state as LinearState);
  }
}

/**
 * `p = w·x + b`. On each observation with gradient g = dL/dp: `b -= interceptRate · g`, then the optimizer's step on
 * `g x + l2 w`.
 */
export class LinearRegressor extends LinearBase implements RegressionEstimator, FusedEstimator {
  predict(x: FeatureVector): number {
    return this.kernel.predict(x);
  }
}

/** The same with `1/(1 + e^-(w·x + b))` as the probability of class 1. */
export class LinearClassifier extends LinearBase implements ClassEstimator, FusedEstimator {
  readonly isBinary = true;

  probabilities(x: FeatureVector, out: Float64Array): void {
    out[1] = this.kernel.predict(x);
    out[0] = 1 - out[1];
  }
}
