/** What all models of the registry can do. */
import { NumericFailure } from "../domain/failure.ts";
import type { Observation, ObservationBlock, OnlineModel, Task } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";

/** A model whose state can be kept. A model made the same way that loads it goes on bit by bit as this one. */
export interface SavedModel extends OnlineModel {
  readonly task: Task;
  save(): StateTree;
  load(state: StateTree): void;
  /**
   * Predicts, then learns, row after row of numbers: the same, bit by bit, as the loop over `predictOne` and `learnOne`.
   * Predictions of a classification are probabilities of class 1. Only where the model has a quick way.
   */
  progressiveBlock?(block: ObservationBlock, predictions: Float64Array): void;
}

/** Learns them one by one: the loop, not one step on a mean gradient. */
export function learnMany(model: OnlineModel, observations: Iterable<Observation>): void {
  for (const { features, target } of observations) model.learnOne(features, target);
}

/** The prediction if it is a finite number; throws NumericFailure if the model has left them. */
export function finitePrediction(prediction: number, model: string): number {
  if (Number.isFinite(prediction)) return prediction;
  throw new NumericFailure(
    `predicting with "${model}" gave ${prediction}: the model has diverged; a smaller learning rate, a scaler before ` +
      `the model ("scale | ..."), or a smaller "clip" is what helps`,
  );
}
