import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { RankingEvaluation, type RankingMetricName } from "../../src/evaluate/ranking_metrics.ts";
import { Random } from "../../src/synthesize/random.ts";
import { expectedMetrics, type ListMetrics, strictMetrics } from "../reference/ranking.ts";
import { itemRowsOf } from "../reference/rows.ts";

const NAMES: readonly RankingMetricName[] = ["recall", "precision", "ndcg", "map", "hitRate"];
const NO_ITEM = 0xffffffff;

function near(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${what}: ${actual}, expected ${expected}`);
}

function meanOf(metrics: readonly ListMetrics[], name: RankingMetricName): number {
  return metrics.reduce((sum, each) => sum + each[name], 0) / metrics.length;
}

/** `count` different items out of 0 to itemCount-1. */
function someItems(random: Random, itemCount: number, count: number): number[] {
  const items = new Set<number>();
  while (items.size < count) items.add(random.below(itemCount));
  return [...items];
}

describe("RankingEvaluation", () => {
  it("measures a list as worked out by hand", () => {
    // One user; relevant 1, 4, 6; list 1, 2, 4: hits at ranks 1 and 3.
    const evaluation = new RankingEvaluation(itemRowsOf([[1, 4, 6]], 10), 3);
    evaluation.add({ firstUserIndex: 0, userCount: 1, n: 3, itemIndexes: Uint32Array.of(1, 2, 4) });
    const { estimates, coverage, evaluatedUserCount } = evaluation.result();
    near(estimates.recall.value, 2 / 3, "recall");
    near(estimates.precision.value, 2 / 3, "precision");
    // DCG = 1 + 1/log2(4) = 1.5; ideal = 1 + 1/log2(3) + 1/2 = 2.13092975...
    near(estimates.ndcg.value, 1.5 / 2.1309297535714573, "ndcg");
    near(estimates.map.value, (1 / 1 + 2 / 3) / 3, "map");
    near(estimates.hitRate.value, 1, "hit rate");
    near(coverage, 0.3, "coverage");
    assert.equal(evaluatedUserCount, 1);
  });

  it("divides recall by all test items, even more than k, and NDCG by the best that k places allow", () => {
    const evaluation = new RankingEvaluation(itemRowsOf([[0, 1, 2, 3]], 6), 2);
    evaluation.add({ firstUserIndex: 0, userCount: 1, n: 2, itemIndexes: Uint32Array.of(3, 0) });
    const { estimates } = evaluation.result();
    near(estimates.recall.value, 0.5, "recall");
    near(estimates.ndcg.value, 1, "ndcg");
    near(estimates.map.value, 1, "map");
  });

  it("agrees with the definitions on random lists in blocks, some short, some of users without test items", () => {
    const random = Random.seeded(1), itemCount = 40, userCount = 30, n = 12, k = 10;
    const testItems = Array.from({ length: userCount }, () => someItems(random, itemCount, random.below(6)));
    const lists = Array.from({ length: userCount }, () => someItems(random, itemCount, random.below(n + 1)));
    const evaluation = new RankingEvaluation(itemRowsOf(testItems, itemCount), k);
    for (const [from, until] of [[0, 7], [7, 30]]) {
      const itemIndexes = new Uint32Array((until - from) * n).fill(NO_ITEM);
      for (let user = from; user < until; user++) itemIndexes.set(lists[user], (user - from) * n);
      evaluation.add({ firstUserIndex: from, userCount: until - from, n, itemIndexes });
    }
    const { estimates, coverage, evaluatedUserCount } = evaluation.result();
    const users = testItems.flatMap((items, user) => items.length > 0 ? [user] : []);
    const expected = users.map((user) => strictMetrics(lists[user], new Set(testItems[user]), k));
    for (const name of NAMES) near(estimates[name].value, meanOf(expected, name), name);
    assert.equal(evaluatedUserCount, users.length);
    near(coverage, new Set(lists.flatMap((list) => list.slice(0, k))).size / itemCount, "coverage");
  });

  it("counts equal scores in expectation over their order", () => {
    const random = Random.seeded(2), itemCount = 7, userCount = 25;
    for (const k of [1, 3, 5, 9]) {
      const scores = Array.from({ length: itemCount }, () => random.below(3));
      const seen = Array.from({ length: userCount }, () => someItems(random, itemCount, random.below(4)));
      const testItems = seen.map((items) => {
        const left = Array.from(scores.keys()).filter((item) => !items.includes(item));
        return left.filter(() => random.uniform() < 0.5);
      });
      const evaluation = new RankingEvaluation(itemRowsOf(testItems, itemCount), k);
      evaluation.addSameOrder(scores, itemRowsOf(seen, itemCount));
      const users = testItems.flatMap((items, user) => items.length > 0 ? [user] : []);
      const expected = users.map((user) => {
        const unseen = Array.from(scores.entries()).filter(([item]) => !seen[user].includes(item));
        return expectedMetrics(new Map(unseen), new Set(testItems[user]), k);
      });
      const { estimates } = evaluation.result();
      for (const name of NAMES) near(estimates[name].value, meanOf(expected, name), `${name}@${k}`);
    }
  });

  it("gives a model of equal scores what chance gives, not what the order of the indexes gives", () => {
    // Item 0 is everybody's test item; ranked by index it would be first in every list.
    const userCount = 8, itemCount = 50;
    const test = itemRowsOf(Array.from({ length: userCount }, () => [0]), itemCount);
    const evaluation = new RankingEvaluation(test, 10);
    evaluation.addSameOrder(new Float64Array(itemCount), itemRowsOf(Array(userCount).fill([]), itemCount));
    near(evaluation.result().estimates.recall.value, 10 / 50, "recall");
  });

  it("knows less for fewer users: the interval of a recall of .5 over 100 users is that of a mean", () => {
    const test = itemRowsOf(Array.from({ length: 100 }, () => [0]), 2);
    const evaluation = new RankingEvaluation(test, 1);
    const itemIndexes = Uint32Array.from({ length: 100 }, (_, user) => user % 2);
    evaluation.add({ firstUserIndex: 0, userCount: 100, n: 1, itemIndexes });
    const { value, influences } = evaluation.result().estimates.recall;
    near(value, 0.5, "recall");
    // Variance of the mean of 100 zeros and ones: (.25 · 100/99) / 100.
    near(influences.reduce((sum, x) => sum + x * x, 0), 0.25 / 99, "variance");
  });

  it("refuses a cut that is none", () => {
    assert.throws(() => new RankingEvaluation(itemRowsOf([[0]], 1), 0), /ranking metrics at 0/);
  });
});
