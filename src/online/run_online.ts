/** One model over one stream: predict, measure, learn, watch for drift; the state can be kept and gone on with. */
import { BadInput } from "../domain/failure.ts";
import type { Observation, Target } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { DriftDetector } from "../evaluate/drift/drift_detector.ts";
import { type Delay, ProgressiveValidation } from "../evaluate/progressive_validation.ts";
import type { Outcome, RunningMetric } from "../evaluate/running/running_metric.ts";
import type { SavedModel } from "./online_model.ts";
import type { ObservationLine } from "./streams/read_observations.ts";

export interface OnlineRunOptions {
  readonly model: SavedModel;
  readonly metrics: readonly RunningMetric[];
  readonly detectors: readonly DriftDetector[];
  readonly delay?: Delay;
  readonly onDrift?: (drift: Drift) => void;
  /** Hears what was predicted for a line before anything was learnt from it; undefined where the model knew nothing. */
  readonly onPrediction?: (prediction: Target | undefined, line: number) => void;
  /**
   * A line that cannot be read, or that the model refuses, is counted and passed over. `late` is an observation whose delayed
   * target was refused while that line was taken in; absent, it is the line itself.
   */
  readonly onRefused?: (refusal: BadInput, line: number, late?: Observation) => void;
}

/** A detector's alarm, and how many outcomes had been known by then. */
export interface Drift {
  readonly event: number;
  readonly detector: string;
}

export class OnlineRun {
  readonly #options: OnlineRunOptions;
  readonly #validation: ProgressiveValidation;
  readonly #drifts: Drift[] = [];
  #outcomes = 0;
  #refusedCount = 0;
  /** Of the last line that was taken in; a restart passes over it and those before. */
  #line = 0;

  constructor(options: OnlineRunOptions) {
    this.#options = options;
    this.#validation = new ProgressiveValidation(options.model, {
      metrics: options.metrics,
      delay: options.delay,
      onOutcome: (outcome) => this.#watch(outcome),
      onRefused: (refusal, late) => this.#refuse(refusal, late),
    });
  }

  /** Observations taken in. */
  get count(): number {
    return this.#validation.count;
  }

  get line(): number {
    return this.#line;
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  get drifts(): readonly Drift[] {
    return this.#drifts;
  }

  /** Values of the metrics by name; those that are not defined (yet) are left out. */
  metrics(): Record<string, number> {
    const entries = this.#options.metrics.map((metric) => [metric.name, metric.value()] as const);
    return Object.fromEntries(entries.filter(([, value]) => Number.isFinite(value)));
  }

  /** Takes lines in, up to `limit` observations in all. False when the limit is reached. */
  take(lines: readonly ObservationLine[], limit = Infinity): boolean {
    for (const one of lines) {
      if (one.line <= this.#line) continue;
      if (this.count >= limit) return false;
      this.#line = one.line;
      if (one.refusal === undefined) this.#observe(one.observation);
      else this.#refuse(one.refusal);
    }
    return this.count < limit;
  }

  /** At the end of the stream the targets that are still delayed become known. */
  finish(): void {
    this.#validation.finish();
  }

  save(): StateTree {
    const { model, metrics, detectors } = this.#options;
    return {
      model: model.save(),
      metrics: metrics.map((metric) => metric.save()),
      detectors: detectors.map((detector) => detector.save()),
      validation: this.#validation.save(),
      drifts: this.#drifts.map(({ event, detector }) => [event, detector]),
      counts: [this.#outcomes, this.#refusedCount, this.#line],
    };
  }

  /** The run must have been made with the same model, metrics, detectors and delay. */
  load(state: StateTree): void {
    const saved = state as unknown as {
      model: StateTree;
      metrics: readonly StateTree[];
      detectors: readonly StateTree[];
      validation: StateTree;
      drifts: readonly (readonly [number, string])[];
      counts: readonly [number, number, number];
    };
    const { model, metrics, detectors } = this.#options;
    model.load(saved.model);
    metrics.forEach((metric, m) => metric.load(saved.metrics[m]));
    detectors.forEach((detector, d) => detector.load(saved.detectors[d]));
    this.#validation.load(saved.validation);
    this.#drifts.push(...saved.drifts.map(([event, detector]) => ({ event, detector })));
    [this.#outcomes, this.#refusedCount, this.#line] = saved.counts;
  }

  #observe(observation: Observation): void {
    try {
      const prediction = this.#validation.observe(observation);
      this.#options.onPrediction?.(prediction, this.#line);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      this.#refuse(error);
    }
  }

  /** A delayed observation is refused when its target becomes known: while a later line is taken in. */
  #refuse(refusal: BadInput, late?: Observation): void {
    this.#refusedCount++;
    this.#options.onRefused?.(refusal, this.#line, late);
  }

  #watch(outcome: Outcome | undefined): void {
    this.#outcomes++;
    if (outcome === undefined) return;
    const error = errorOf(outcome, this.#options.model.task === "regression");
    for (const detector of this.#options.detectors) {
      if (!detector.update(error)) continue;
      const drift = { event: this.#outcomes, detector: detector.name };
      this.#drifts.push(drift);
      this.#options.onDrift?.(drift);
    }
  }
}

/** What detectors watch: the absolute error, or 1 for a wrong label and 0 for the right one. */
function errorOf({ truth, prediction }: Outcome, isRegression: boolean): number {
  if (isRegression) return Math.abs((truth as number) - (prediction as number));
  return truth === prediction ? 0 : 1;
}
