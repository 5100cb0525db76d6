/** Softmax regression: the logistic model of any number of classes. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import { LinearKernel, type LinearOptions } from "../../kernels/online_linear.ts";
import type { ClassEstimator, EstimatorContext } from "../estimator.ts";
import type { FeatureVector } from "../feature_vector.ts";

type LinearState = { readonly scalars: Float64Array; readonly columns: Float64Array };

/** Probabilities that a gradient is reckoned from keep this far from 0 and 1, as River's do. */
const LEAST_PROBABILITY = 1e-15;

/**
 * `P(c) = e^(w_c·x) / Σ e^(w·x)`, a weight for each class and feature, no intercept. On each observation every class known
 * takes the optimizer's step on `(P(c) - [c is the truth]) x + l2 w_c`; a class that is new starts at weights of 0, and
 * counts as a probability of 0 in its first step.
 */
export class SoftmaxRegression implements ClassEstimator {
  readonly isBinary = false;
  readonly #kernels: Kernels;
  readonly #options: LinearOptions;
  readonly #slotCount: () => number;
  /** By class. */
  readonly #classes: LinearKernel[] = [];
  #raw = new Float64Array(4);

  constructor(kernels: Kernels, options: LinearOptions, { slotCount }: EstimatorContext) {
    this.#kernels = kernels;
    this.#options = options;
    this.#slotCount = slotCount;
  }

  probabilities(x: FeatureVector, out: Float64Array): void {
    const classes = this.#classes;
    let greatest = -Infinity, sum = 0;
    for (let c = 0; c < classes.length; c++) {
      out[c] = classes[c].raw(x);
      if (out[c] > greatest) greatest = out[c];
    }
    for (let c = 0; c < classes.length; c++) {
      out[c] = Math.exp(out[c] - greatest);
      sum += out[c];
    }
    for (let c = 0; c < classes.length; c++) out[c] /= sum;
  }

  learn(x: FeatureVector, classIndex: number, classCount: number): void {
    const slotCount = this.#slotCount(), classes = this.#classes;
    if (classCount > this.#raw.length) this.#raw = new Float64Array(2 * classCount);
    for (const kernel of classes) kernel.reserve(slotCount), kernel.lookAhead(x);
    this.probabilities(x, this.#raw);
    this.#raw.fill(0, classes.length, classCount);
    while (classes.length < classCount) this.#addClass(slotCount);
    for (let c = 0; c < classCount; c++) {
      const p = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, this.#raw[c]));
      classes[c].step(x, p - (c === classIndex ? 1 : 0));
    }
  }

  save(): StateTree {
    const slotCount = this.#slotCount();
    return this.#classes.map((kernel) => {
      kernel.reserve(slotCount);
      return kernel.save(slotCount);
    });
  }

  load(state: StateTree): void {
    for (const one of state as unknown as readonly LinearState[]) {
      this.#addClass(this.#slotCount());
      this.#classes.at(-1)!.load(one);
    }
  }

  #addClass(slotCount: number): void {
    const kernel = new LinearKernel(this.#kernels, this.#options);
    kernel.reserve(slotCount);
    this.#classes.push(kernel);
  }
}
