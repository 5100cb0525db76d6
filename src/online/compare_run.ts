/** Several models on the same stream, side by side: each predicts, is measured, and learns, before the next line comes. */
import { BadInput, NumericFailure, OutsideFailure } from "../domain/failure.ts";
import type { ConceptChange, Task } from "../domain/observation.ts";
import { encodeState } from "../domain/state_tree.ts";
import type { Delay } from "../evaluate/progressive_validation.ts";
import { createMetric, type MetricName, type MetricSpan } from "../evaluate/running_metrics.ts";
import type { Outcome, RunningMetric } from "../evaluate/running/running_metric.ts";
import { type Alarm, DirectedDetector } from "./compare_alarms.ts";
import type { Curve } from "./compare_recovery.ts";
import { UserModel } from "./compare_user_model.ts";
import type { SavedModel } from "./online_model.ts";
import { createDetector } from "./registry/detectors.ts";
import { OnlineRun } from "./run_online.ts";
import type { ObservationLine } from "./streams/read_observations.ts";

export interface Contestant {
  /** The pipeline, or the file's name. */
  readonly label: string;
  readonly model: SavedModel;
}

export interface ComparisonOptions {
  readonly contestants: readonly Contestant[];
  /** The first one is what models are ranked by. */
  readonly metrics: readonly MetricName[];
  readonly span: MetricSpan;
  /** As texts; each model has its own ones. */
  readonly detectors: readonly string[];
  readonly delay?: Delay;
  readonly seed: number;
  /** Observations of a block: the curve has a point for each. */
  readonly blockCount: number;
  readonly nowMs: () => number;
}

/** What came of one model. */
export interface ContestantResult {
  readonly label: string;
  readonly events: number;
  /** Those that are defined. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly curve: Curve;
  readonly alarms: readonly { readonly detector: string; readonly alarms: readonly Alarm[] }[];
  /** Lines that could not be read or learnt, and why the first of them. */
  readonly refused: number;
  readonly refusal?: string;
  readonly eventsPerSecond: number;
  /** Undefined: a user's model that does not say. */
  readonly stateBytes?: number;
  /** Why it had to give up, and after how many observations. */
  readonly failure?: { readonly event: number; readonly message: string };
}

export interface ComparisonResult {
  readonly events: number;
  readonly task: Task;
  /** Changes of the concept that the stream told of, counted in observations of this comparison. */
  readonly truth: readonly ConceptChange[];
  readonly contestants: readonly ContestantResult[];
}

/** The metric of the block under way. */
class BlockMetric implements RunningMetric {
  readonly name = "block";
  readonly higherIsBetter: boolean;
  readonly needsProbabilities: boolean;
  readonly #make: () => RunningMetric;
  #inner: RunningMetric;

  constructor(make: () => RunningMetric) {
    this.#make = make;
    this.#inner = make();
    ({ higherIsBetter: this.higherIsBetter, needsProbabilities: this.needsProbabilities } = this.#inner);
  }

  update(outcome: Outcome): void {
    this.#inner.update(outcome);
  }

  value(): number {
    return this.#inner.value();
  }

  /** Ends the block. */
  take(): number {
    const value = this.value();
    this.#inner = this.#make();
    return value;
  }

  save() {
    return this.#inner.save();
  }

  load(state: ReturnType<RunningMetric["save"]>): void {
    this.#inner.load(state);
  }
}

class Entry {
  readonly label: string;
  readonly run: OnlineRun;
  readonly values: number[] = [];
  failure?: { event: number; message: string };
  refusal?: string;
  ms = 0;
  readonly #model: SavedModel;
  readonly #block: BlockMetric;
  readonly #detectors: readonly DirectedDetector[];

  constructor({ label, model }: Contestant, options: ComparisonOptions) {
    this.label = label;
    this.#model = model;
    this.#block = new BlockMetric(() => createMetric(options.metrics[0]));
    this.#detectors = options.detectors.map((text) =>
      new DirectedDetector(text, createDetector(text, options.seed))
    );
    this.run = new OnlineRun({
      model,
      metrics: [...options.metrics.map((name) => createMetric(name, options.span)), this.#block],
      detectors: this.#detectors,
      delay: options.delay,
      onRefused: ({ message }) => this.refusal ??= message,
    });
  }

  take(lines: readonly ObservationLine[], nowMs: () => number): void {
    if (this.failure !== undefined) return;
    const startMs = nowMs();
    this.#guarded(() => this.run.take(lines));
    this.ms += nowMs() - startMs;
  }

