import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { buildUserRows } from "../../../src/batch/build_matrix.ts";
import { fitModel } from "../../../src/batch/fit_model.ts";
import { type FitPlan, planFit } from "../../../src/batch/fit_parameters.ts";
import type { Interactions } from "../../../src/batch/interactions.ts";
import { interactionsOfPart } from "../../../src/commands/evaluate/evaluate_data.ts";
import type { EvaluationSplit } from "../../../src/commands/evaluate/evaluate_protocols.ts";
import { evaluateSplit } from "../../../src/commands/evaluate/evaluate_split.ts";
import { openCompute, type OpenedCompute } from "../../../src/commands/open_compute.ts";
import type { Feedback } from "../../../src/domain/factor_model.ts";
import { holdOutRandom, TEST_PART, TRAIN_PART } from "../../../src/evaluate/split.ts";
import { plantWorld } from "../../../src/synthesize/planted_world.ts";
import { Random } from "../../../src/synthesize/random.ts";
import { type ListMetrics, strictMetrics } from "../../reference/ranking.ts";

const SEED = 5, USERS = 120, ITEMS = 80, FACTORS = 6;

let compute: OpenedCompute;
beforeAll(async () => {
  compute = await openCompute(1);
});
afterAll(() => compute.close());

function plantedSplit(feedback: Feedback): { split: EvaluationSplit; plan: FitPlan } {
  const { events } = plantWorld({ feedback, userCount: USERS, itemCount: ITEMS, eventCount: 2400 });
  const all: Interactions = { ...events, userCount: USERS, itemCount: ITEMS };
  const marks = holdOutRandom(all, 0.2, SEED);
  const train = interactionsOfPart(all, marks, TRAIN_PART), test = interactionsOfPart(all, marks, TEST_PART);
  const plan = planFit(train, {
    feedback,
    factorCount: FACTORS,
    unobservedWeight: 0.5,
    popularityExponent: 0,
    epochCount: 4,
  });
  return { split: { name: "planted", train, test }, plan };
}

/** The same fit; scores of a user by double-precision products over the rows. */
async function scoresOf({ split, plan }: { split: EvaluationSplit; plan: FitPlan }) {
  const rows = () => buildUserRows(split.train, plan.parameters.feedback);
  const { model } = await fitModel(compute, rows, { ...plan, seed: SEED });
  return (user: number, item: number) => {
    let sum = 0;
    for (let f = 0; f < model.stride; f++) {
      sum += model.userFactors[user * model.stride + f] * model.itemFactors[item * model.stride + f];
    }
    return model.globalMean + sum;
  };
}

function near(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${what}: ${actual}, expected ${expected}`);
}

describe("evaluateSplit", () => {
  it("measures ratings as a plain loop over the test rows does, and better than the baseline", async () => {
    const planted = plantedSplit("explicit"), score = await scoresOf(planted);
    const { test, train } = planted.split;
    const low = Math.min(...train.values), high = Math.max(...train.values);
    let squares = 0, absolute = 0;
    for (let row = 0; row < test.count; row++) {
      const error = Math.min(high, Math.max(low, score(test.users[row], test.items[row]))) - test.values[row];
      squares += error * error, absolute += Math.abs(error);
    }
    const result = await evaluateSplit(compute, planted.split, planted.plan, SEED);
    near(result.figures.rmse.value, Math.sqrt(squares / test.count), "rmse");
    near(result.figures.mae.value, absolute / test.count, "mae");
    assert.equal(result.baseline.name, "mean and biases");
    assert.ok(result.figures.rmse.value < result.baseline.figures.rmse.value);
    assert.deepEqual([result.trainCount, result.testCount], [train.count, test.count]);
    assert.equal(result.epochMs.length, 4);
  });

  it("measures rankings as sorting all unseen items of each user does", async () => {
    const planted = plantedSplit("implicit"), score = await scoresOf(planted);
    const { test, train } = planted.split;
    const itemsOf = ({ users, items }: Interactions, user: number) =>
      new Set(items.filter((_, row) => users[row] === user));
    const random = Random.seeded(1), counts = new Float64Array(ITEMS);
    for (const item of train.items) counts[item]++;
    const expected: ListMetrics[] = [], popular: ListMetrics[] = [], listed = new Set<number>();
    for (let user = 0; user < USERS; user++) {
      const seen = itemsOf(train, user), relevant = itemsOf(test, user);
      if (seen.size === 0) continue;
      const scores = Array.from({ length: ITEMS }, (_, item) => score(user, item));
      const list = Array.from(scores.keys()).filter((item) => !seen.has(item))
        .sort((a, b) => scores[b] - scores[a] || a - b);
      for (const item of list.slice(0, 20)) listed.add(item);
      if (relevant.size === 0) continue;
      expected.push(strictMetrics(list, relevant, 20));
      for (let round = 0; round < 50; round++) {
        const shaken = counts.map((count) => count + 0.5 * random.uniform());
        popular.push(strictMetrics([...list].sort((a, b) => shaken[b] - shaken[a]), relevant, 20));
      }
    }
    const result = await evaluateSplit(compute, planted.split, planted.plan, SEED);
    for (const name of ["recall", "precision", "ndcg", "map", "hitRate"] as const) {
      const mean = expected.reduce((sum, metrics) => sum + metrics[name], 0) / expected.length;
      near(result.figures[`${name}@20`].value, mean, name);
    }
    near(result.figures["coverage@20"].value, listed.size / ITEMS, "coverage");
    const byChance = popular.reduce((sum, { ndcg }) => sum + ndcg, 0) / popular.length;
    const baseline = result.baseline.figures["ndcg@20"].value;
    assert.ok(Math.abs(baseline - byChance) < 0.005, `${baseline}, expected about ${byChance}`);
    assert.equal(result.baseline.name, "what is popular");
  });
});
