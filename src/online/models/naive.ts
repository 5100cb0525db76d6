/** What a model has to beat: the mean so far, and the last value. They read no feature. */
import type { Features, Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import { assertNumericTarget } from "../feature_reader.ts";
import type { SavedModel } from "../online_model.ts";

/** The running mean of all targets: `n += 1; m += (1/n)(y - m)`; 0 before the first. */
export class RunningMean implements SavedModel {
  readonly task = "regression";
  #count = 0;
  #mean = 0;

  predictOne(_features: Features): number {
    return this.#mean;
  }

  learnOne(_features: Features, target: Target): void {
    assertNumericTarget(target);
    this.#count++;
    this.#mean += (1 / this.#count) * (target - this.#mean);
  }

  save(): StateTree {
    return [this.#count, this.#mean];
  }

  load(state: StateTree): void {
    [this.#count, this.#mean] = state as [number, number];
  }
}

/** The target before; 0 before the first. */
export class LastValue implements SavedModel {
  readonly task = "regression";
  #last = 0;

  predictOne(_features: Features): number {
    return this.#last;
  }

  learnOne(_features: Features, target: Target): void {
    assertNumericTarget(target);
    this.#last = target;
  }

  save(): StateTree {
    return this.#last;
  }

  load(state: StateTree): void {
    this.#last = state as number;
  }
}
