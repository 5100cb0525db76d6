/** Choosing hyper-parameters on a slice of the training data; the test data is not looked at. */
import type { Compute } from "../../batch/fit_model.ts";
import type { FitPlan } from "../../batch/fit_parameters.ts";
import type { Interactions } from "../../batch/interactions.ts";
import { measureHoldout, type SplitBy } from "../../batch/measure_holdout.ts";
import type { AlsParameters } from "../../domain/factor_model.ts";
import { BadInput } from "../../domain/failure.ts";

/** The parameters that are searched. */
export type TunedParameters = Pick<
  AlsParameters,
  "regularization" | "unobservedWeight" | "popularityExponent"
>;

/** Values that were set by the user and stay. */
export type FixedParameters = Partial<TunedParameters>;

export interface Trial {
  readonly parameters: TunedParameters;
  /** The best number of epochs on one half of the slice. */
  readonly epochCount: number;
  /** On the other half. */
  readonly metric: number;
  readonly isChosen: boolean;
}

export interface Tuning {
  readonly plan: FitPlan;
  /** What was compared: "rmse" (less is better) or "ndcg@20". */
  readonly metricName: string;
  readonly trials: readonly Trial[];
}

export interface TuningOptions {
  readonly fixed: FixedParameters;
  readonly splitBy: SplitBy;
  readonly seed: number;
  /** Hears of each trial. */
  readonly onTrial: (trial: Omit<Trial, "isChosen">) => void;
}

/** Share of the training data that trials are measured on. */
const SLICE = 0.1;

/** First all pairs of λ and α₀, then ω at the best of them. */
const GRID = {
  explicit: {
    regularization: [0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2],
    unobservedWeight: [0],
    popularityExponent: [],
  },
  implicit: {
    regularization: [0.002, 0.006, 0.02],
    unobservedWeight: [0.02, 0.1, 0.5, 1],
    popularityExponent: [0.25, 0.5],
  },
} as const;

/** Throws BadInput where the data is too small for a slice. */
export async function tune(
  compute: Compute,
  train: Interactions,
  plan: FitPlan,
  options: TuningOptions,
): Promise<Tuning> {
  const { feedback } = plan.parameters, { fixed, onTrial } = options;
  const metricName = feedback === "explicit" ? "rmse" : "ndcg@20";
  const isBetter = (a: number, b: number) => feedback === "explicit" ? a < b : a > b;
  const trials: Omit<Trial, "isChosen">[] = [];
  let best: Omit<Trial, "isChosen"> | undefined;
  for (const candidates of [pairs, exponents]) {
    for (const parameters of candidates(plan.parameters, best?.parameters, fixed)) {
      const trial = { parameters, ...await measure(compute, train, plan, parameters, options, metricName) };
      trials.push(trial);
      onTrial(trial);
      if (best === undefined || isBetter(trial.metric, best.metric)) best = trial;
    }
  }
  const chosen = best!;
  return {
    plan: {
      ...plan,
      parameters: { ...plan.parameters, ...chosen.parameters },
      epochCount: chosen.epochCount,
    },
    metricName,
    trials: trials.map((trial) => ({ ...trial, isChosen: trial === chosen })),
  };
}

type Candidates = (
  start: AlsParameters,
  best: TunedParameters | undefined,
  fixed: FixedParameters,
) => TunedParameters[];

const pairs: Candidates = ({ feedback, popularityExponent }, _best, fixed) =>
  valuesOf(fixed.regularization, GRID[feedback].regularization).flatMap((regularization) =>
    valuesOf(fixed.unobservedWeight, GRID[feedback].unobservedWeight).map((unobservedWeight) => ({
      regularization,
      unobservedWeight,
      popularityExponent,
    }))
  );

const exponents: Candidates = ({ feedback }, best, fixed) =>
  fixed.popularityExponent !== undefined
    ? []
    : GRID[feedback].popularityExponent.map((popularityExponent) => ({ ...best!, popularityExponent }));

const valuesOf = (fixed: number | undefined, grid: readonly number[]) => fixed === undefined ? grid : [fixed];

async function measure(
  compute: Compute,
  train: Interactions,
  plan: FitPlan,
  parameters: TunedParameters,
  { splitBy, seed }: TuningOptions,
  metricName: string,
): Promise<{ epochCount: number; metric: number }> {
  const candidate = { ...plan, parameters: { ...plan.parameters, ...parameters } };
  const report = await measureHoldout(compute, train, candidate, { holdout: SLICE, splitBy, seed }, () => {});
  if (report === undefined) {
    throw new BadInput(
      `--tune was given, but a slice of ${SLICE} of ${train.count} interactions is too small to measure on`,
    );
  }
  return { epochCount: report.bestEpoch, metric: report.metrics[metricName] };
}
