import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { FactorModel } from "../../src/domain/factor_model.ts";
import { predictByModel, ratingBaseline, ratingMetrics } from "../../src/evaluate/rating_metrics.ts";
import { rowsOf } from "../reference/rows.ts";

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, expected ${expected}`);
}

describe("ratingMetrics", () => {
  it("clips predictions and weighs every rating alike", () => {
    const test = rowsOf([[[0, 5], [1, 3]], [], [[1, 1]]], 2);
    const predictions = [[9, 3.5], [0, 0], [0, 2]]; // 9 counts as 5
    const { rmse, mae } = ratingMetrics(test, (user, item) => predictions[user][item], {
      minRating: 1,
      maxRating: 5,
    });
    near(rmse.value, Math.sqrt((0 + 0.25 + 1) / 3));
    near(mae.value, (0 + 0.5 + 1) / 3);
  });

  it("clips at the least rating too", () => {
    const { mae } = ratingMetrics(rowsOf([[[0, 2]]], 1), () => -7, { minRating: 1, maxRating: 5 });
    near(mae.value, 1);
  });
});

describe("predictByModel", () => {
  // Two factors, stride 8: a user's row is [x, x, b_u, 1], an item's [y, y, 1, b_i].
  const model: FactorModel = {
    parameters: {
      feedback: "explicit",
      factorCount: 2,
      regularization: 0.1,
      biasRegularization: 5,
      unobservedWeight: 0,
      popularityExponent: 0,
      frequencyExponent: 1,
      confidenceScale: 1,
    },
    stride: 8,
    userCount: 2,
    itemCount: 1,
    userFactors: Float32Array.of(0.5, 2, 0.25, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    itemFactors: Float32Array.of(1, -0.5, 1, 0.125, 0, 0, 0, 0),
    globalMean: 3.5,
    minRating: 1,
    maxRating: 5,
    itemWeights: new Float32Array(0),
  };

  it("adds mean, biases and the product of the factors", () => {
    near(predictByModel(model)(0, 0), 3.5 + 0.25 + 0.125 + (0.5 * 1 - 2 * 0.5));
  });

  it("leaves mean and item bias for a user without a row", () => {
    near(predictByModel(model)(1, 0), 3.5 + 0.125);
  });
});

describe("ratingBaseline", () => {
  it("damps the biases as worked out by hand", () => {
    // Ratings: user 0: item 0 → 5, item 1 → 3; user 1: item 0 → 4. Mean 4.
    const baseline = ratingBaseline(rowsOf([[[0, 5], [1, 3]], [[0, 4]]], 3));
    near(baseline.globalMean, 4);
    assert.deepEqual([baseline.minRating, baseline.maxRating], [3, 5]);
    near(baseline.mean(0, 0), 4);
    const item0 = (1 + 0) / (10 + 2), item1 = -1 / (10 + 1);
    const user0 = (1 - item0 + (-1 - item1)) / (15 + 2);
    near(baseline.biases(0, 0), 4 + item0 + user0);
    near(baseline.biases(0, 1), 4 + item1 + user0);
    near(baseline.biases(0, 2), 4 + user0);
  });

  it("refuses to say anything about no ratings", () => {
    assert.throws(() => ratingBaseline(rowsOf([[]], 1)), /no ratings/);
  });
});