  finish(): void {
    if (this.failure === undefined) this.#guarded(() => this.run.finish());
  }

  endBlock(): void {
    this.values.push(this.failure === undefined ? this.#block.take() : NaN);
  }

  /** Its newest block's value; NaN before there is one. */
  get latest(): number {
    return this.values.at(-1) ?? NaN;
  }

  result(ends: readonly number[]): ContestantResult {
    const { block: _, ...metrics } = this.run.metrics();
    const { count, refusedCount } = this.run;
    return {
      label: this.label,
      events: count,
      metrics,
      curve: { ends, values: this.values },
      alarms: this.#detectors.map(({ name, alarms }) => ({ detector: name, alarms })),
      refused: refusedCount,
      refusal: this.refusal,
      eventsPerSecond: Math.round(count / Math.max(this.ms, 1) * 1000),
      stateBytes: this.#stateBytes(),
      failure: this.failure,
    };
  }

  #stateBytes(): number | undefined {
    if (this.#model instanceof UserModel && !this.#model.canSave) return undefined;
    try {
      return encodeState(this.#model.save()).length;
    } catch (error) {
      if (this.#model instanceof UserModel) return undefined; // it saves what is no plain values
      throw error;
    }
  }

  /** A model that leaves the finite numbers, or a user's that throws, gives up; the others go on. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof NumericFailure || error instanceof OutsideFailure)) throw error;
      this.failure = { event: this.run.count, message: error.message };
    }
  }
}

export class Comparison {
  readonly #options: ComparisonOptions;
  readonly #entries: readonly Entry[];
  readonly #truth: ConceptChange[] = [];
  readonly #ends: number[] = [];
  readonly #task: Task;
  #count = 0;
  #blockEnd: number;

  /** Throws BadInput when models are of different tasks. */
  constructor(options: ComparisonOptions) {
    this.#options = options;
    this.#task = commonTask(options.contestants);
    this.#entries = options.contestants.map((contestant) => new Entry(contestant, options));
    this.#blockEnd = options.blockCount;
  }

  /** Lines taken in. */
  get count(): number {
    return this.#count;
  }

  /** Whether there is a model that has not given up. */
  get goesOn(): boolean {
    return this.#entries.some(({ failure }) => failure === undefined);
  }

  /** The newest block of each model, for lines while it runs. */
  latest(): { label: string; value: number }[] {
    return this.#entries.map(({ label, latest: value }) => ({ label, value }));
  }

  take(lines: readonly ObservationLine[]): void {
    for (let at = 0; at < lines.length;) {
      const part = lines.slice(at, at + this.#blockEnd - this.#count);
      this.#remember(part);
      for (const entry of this.#entries) entry.take(part, this.#options.nowMs);
      at += part.length;
      this.#count += part.length;
      if (this.#count === this.#blockEnd) this.#endBlock();
    }
  }

  /** At the end of the stream: delayed targets become known, and a last block that is at least half full counts. */
  finish(): ComparisonResult {
    for (const entry of this.#entries) entry.finish();
    const { blockCount } = this.#options;
    if (2 * (this.#count - (this.#blockEnd - blockCount)) >= blockCount) this.#endBlock();
    const contestants = this.#entries.map((entry) => entry.result(this.#ends));
    return { events: this.#count, task: this.#task, truth: this.#truth, contestants };
  }

  #endBlock(): void {
    this.#ends.push(this.#count);
    for (const entry of this.#entries) entry.endBlock();
    this.#blockEnd = this.#count + this.#options.blockCount;
  }

  /** Where the stream says that it changes; in its own count if it was entered in its middle. */
  #remember(lines: readonly ObservationLine[]): void {
    lines.forEach((line, i) => {
      const truth = line.refusal === undefined ? line.observation.truth : undefined;
      if (truth === undefined) return;
      const event = this.#count + i, { until, concept } = truth;
      this.#truth.push(
        until === undefined ? { event, concept } : { event, until: until - truth.event + event, concept },
      );
    });
  }
}

function commonTask(contestants: readonly Contestant[]): Task {
  const [first, ...others] = contestants;
  const other = others.find(({ model }) => model.task !== first.model.task);
  if (other === undefined) return first.model.task;
  throw new BadInput(
    `comparing '${first.label}', a ${first.model.task}, with '${other.label}', a ${other.model.task}: models of one task are accepted`,
  );
}
