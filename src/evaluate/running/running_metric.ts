/** A figure that is kept up to date as outcomes come, and what it is made of. */
import type { Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";

/** What was predicted, and what turned out. Probabilities are there where the metric asked for them. */
export interface Outcome {
  readonly truth: Target;
  readonly prediction: Target;
  readonly probabilities?: ReadonlyMap<Target, number>;
}

/** A figure over weighted outcomes: the past may count for less each time. */
export interface WeightedFigure {
  /** `keep`: what all earlier outcomes' weights are multiplied with first; 1 keeps them as they are. */
  add(outcome: Outcome, keep: number): void;
  /** NaN while it is not defined. */
  value(): number;
  save(): StateTree;
  load(state: StateTree): void;
}

/** What the world sees of a metric. */
export interface RunningMetric {
  readonly name: string;
  readonly higherIsBetter: boolean;
  readonly needsProbabilities: boolean;
  update(outcome: Outcome): void;
  /** NaN while it is not defined. */
  value(): number;
  save(): StateTree;
  load(state: StateTree): void;
}

/** True for `true` and 1: what a pair of labels is about. */
export function isPositive(label: Target): boolean {
  return label === true || label === 1;
}

/** True for labels that say by themselves which of two is the positive one: `true` and `false`, 1, 0 and -1. */
export function isSigned(label: Target): boolean {
  return typeof label === "boolean" || label === 1 || label === 0 || label === -1;
}
