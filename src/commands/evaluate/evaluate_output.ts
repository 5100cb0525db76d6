/** How an evaluation is shown. */
import { averageEstimate, type Interval, intervalOf } from "../../evaluate/confidence.ts";
import type { Figures, SplitResult } from "./evaluate_split.ts";
import type { TunedParameters, Tuning } from "./evaluate_tuning.ts";
import { plainTable } from "../plain_table.ts";

/** One split with what was found about it. */
export interface NamedResult extends SplitResult {
  readonly name: string;
  readonly tuning?: Pick<Tuning, "metricName" | "trials">;
}

export interface EvaluationResult {
  readonly protocol: string;
  readonly data: string;
  readonly seed: number;
  readonly userCount: number;
  readonly itemCount: number;
  readonly splits: readonly NamedResult[];
}

/** The document of `evaluate --json`. Where an interval is not known, low and high are null. */
export function evaluationDocument(result: EvaluationResult): Record<string, unknown> {
  const { protocol, data, seed, userCount, itemCount, splits } = result;
  return {
    protocol,
    metrics: intervalsOf(meanOf(splits.map(({ figures }) => figures))),
    baseline: {
      name: splits[0].baseline.name,
      metrics: intervalsOf(meanOf(splits.map(({ baseline }) => baseline.figures))),
    },
    data,
    seed,
    users: userCount,
    items: itemCount,
    splits: splits.map((split) => ({
      name: split.name,
      train: split.trainCount,
      test: split.testCount,
      parameters: split.plan.parameters,
      epochs: split.plan.epochCount,
      fitMs: Math.round(split.fitMs),
      metrics: intervalsOf(split.figures),
      baseline: { name: split.baseline.name, metrics: intervalsOf(split.baseline.figures) },
      ...(split.tuning === undefined ? {} : {
        tuning: { metric: split.tuning.metricName, trials: split.tuning.trials },
      }),
    })),
  };
}

/** The same for people. */
export function evaluationTables(result: EvaluationResult): string {
  const { splits } = result, parts: string[] = [];
  for (const split of splits) {
    if (split.tuning !== undefined) parts.push(trialsTable(split.name, split.tuning));
  }
  parts.push(fitsTable(splits));
  const title = splits.length === 1 ? splits[0].name : `mean of ${splits.length} splits`;
  const means = [splits.map(({ figures }) => figures), splits.map(({ baseline }) => baseline.figures)].map(
    meanOf,
  );
  const table = tableOfNumbers([title, "this fit", "95 % interval", splits[0].baseline.name]);
  for (const [name, { value, low, high }] of Object.entries(intervalsOf(means[0]))) {
    const interval = low === null ? "" : `${low.toFixed(4)} to ${high!.toFixed(4)}`;
    table.push([name, value.toFixed(4), interval, means[1][name].value.toFixed(4)]);
  }
  parts.push(table.toString());
  return parts.join("\n\n");
}

function fitsTable(splits: readonly NamedResult[]): string {
  const metrics = Object.keys(splits[0].figures).filter((name) =>
    /^(rmse|mae|recall@20|ndcg@20)$/.test(name)
  );
  const isImplicit = splits[0].plan.parameters.feedback === "implicit";
  const head = [
    "split",
    "fitted to",
    "tested on",
    "factors",
    ...parameterNames(isImplicit),
    "epochs",
    "fit ms",
  ];
  const table = tableOfNumbers([...head, ...metrics]);
  for (const { name, trainCount, testCount, plan, fitMs, figures } of splits) {
    const { parameters, epochCount } = plan;
    table.push([
      name,
      trainCount,
      testCount,
      parameters.factorCount,
      ...parameterCells(parameters, isImplicit),
      epochCount,
      Math.round(fitMs),
      ...metrics.map((metric) => figures[metric].value.toFixed(4)),
    ]);
  }
  return table.toString();
}

function trialsTable(name: string, { metricName, trials }: NonNullable<NamedResult["tuning"]>): string {
  const isImplicit = metricName !== "rmse";
  const table = tableOfNumbers(["", ...parameterNames(isImplicit), "best epoch", `${metricName} on a slice`]);
  for (const { parameters, epochCount, metric, isChosen } of trials) {
    const cells = parameterCells(parameters, isImplicit);
    table.push([isChosen ? "chosen" : "", ...cells, epochCount, metric.toFixed(4)]);
  }
  return `${name}: ${trials.length} trials on a slice of the training data\n${table}`;
}

/** All columns but the first hold numbers. */
const tableOfNumbers = (head: readonly string[]) => plainTable(head, Array.from(head.keys()).slice(1));

const parameterNames = (isImplicit: boolean) => isImplicit ? ["λ", "α₀", "ω"] : ["λ"];

function parameterCells(parameters: TunedParameters, isImplicit: boolean): number[] {
  const { regularization, unobservedWeight, popularityExponent } = parameters;
  return isImplicit ? [regularization, unobservedWeight, popularityExponent] : [regularization];
}

function meanOf(all: readonly Figures[]): Figures {
  return Object.fromEntries(
    Object.keys(all[0]).map((name) => [name, averageEstimate(all.map((figures) => figures[name]))]),
  );
}

type ShownInterval = Pick<Interval, "value"> & { readonly low: number | null; readonly high: number | null };

function intervalsOf(figures: Figures): Record<string, ShownInterval> {
  const shown = (x: number) => Number.isFinite(x) ? x : null;
  return Object.fromEntries(
    Object.entries(figures).map(([name, estimate]) => {
      const { value, low, high } = intervalOf(estimate);
      return [name, { value, low: shown(low), high: shown(high) }];
    }),
  );
}
