/** A model that is replaced by a new one when a drift detector says that its errors have grown. */
import type { Features, Target } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { DriftDetector } from "../evaluate/drift/drift_detector.ts";
import type { SavedModel } from "./online_model.ts";

export interface ResetOptions {
  /** Makes an untaught model. */
  readonly make: () => SavedModel;
  readonly detector: DriftDetector;
  /** A more sensitive one: at its alarm a second model begins to learn, which takes over at a drift. */
  readonly warning?: DriftDetector;
  /** Observations after which a second model is given up if no drift came. */
  readonly patience: number;
}

/** Weight of the newest error in the mean of the errors of late. */
const NEWEST = 1 / 50;

/**
 * Detectors watch the absolute error of a regression, and 1 for a wrong label. An alarm while the errors of late lie below
 * their mean since the last reset is one about a model that is getting better, and changes nothing.
 */
export class ResetOnDrift implements SavedModel {
  readonly task: SavedModel["task"];
  readonly predictProbabilitiesOne?: SavedModel["predictProbabilitiesOne"];
  readonly #options: ResetOptions;
  #model: SavedModel;
  #second?: SavedModel;
  /** Observations that the second model has learnt. */
  #secondAge = 0;
  #resets = 0;
  #errors = 0;
  #meanError = 0;
  #recentError = 0;

  constructor(options: ResetOptions) {
    this.#options = options;
    this.#model = options.make();
    this.task = this.#model.task;
    if (this.#model.predictProbabilitiesOne) {
      this.predictProbabilitiesOne = (features) => this.#model.predictProbabilitiesOne!(features);
    }
  }

  /** How often the model was replaced. */
  get resetCount(): number {
    return this.#resets;
  }

  predictOne(features: Features): Target | undefined {
    return this.#model.predictOne(features);
  }

  learnOne(features: Features, target: Target): void {
    const prediction = this.#model.predictOne(features);
    this.#model.learnOne(features, target);
    this.#teachSecond(features, target);
    if (prediction !== undefined) this.#watch(this.#errorOf(prediction, target), features, target);
  }

  save(): StateTree {
    const { detector, warning } = this.#options;
    return {
      model: this.#model.save(),
      second: this.#second?.save() ?? null,
      detectors: [detector.save(), warning?.save() ?? null],
      scalars: [this.#secondAge, this.#resets, this.#errors, this.#meanError, this.#recentError],
    };
  }

  load(state: StateTree): void {
    const { model, second, detectors, scalars } = state as {
      model: StateTree;
      second: StateTree;
      detectors: readonly StateTree[];
      scalars: readonly number[];
    };
    const { make, detector, warning } = this.#options;
    this.#model = make();
    this.#model.load(model);
    this.#second = second === null ? undefined : make();
    this.#second?.load(second);
    detector.load(detectors[0]);
    warning?.load(detectors[1]);
    [this.#secondAge, this.#resets, this.#errors, this.#meanError, this.#recentError] = scalars;
  }

  #teachSecond(features: Features, target: Target): void {
    if (this.#second === undefined) return;
    if (this.#secondAge >= this.#options.patience) this.#second = undefined;
    else {
      this.#second.learnOne(features, target);
      this.#secondAge++;
    }
  }

  #errorOf(prediction: Target, target: Target): number {
    if (this.task === "regression") return Math.abs((prediction as number) - (target as number));
    return prediction === target ? 0 : 1;
  }

  #watch(error: number, features: Features, target: Target): void {
    const { detector, warning } = this.#options;
    this.#errors++;
    this.#meanError += (error - this.#meanError) / this.#errors;
    this.#recentError += (error - this.#recentError) * Math.max(NEWEST, 1 / this.#errors);
    const isWorse = this.#recentError > this.#meanError;
    const isWarned = warning?.update(error) ?? false;
    if (detector.update(error) && isWorse) this.#replace(features, target);
    else if (isWarned && isWorse && this.#second === undefined) this.#beginSecond(features, target);
  }

  /** What has just been learnt is of the new time: the new model learns it, too. */
  #replace(features: Features, target: Target): void {
    if (this.#second === undefined) this.#beginSecond(features, target);
    this.#model = this.#second!;
    this.#second = undefined;
    this.#resets++;
    this.#errors = this.#meanError = this.#recentError = 0;
  }

  #beginSecond(features: Features, target: Target): void {
    this.#second = this.#options.make();
    this.#second.learnOne(features, target);
    this.#secondAge = 1;
  }
}
