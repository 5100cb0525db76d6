/** Comparisons of the same models on one stream, or on the same stream of several seeds, as one: medians, spread, ranks. */
import type { ConceptChange } from "../domain/observation.ts";
import { createMetric, type MetricName } from "../evaluate/running_metrics.ts";
import { type DetectionScore, scoreAlarms } from "./compare_alarms.ts";
import { type Curve, recoveries } from "./compare_recovery.ts";
import type { ComparisonResult, ContestantResult } from "./compare_run.ts";

/** The median over seeds, and the least and greatest of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface DetectorSummary {
  readonly detector: string;
  /** For each change: over the seeds that found it; undefined: none did. */
  readonly delays: readonly (Spread | undefined)[];
  /** For each change: how many seeds found it. */
  readonly foundCounts: readonly number[];
  /** Of all changes of all seeds. */
  readonly missed: number;
  /** Of all seeds. */
  readonly falseAlarms: number;
}

export interface ModelSummary {
  readonly label: string;
  /** By the first metric's median, from 1; equal ones share a rank; those that gave up come last. */
  readonly rank: number;
  readonly metrics: Readonly<Record<string, Spread>>;
  /** Medians over seeds, block by block. */
  readonly curve: Curve;
  readonly detection: readonly DetectorSummary[];
  /** For each change: events until it was as good again as before (compare_recovery.ts); undefined: by most seeds never. */
  readonly recovery: readonly (number | undefined)[];
  /** The slowest seed's. */
  readonly eventsPerSecond: number;
  readonly stateBytes?: number;
  readonly refused: number;
  readonly refusal?: string;
  readonly failure?: ContestantResult["failure"];
}

export interface ComparisonSummary {
  /** Of one seed. */
  readonly events: number;
  readonly seedCount: number;
  readonly truth: readonly ConceptChange[];
  /** The truth without the concept that the stream begins with. */
  readonly changes: readonly ConceptChange[];
  /** In the order in which they were given. */
  readonly models: readonly ModelSummary[];
}

/** `results`: one for each seed, at least one, of the same models in the same order. */
export function summarize(results: readonly ComparisonResult[], metric: MetricName): ComparisonSummary {
  const [{ events, truth, contestants }] = results;
  const changes = changesOf(truth), { higherIsBetter } = createMetric(metric);
  const models = contestants.map(({ label }, m) => {
    const runs = results.map((one) => one.contestants[m]);
    const recovered = runs.map(({ curve }, s) =>
      recoveries(curve, changesOf(results[s].truth), higherIsBetter)
    );
    return { label, ...summaryOf(runs, results), recovery: recoveryOf(recovered, changes) };
  });
  const ranks = ranksOf(models, metric, higherIsBetter);
  return {
    events,
    seedCount: results.length,
    truth,
    changes,
    models: models.map((model, m) => ({ ...model, rank: ranks[m] })),
  };
}

function changesOf(truth: readonly ConceptChange[]): ConceptChange[] {
  return truth.filter(({ event }) => event > 0);
}

function summaryOf(runs: readonly ContestantResult[], results: readonly ComparisonResult[]) {
  const names = Object.keys(runs[0].metrics);
  const sizes = runs.flatMap(({ stateBytes }) => stateBytes ?? []);
  return {
    metrics: Object.fromEntries(
      names.map((name) => [name, spreadOf(runs.map(({ metrics }) => metrics[name]))]),
    ),
    curve: medianCurve(runs.map(({ curve }) => curve)),
    detection: runs[0].alarms.map((_, d) => detectionOf(runs, results, d)),
    eventsPerSecond: Math.min(...runs.map((run) => run.eventsPerSecond)),
    stateBytes: sizes.length === 0 ? undefined : Math.max(...sizes),
    refused: runs.reduce((sum, { refused }) => sum + refused, 0),
    refusal: runs.find((run) => run.refusal !== undefined)?.refusal,
    failure: runs.find(({ failure }) => failure !== undefined)?.failure,
  };
}

function detectionOf(
  runs: readonly ContestantResult[],
  results: readonly ComparisonResult[],
  d: number,
): DetectorSummary {
  const scores = runs.map(({ alarms }, s): DetectionScore =>
    scoreAlarms(alarms[d].alarms, changesOf(results[s].truth))
  );
  const changeCount = Math.max(...scores.map(({ delays }) => delays.length));
  const found = Array.from(
    { length: changeCount },
    (_, c) => scores.flatMap(({ delays }) => delays[c] ?? []),
  );
  return {
    detector: runs[0].alarms[d].detector,
    delays: found.map((delays) => delays.length === 0 ? undefined : spreadOf(delays)),
    foundCounts: found.map((delays) => delays.length),
    missed: scores.reduce((sum, { delays }) => sum + delays.filter((one) => one === undefined).length, 0),
    falseAlarms: scores.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0),
  };
}

function recoveryOf(
  bySeed: readonly (readonly (number | undefined)[])[],
  changes: readonly ConceptChange[],
): (number | undefined)[] {
  return changes.map((_, c) => {
    const median = medianOf(bySeed.map((one) => one[c] ?? Infinity));
    return Number.isFinite(median) ? median : undefined;
  });
}

/** Of the blocks that all have. */
function medianCurve(curves: readonly Curve[]): Curve {
  const length = Math.min(...curves.map(({ values }) => values.length));
  return {
    ends: curves[0].ends.slice(0, length),
    values: Array.from({ length }, (_, k) => medianOf(curves.map(({ values }) => values[k]))),
  };
}

function ranksOf(
  models: readonly Omit<ModelSummary, "rank">[],
  metric: string,
  higherIsBetter: boolean,
): number[] {
  const losses = models.map(({ metrics, failure }) => {
    const value = metrics[metric]?.median;
    if (failure !== undefined || value === undefined || Number.isNaN(value)) return Infinity;
    return higherIsBetter ? -value : value;
  });
  return losses.map((loss) => 1 + losses.filter((other) => other < loss).length);
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: medianOf(values), low: Math.min(...values), high: Math.max(...values) };
}

/** The middle one, or the mean of the two; NaN if one is NaN. */
export function medianOf(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return NaN;
  const sorted = values.toSorted((a, b) => a - b), half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
