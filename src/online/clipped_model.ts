/** A regression whose predictions stay within bounds; what it learns is the same. */
import type { Features, ObservationBlock, Target } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { SavedModel } from "./online_model.ts";

export class ClippedModel implements SavedModel {
  readonly task = "regression";
  readonly progressiveBlock?: SavedModel["progressiveBlock"];
  readonly #model: SavedModel;
  readonly #min: number;
  readonly #max: number;

  constructor(model: SavedModel, { min, max }: { readonly min: number; readonly max: number }) {
    this.#model = model;
    this.#min = min;
    this.#max = max;
    if (model.progressiveBlock) {
      this.progressiveBlock = (block: ObservationBlock, predictions: Float64Array) => {
        model.progressiveBlock!(block, predictions);
        for (let row = 0; row < block.count; row++) predictions[row] = this.#clip(predictions[row]);
      };
    }
  }

  predictOne(features: Features): number {
    return this.#clip(this.#model.predictOne(features) as number);
  }

  learnOne(features: Features, target: Target): void {
    this.#model.learnOne(features, target);
  }

  save(): StateTree {
    return this.#model.save();
  }

  load(state: StateTree): void {
    this.#model.load(state);
  }

  #clip(prediction: number): number {
    return Math.min(this.#max, Math.max(this.#min, prediction));
  }
}
