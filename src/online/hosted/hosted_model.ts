/** A model that is asked and taught from outside, by whoever, whenever targets become known. */
import type { Features, Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import type { DriftDetector } from "../../evaluate/drift/drift_detector.ts";
import type { Outcome, RunningMetric } from "../../evaluate/running/running_metric.ts";
import type { SavedModel } from "../online_model.ts";
import { NoSuchPrediction } from "./model_failures.ts";
import { type OpenPrediction, OpenPredictions } from "./open_predictions.ts";

export interface HostedModelOptions {
  readonly model: SavedModel;
  readonly metrics: readonly RunningMetric[];
  readonly detectors: readonly DriftDetector[];
  readonly open: OpenPredictions;
}

export interface Answered {
  /** Undefined: the model knows no label yet. */
  readonly prediction: Target | undefined;
  readonly probabilities?: ReadonlyMap<Target, number>;
}

/** What is learnt: features, or the id of a prediction whose target is known now. */
export type Lesson =
  | { readonly features: Features; readonly id?: undefined; readonly target: Target }
  | { readonly id: string; readonly target: Target };

export interface ModelFigures {
  readonly learned: number;
  readonly predicted: number;
  /** Predictions whose targets are waited for. */
  readonly open: number;
  /** Of them, those that were given up: too old, or too many. */
  readonly givenUp: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** The newest last. */
  readonly drifts: readonly { readonly learned: number; readonly detector: string }[];
}

const MOST_DRIFTS = 100;

export class HostedModel {
  readonly #options: HostedModelOptions;
  #drifts: { readonly learned: number; readonly detector: string }[] = [];
  #learned = 0;
  #predicted = 0;
  #changes = 0;

  constructor(options: HostedModelOptions) {
    this.#options = options;
  }

  get task() {
    return this.#options.model.task;
  }

  /** Another number when there is something new to keep. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * With an id the features and the prediction are kept for a later `learn` by that id; the same again gives the same
   * answer, whatever was learnt meanwhile. Throws BadInput when the id waits with other features.
   */
  predict(features: Features, id: string | undefined, nowMs: number): Answered {
    const { model, open } = this.#options;
    const waiting = id === undefined ? undefined : open.find(id, features, nowMs);
    if (waiting !== undefined) return waiting;
    const prediction = model.predictOne(features);
    const probabilities = prediction === undefined ? undefined : model.predictProbabilitiesOne?.(features);
    this.#predicted++;
    if (id === undefined) return { prediction, probabilities };
    this.#changes++;
    open.add(id, { features, prediction, probabilities, atMs: nowMs });
    return { prediction, probabilities };
  }

  /**
   * Measures the prediction that was made, of features without an id the one that would be made now; then learns.
   * Throws BadInput for what the model refuses (nothing is learnt then), NoSuchPrediction for an id that does not wait.
   */
  learn(lesson: Lesson, nowMs: number): void {
    const { model, open, metrics } = this.#options;
    const { features, answered } = lesson.id === undefined
      ? this.#asked(lesson.features)
      : this.#waited(lesson.id, nowMs);
    model.learnOne(features, lesson.target);
    if (lesson.id !== undefined) open.remove(lesson.id);
    this.#learned++;
    this.#changes++;
    const { prediction, probabilities } = answered;
    if (prediction === undefined) return;
    const outcome: Outcome = { truth: lesson.target, prediction, probabilities };
    for (const metric of metrics) metric.update(outcome);
    this.#watch(outcome);
  }

  figures(nowMs: number): ModelFigures {
    const { open, metrics } = this.#options;
    open.forgetOld(nowMs);
    const values = metrics.map((metric) => [metric.name, metric.value()] as const);
    return {
      learned: this.#learned,
      predicted: this.#predicted,
      open: open.count,
      givenUp: open.givenUp,
      metrics: Object.fromEntries(values.filter(([, value]) => Number.isFinite(value))),
      drifts: this.#drifts,
    };
  }

  save(): StateTree {
    const { model, metrics, detectors, open } = this.#options;
    return {
      model: model.save(),
      metrics: metrics.map((metric) => metric.save()),
      detectors: detectors.map((detector) => detector.save()),
      open: open.save(),
      drifts: this.#drifts.map(({ learned, detector }) => [learned, detector]),
      counts: [this.#learned, this.#predicted],
    };
  }

  /** Of a model that was made in the same way. */
  load(state: StateTree): void {
    const saved = state as unknown as {
      model: StateTree;
      metrics: readonly StateTree[];
      detectors: readonly StateTree[];
      open: StateTree;
      drifts: readonly (readonly [number, string])[];
      counts: readonly [number, number];
    };
    const { model, metrics, detectors, open } = this.#options;
    model.load(saved.model);
    metrics.forEach((metric, m) => metric.load(saved.metrics[m]));
    detectors.forEach((detector, d) => detector.load(saved.detectors[d]));
    open.load(saved.open);
    this.#drifts = saved.drifts.map(([learned, detector]) => ({ learned, detector }));
    [this.#learned, this.#predicted] = saved.counts;
  }

  #asked(features: Features): { features: Features; answered: Answered } {
    const { model } = this.#options;
    const prediction = model.predictOne(features);
    return { features, answered: { prediction, probabilities: model.predictProbabilitiesOne?.(features) } };
  }

  #waited(id: string, nowMs: number): { features: Features; answered: OpenPrediction } {
    const waiting = this.#options.open.get(id, nowMs);
    if (waiting !== undefined) return { features: waiting.features, answered: waiting };
    throw new NoSuchPrediction(
      `learning the target of "${id}": no prediction of that id waits for one; it was never made, was learnt already, ` +
        `or was given up`,
    );
  }

  #watch({ truth, prediction }: Outcome): void {
    const error = this.task === "regression"
      ? Math.abs((truth as number) - (prediction as number))
      : Number(truth !== prediction);
    for (const detector of this.#options.detectors) {
      if (detector.update(error)) this.#drifts.push({ learned: this.#learned, detector: detector.name });
    }
    if (this.#drifts.length > MOST_DRIFTS) this.#drifts = this.#drifts.slice(-MOST_DRIFTS);
  }
}
