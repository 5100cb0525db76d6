/** How implicit fits are measured: lists of all items without those seen, beside the list of what is popular. */
import type { FactorModel } from "../domain/factor_model.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { RankingEvaluation, type RankingMetrics } from "../evaluate/ranking_metrics.ts";
import { itemCountsOf } from "../evaluate/test_rows.ts";
import { allTopN } from "../kernels/all_top_n.ts";
import type { Compute } from "./fit_model.ts";
import type { Measurement } from "./measure_holdout.ts";

/** Cuts of the metrics that are reported. */
const CUTS = [10, 20] as const;

/** The cut that decides. */
const DECISIVE_CUT = 10;

/** Most users that the metric after each epoch is taken over: enough for a standard error of about .005. */
const VALIDATION_USERS = 4000;

/** `train`: rows whose items are left out of the lists. */
export function measureRankings(compute: Compute, train: RatingMatrix): Measurement {
  const itemCounts = itemCountsOf(train);
  return {
    decisive: { name: `ndcg@${DECISIVE_CUT}`, smallerIsBetter: false },
    async validate(model, validation) {
      const users = sampleOfUsers(validation, VALIDATION_USERS);
      const [result] = await rankAll(compute, model, train, validation, users, [DECISIVE_CUT]);
      return result.estimates.ndcg.value;
    },
    async measure(model, test) {
      const users = sampleOfUsers(test, Infinity);
      return valuesOf(await rankAll(compute, model, train, test, users, CUTS));
    },
    baseline(test) {
      const evaluations = CUTS.map((k) => {
        const evaluation = new RankingEvaluation(test, k);
        evaluation.addSameOrder(itemCounts, train);
        return evaluation.result();
      });
      return { name: "what is popular", metrics: valuesOf(evaluations) };
    },
  };
}

function valuesOf(results: readonly RankingMetrics[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { k, estimates, coverage } of results) {
    values[`recall@${k}`] = estimates.recall.value;
    values[`ndcg@${k}`] = estimates.ndcg.value;
    values[`map@${k}`] = estimates.map.value;
    values[`coverage@${k}`] = coverage;
  }
  return values;
}

/** Users with test items, evenly spaced over their indexes if there are more than `most`. */
function sampleOfUsers(test: RatingMatrix, most: number): Uint32Array {
  const users: number[] = [];
  for (let user = 0; user < test.rowCount; user++) {
    if (test.indptr[user + 1] > test.indptr[user]) users.push(user);
  }
  const step = Math.max(1, users.length / most);
  return Uint32Array.from({ length: Math.floor(users.length / step) }, (_, k) => users[Math.floor(k * step)]);
}

/** Ranks all items for the given users and measures the lists at each cut. */
async function rankAll(
  compute: Compute,
  model: FactorModel,
  train: RatingMatrix,
  test: RatingMatrix,
  users: Uint32Array,
  cuts: readonly number[],
): Promise<RankingMetrics[]> {
  const seen = rowsOf(train, users), relevant = rowsOf(test, users);
  const { stride } = model;
  const userFactors = new Float32Array(users.length * stride);
  users.forEach((user, row) =>
    userFactors.set(model.userFactors.subarray(user * stride, (user + 1) * stride), row * stride)
  );
  const evaluations = cuts.map((k) => new RankingEvaluation(relevant, k));
  const lists = allTopN(compute, {
    model: { ...model, userFactors, userCount: users.length },
    seen,
    n: Math.max(...cuts),
  });
  for await (const block of lists) for (const evaluation of evaluations) evaluation.add(block);
  return evaluations.map((evaluation) => evaluation.result());
}

/** The rows of these users, in this order. */
function rowsOf(matrix: RatingMatrix, users: Uint32Array): RatingMatrix {
  const indptr = new Uint32Array(users.length + 1);
  users.forEach((user, row) => indptr[row + 1] = indptr[row] + matrix.indptr[user + 1] - matrix.indptr[user]);
  const indices = new Uint32Array(indptr[users.length]), values = new Float32Array(indices.length);
  users.forEach((user, row) => {
    const start = matrix.indptr[user], end = matrix.indptr[user + 1];
    indices.set(matrix.indices.subarray(start, end), indptr[row]);
    values.set(matrix.values.subarray(start, end), indptr[row]);
  });
  return { rowCount: users.length, columnCount: matrix.columnCount, indptr, indices, values };
}
