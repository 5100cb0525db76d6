/** Factorization machines: a linear model, and a product of factors for each pair of features. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import { MachineKernel, type MachineOptions } from "../../kernels/online_machine.ts";
import type { ClassEstimator, EstimatorContext, RegressionEstimator } from "../estimator.ts";
import type { FeatureVector } from "../feature_vector.ts";
import { fillNormal } from "../seeded_values.ts";

export interface FactorizationMachineOptions extends MachineOptions {
  /** Standard deviation of the factors that a new feature starts with. */
  readonly initialDeviation: number;
  readonly seed: number;
}

/** What both share: a row for every slot that a feature has been given. */
class MachineBase {
  protected readonly kernel: MachineKernel;
  readonly #options: FactorizationMachineOptions;
  readonly #context: EstimatorContext;
  readonly #initial: Float64Array;

  constructor(kernels: Kernels, options: FactorizationMachineOptions, context: EstimatorContext) {
    this.kernel = new MachineKernel(kernels, options);
    this.#options = options;
    this.#context = context;
    this.#initial = new Float64Array(options.factorCount);
  }

  learn(x: FeatureVector, target: number): void {
    const slotCount = this.#context.slotCount();
    while (this.kernel.slotCount < slotCount) this.#addSlot();
    this.kernel.learn(x, target);
  }

  save(): StateTree {
    return this.kernel.save();
  }

  load(state: StateTree): void {
    this.kernel.load(state as { intercept: number; rows: Float64Array });
  }

  /** The factors belong to the name: they do not depend on which feature came first. */
  #addSlot(): void {
    const { seed, initialDeviation } = this.#options;
    const name = this.#context.slotName(this.kernel.slotCount);
    if (this.#initial.length > 0) fillNormal(seed, `feature:${name}`, initialDeviation, this.#initial);
    this.kernel.addSlot(this.#initial);
  }
}

/** `p = b + Σ w_i x_i + Σ_{i<j} (v_i·v_j) x_i x_j` (Rendle 2010). */
export class FactorizationMachineRegressor extends MachineBase implements RegressionEstimator {
  predict(x: FeatureVector): number {
    return this.kernel.predict(x);
  }
}

/** The same with `1/(1 + e^-p)` as the probability of class 1. */
export class FactorizationMachineClassifier extends MachineBase implements ClassEstimator {
  readonly isBinary = true;

  probabilities(x: FeatureVector, out: Float64Array): void {
    out[1] = this.kernel.predict(x);
    out[0] = 1 - out[1];
  }
}
