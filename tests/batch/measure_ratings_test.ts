import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { buildUserRows } from "../../src/batch/build_matrix.ts";
import { measureRatings } from "../../src/batch/measure_ratings.ts";
import type { FactorModel } from "../../src/domain/factor_model.ts";
import { interactionsOf } from "./columns.ts";

/** One factor: user rows [x, b, 1], item rows [y, 1, b]. */
const MODEL = {
  stride: 8,
  userCount: 2,
  itemCount: 2,
  userFactors: Float32Array.from([1, 0.5, 1, 0, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, 0, 0]),
  itemFactors: Float32Array.from([1, 1, 0, 0, 0, 0, 0, 0, 0.5, 1, -0.5, 0, 0, 0, 0, 0]),
  globalMean: 3,
  parameters: { factorCount: 1, feedback: "explicit" },
} as unknown as FactorModel;

describe("measureRatings", () => {
  const train = buildUserRows(interactionsOf([[0, 0, 5], [1, 1, 1]], 2, 2), "explicit");
  const test = buildUserRows(interactionsOf([[0, 1, 4], [1, 0, 3]], 2, 2), "explicit");

  it("gives RMSE and MAE of the model's predictions", async () => {
    // 3 + 0.5 + 0.5 - 0.5 = 3.5 against 4; 3 - 1 = 2 against 3.
    const { rmse, mae } = await measureRatings(train).measure(MODEL, test);
    assert.ok(Math.abs(rmse - Math.sqrt((0.25 + 1) / 2)) < 1e-6);
    assert.ok(Math.abs(mae - 0.75) < 1e-6);
    assert.equal(await measureRatings(train).validate(MODEL, test), rmse);
  });

  it("compares with the stronger of the mean and of the biases", () => {
    // The mean 3 misses by 1 and 0.
    const even = measureRatings(train).baseline(test);
    assert.ok(even.metrics.rmse <= Math.sqrt(0.5) + 1e-9);
    const rows = Array.from({ length: 40 }, (_, k) => [k % 4, k % 10, k % 4 < 2 ? 5 : 1] as const);
    const measurement = measureRatings(buildUserRows(interactionsOf(rows, 4, 20), "explicit"));
    const strict = buildUserRows(interactionsOf([[0, 15, 5], [2, 15, 1]], 4, 20), "explicit");
    assert.equal(measurement.baseline(strict).name, "mean and biases");
  });
});
