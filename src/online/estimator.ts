/** The last step of a pipeline: predicts from features by slot. `predict` and `probabilities` change nothing. */
import type { StateTree } from "../domain/state_tree.ts";
import type { ScalerKernel } from "../kernels/online_scaler.ts";
import type { DenseRows } from "../kernels/online_linear.ts";
import type { FeatureVector } from "./feature_vector.ts";

interface Learner {
  save(): StateTree;
  load(state: StateTree): void;
}

/** Predicts a number. */
export interface RegressionEstimator extends Learner {
  predict(x: FeatureVector): number;
  learn(x: FeatureVector, target: number): void;
}

/** Tells classes apart, which are dense from 0. */
export interface ClassEstimator extends Learner {
  /** True: two classes, and `probabilities` is asked for both at once. */
  readonly isBinary: boolean;
  /** Probabilities of all classes known, in order, into `out`; they sum to 1. */
  probabilities(x: FeatureVector, out: Float64Array): void;
  learn(x: FeatureVector, classIndex: number, classCount: number): void;
}

/** An estimator over a kernel that can do a scaler's work itself, and learn rows of numbers without a call for each. */
export interface FusedEstimator {
  readonly kernel: {
    progressive(rows: DenseRows, predictions: Float64Array): void;
    reserve(slotCount: number): void;
  };
}

/** What an estimator is made with. */
export interface EstimatorContext {
  /** How many slots features have so far. */
  slotCount(): number;
  /** The name of the feature that a slot was given to. */
  slotName(slot: number): string;
  readonly scaler?: ScalerKernel;
}
