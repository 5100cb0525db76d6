/** Metrics that are a mean over outcomes, or its root. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Outcome, WeightedFigure } from "./running_metric.ts";

/** `n += 1; m += (1/n)(x - m)`, and before that `n *= keep`. */
export class MeanFigure implements WeightedFigure {
  readonly #lossOf: (outcome: Outcome) => number;
  readonly #finish: (mean: number) => number;
  #weight = 0;
  #mean = 0;

  constructor(lossOf: (outcome: Outcome) => number, finish: (mean: number) => number = (mean) => mean) {
    this.#lossOf = lossOf;
    this.#finish = finish;
  }

  add(outcome: Outcome, keep: number): void {
    this.#weight = keep * this.#weight + 1;
    this.#mean += (1 / this.#weight) * (this.#lossOf(outcome) - this.#mean);
  }

  value(): number {
    return this.#weight === 0 ? NaN : this.#finish(this.#mean);
  }

  save(): StateTree {
    return [this.#weight, this.#mean];
  }

  load(state: StateTree): void {
    [this.#weight, this.#mean] = state as [number, number];
  }
}

/** Probability below which the log loss counts no further. */
const LEAST_PROBABILITY = 1e-15;

export function absoluteError({ truth, prediction }: Outcome): number {
  return Math.abs((truth as number) - (prediction as number));
}

export function squaredError({ truth, prediction }: Outcome): number {
  const error = (truth as number) - (prediction as number);
  return error * error;
}

export function hit({ truth, prediction }: Outcome): number {
  return truth === prediction ? 1 : 0;
}

/** -log of the probability given to what turned out; that of a label unknown to the model is 0. */
export function negativeLogProbability({ truth, probabilities }: Outcome): number {
  return -Math.log(Math.max(LEAST_PROBABILITY, Math.min(1, probabilities?.get(truth) ?? 0)));
}
