/** Fits to the training part of a split and measures on its test part, beside a baseline. */
import { buildUserRows } from "../../batch/build_matrix.ts";
import { type Compute, fitModel } from "../../batch/fit_model.ts";
import type { FitPlan } from "../../batch/fit_parameters.ts";
import type { FactorModel } from "../../domain/factor_model.ts";
import type { RatingMatrix } from "../../domain/rating_matrix.ts";
import type { Estimate } from "../../evaluate/confidence.ts";
import { RankingEvaluation, type RankingMetrics } from "../../evaluate/ranking_metrics.ts";
import { predictByModel, ratingBaseline, ratingMetrics } from "../../evaluate/rating_metrics.ts";
import { itemCountsOf, ofTrainedUsers, withoutTrained } from "../../evaluate/test_rows.ts";
import { allTopN } from "../../kernels/all_top_n.ts";
import type { EvaluationSplit } from "./evaluate_protocols.ts";

/** Figures by name, in the order in which they are shown. */
export type Figures = Readonly<Record<string, Estimate>>;

export interface Measured {
  readonly figures: Figures;
  readonly baseline: { readonly name: string; readonly figures: Figures };
}

export interface SplitResult extends Measured {
  readonly plan: FitPlan;
  readonly trainCount: number;
  readonly testCount: number;
  readonly epochMs: readonly number[];
  readonly fitMs: number;
}

/** Cuts of the ranking metrics. */
const CUTS = [10, 20];

export async function evaluateSplit(
  compute: Compute,
  split: EvaluationSplit,
  plan: FitPlan,
  seed: number,
): Promise<SplitResult> {
  const { feedback } = plan.parameters;
  const train = buildUserRows(split.train, feedback);
  const test = withoutTrained(buildUserRows(split.test, feedback), train);
  const { model, epochs, ms } = await fitModel(compute, () => train, { ...plan, seed });
  const measured = feedback === "explicit"
    ? measureRatings(model, train, test)
    : await measureRankings(compute, model, train, ofTrainedUsers(test, train));
  return {
    ...measured,
    plan,
    trainCount: train.indices.length,
    testCount: test.indices.length,
    epochMs: epochs.map((epoch) => epoch.ms),
    fitMs: ms,
  };
}

/** The baseline is the stronger of the mean of all ratings and of damped biases of users and items. */
function measureRatings(model: FactorModel, train: RatingMatrix, test: RatingMatrix): Measured {
  const known = ratingBaseline(train);
  const figures: Figures = { ...ratingMetrics(test, predictByModel(model), known) };
  const mean = ratingMetrics(test, known.mean, known), biases = ratingMetrics(test, known.biases, known);
  const baseline = biases.rmse.value < mean.rmse.value
    ? { name: "mean and biases", figures: { ...biases } }
    : { name: "mean of all ratings", figures: { ...mean } };
  return { figures, baseline };
}

async function measureRankings(
  compute: Compute,
  model: FactorModel,
  train: RatingMatrix,
  test: RatingMatrix,
): Promise<Measured> {
  const own = CUTS.map((k) => new RankingEvaluation(test, k));
  for await (const block of allTopN(compute, { model, seen: train, n: Math.max(...CUTS) })) {
    for (const evaluation of own) evaluation.add(block);
  }
  const popular = CUTS.map((k) => new RankingEvaluation(test, k));
  for (const evaluation of popular) evaluation.addSameOrder(itemCountsOf(train), train);
  return {
    figures: rankingFigures(own.map((evaluation) => evaluation.result())),
    baseline: {
      name: "what is popular",
      figures: rankingFigures(popular.map((evaluation) => evaluation.result())),
    },
  };
}

/** `recall@20` and so on. Coverage is no mean over users: its influences are not known, and so is its interval. */
function rankingFigures(results: readonly RankingMetrics[]): Figures {
  const figures: Record<string, Estimate> = {};
  for (const { k, estimates, coverage } of results) {
    for (const [name, estimate] of Object.entries(estimates)) figures[`${name}@${k}`] = estimate;
    figures[`coverage@${k}`] = { value: coverage, influences: estimates.recall.influences.map(() => NaN) };
  }
  return figures;
}
