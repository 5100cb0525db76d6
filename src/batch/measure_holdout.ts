/**
 * A fit on a part of the interactions, measured on the rest beside a baseline. The rest is dealt out alternately: one
 * half (validation) chooses the number of epochs, the other (test) is looked at once, when that is chosen.
 */
import type { FactorModel } from "../domain/factor_model.ts";
import type { EpochRecord } from "../domain/generation.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { holdOutLast, holdOutRandom, TEST_PART, TRAIN_PART } from "../evaluate/split.ts";
import { ofPositiveEvidence, ofTrainedUsers, withoutTrained } from "../evaluate/test_rows.ts";
import { buildUserRows } from "./build_matrix.ts";
import { type Compute, type EpochVerdict, fitModel } from "./fit_model.ts";
import type { FitPlan } from "./fit_parameters.ts";
import type { Interactions } from "./interactions.ts";
import { measureRankings } from "./measure_rankings.ts";
import { measureRatings } from "./measure_ratings.ts";
import type { TrainingReport } from "./training_report.ts";

/** Holdout of each user's newest interactions, of random pairs, or by whether the data has times at all. */
export type SplitBy = "auto" | "time" | "random";

const VALIDATION_PART = 2;

/** Epochs in a row without a better validation metric after which a fit is not worth going on with. */
const PATIENCE = 2;

/** Which metric decides, and which way. */
export interface DecisiveMetric {
  readonly name: string;
  readonly smallerIsBetter: boolean;
}

export interface HoldoutReport {
  readonly measuredCount: number;
  readonly bestEpoch: number;
  readonly epochs: readonly EpochRecord[];
  readonly decisive: DecisiveMetric;
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: Readonly<Record<string, number>>;
  readonly baselineName: string;
}

/** How one kind of feedback is measured, on test rows that are given. */
export interface Measurement {
  readonly decisive: DecisiveMetric;
  /** The decisive metric alone, possibly on a sample of users. */
  validate(model: FactorModel, validation: RatingMatrix): Promise<number>;
  measure(model: FactorModel, test: RatingMatrix): Promise<Record<string, number>>;
  baseline(test: RatingMatrix): { readonly name: string; readonly metrics: Record<string, number> };
}

export interface HoldoutOptions {
  readonly holdout: number;
  readonly splitBy: SplitBy;
  readonly seed: number;
}

/** Measures; undefined where the data is too small to hold anything out. */
export async function measureHoldout(
  compute: Compute,
  interactions: Interactions,
  plan: FitPlan,
  options: HoldoutOptions,
  report: TrainingReport,
): Promise<HoldoutReport | undefined> {
  const { feedback } = plan.parameters;
  const marks = markParts(interactions, options);
  const train = buildUserRows(interactions, feedback, { marks, part: TRAIN_PART });
  const testOf = (part: number) => {
    const rows = withoutTrained(buildUserRows(interactions, feedback, { marks, part }), train);
    return ofTrainedUsers(feedback === "explicit" ? rows : ofPositiveEvidence(rows), train);
  };
  const validation = testOf(VALIDATION_PART), test = testOf(TEST_PART);
  if (validation.indices.length === 0 || test.indices.length === 0) return undefined;

  const measurement = feedback === "explicit" ? measureRatings(train) : measureRankings(compute, train);
  const search = new EpochSearch(measurement.decisive);
  const { epochs } = await fitModel(compute, () => train, {
    parameters: plan.parameters,
    epochCount: plan.epochCount,
    seed: options.seed,
    onEpoch: async (record, model) => {
      const verdict = await search.judge(record, model, (at) => measurement.validate(at, validation));
      const { epochCount } = plan, progress = 0.1 + 0.4 * record.epoch / epochCount;
      report({ phase: "measure", progress, epoch: { ...record, metrics: verdict.metrics }, epochCount });
      return verdict;
    },
  });
  const baseline = measurement.baseline(test);
  return {
    measuredCount: test.indices.length,
    bestEpoch: search.bestEpoch,
    epochs,
    decisive: measurement.decisive,
    metrics: await measurement.measure(search.bestModel!, test),
    baseline: baseline.metrics,
    baselineName: baseline.name,
  };
}

function markParts(interactions: Interactions, { holdout, splitBy, seed }: HoldoutOptions): Uint8Array {
  const hasTimes = interactions.timesMs.some((timeMs) => timeMs > 0);
  const byTime = splitBy === "time" || (splitBy === "auto" && hasTimes);
  const marks = byTime ? holdOutLast(interactions, holdout) : holdOutRandom(interactions, holdout, seed);
  let heldOutCount = 0;
  for (let row = 0; row < marks.length; row++) {
    if (marks[row] === TEST_PART && heldOutCount++ % 2 === 0) marks[row] = VALIDATION_PART;
  }
  return marks;
}

/** Remembers the best epoch and stops after PATIENCE worse ones. */
class EpochSearch {
  readonly #decisive: DecisiveMetric;
  #best = NaN;
  bestEpoch = 0;
  bestModel: FactorModel | undefined;

  constructor(decisive: DecisiveMetric) {
    this.#decisive = decisive;
  }

  async judge(
    { epoch }: EpochRecord,
    model: () => FactorModel,
    validate: (model: FactorModel) => Promise<number>,
  ): Promise<EpochVerdict> {
    const candidate = model(), metric = await validate(candidate);
    const isBetter = this.#decisive.smallerIsBetter ? metric < this.#best : metric > this.#best;
    if (isBetter || this.bestEpoch === 0) {
      this.#best = metric, this.bestEpoch = epoch, this.bestModel = candidate;
    }
    return { metrics: { [this.#decisive.name]: metric }, isLast: epoch - this.bestEpoch >= PATIENCE };
  }
}
