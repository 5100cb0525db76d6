/** The running metrics by name: over all outcomes, over the last ones, or fading. */
import { BadInput } from "../domain/failure.ts";
import type { Task } from "../domain/observation.ts";
import { F1 } from "./running/f1.ts";
import {
  absoluteError,
  hit,
  MeanFigure,
  negativeLogProbability,
  squaredError,
} from "./running/mean_figure.ts";
import { RocAuc } from "./running/roc_auc.ts";
import { Rolling } from "./running/rolling.ts";
import { RSquared } from "./running/r_squared.ts";
import type { RunningMetric, WeightedFigure } from "./running/running_metric.ts";

interface MetricKind {
  readonly task: Task;
  readonly higherIsBetter: boolean;
  readonly needsProbabilities: boolean;
  make(): WeightedFigure;
}

function regression(higherIsBetter: boolean, make: () => WeightedFigure): MetricKind {
  return { task: "regression", higherIsBetter, needsProbabilities: false, make };
}

function classification(
  higherIsBetter: boolean,
  needsProbabilities: boolean,
  make: () => WeightedFigure,
): MetricKind {
  return { task: "classification", higherIsBetter, needsProbabilities, make };
}

const KINDS = {
  mae: regression(false, () => new MeanFigure(absoluteError)),
  rmse: regression(false, () => new MeanFigure(squaredError, Math.sqrt)),
  r2: regression(true, () => new RSquared()),
  accuracy: classification(true, false, () => new MeanFigure(hit)),
  f1: classification(true, false, () => new F1()),
  logLoss: classification(false, true, () => new MeanFigure(negativeLogProbability)),
  rocAuc: classification(true, true, () => new RocAuc()),
} as const satisfies Record<string, MetricKind>;

export type MetricName = keyof typeof KINDS;

/** Over everything; over the last `size` outcomes; or with weights that shrink by `keep` with each further outcome. */
export type MetricSpan =
  | { readonly kind: "all" }
  | { readonly kind: "rolling"; readonly size: number }
  | { readonly kind: "fading"; readonly keep: number };

/** Those of a task, the one that models are compared by first. */
export function metricNames(task: Task): MetricName[] {
  return (Object.keys(KINDS) as MetricName[]).filter((name) => KINDS[name].task === task);
}

/** Throws BadInput for a name that is none of the task's. */
export function parseMetricName(name: string, task: Task): MetricName {
  const known = metricNames(task);
  const found = known.find((one) => one === name);
  if (found !== undefined) return found;
  throw new BadInput(`the metric "${name}" of a ${task}: accepted are ${known.join(", ")}`);
}

/** Throws BadInput for a span that is empty or never fades. */
export function createMetric(name: MetricName, span: MetricSpan = { kind: "all" }): RunningMetric {
  const { make, higherIsBetter, needsProbabilities } = KINDS[name];
  const figure = span.kind === "rolling" ? new Rolling(windowOf(span.size), make) : make();
  const keep = span.kind === "fading" ? fadeOf(span.keep) : 1;
  return {
    name,
    higherIsBetter,
    needsProbabilities,
    update: (outcome) => figure.add(outcome, keep),
    value: () => figure.value(),
    save: () => figure.save(),
    load: (state) => figure.load(state),
  };
}

function windowOf(size: number): number {
  if (Number.isInteger(size) && size >= 1 && size <= 1e7) return size;
  throw new BadInput(
    `a metric over the last ${size} outcomes: a whole number from 1 to 10000000 is accepted`,
  );
}

function fadeOf(keep: number): number {
  if (keep > 0 && keep < 1) return keep;
  throw new BadInput(
    `a metric that keeps ${keep} of the past's weight: more than 0 and less than 1 is accepted`,
  );
}
