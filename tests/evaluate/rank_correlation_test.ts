import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { descending, rankCorrelation } from "../../src/evaluate/rank_correlation.ts";

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);
}

describe("rankCorrelation", () => {
  it("is 1 for the same order and -1 for the reverse, whatever the scale", () => {
    near(rankCorrelation([1, 2, 3, 4], [10, 100, 1000, 1e6]), 1);
    near(rankCorrelation([1, 2, 3, 4], [4, 3, 2, -9]), -1);
  });

  it("is 1 - 6 Σd²/(n(n²-1)) without ties", () => {
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: Σd² = 4.
    near(rankCorrelation([1, 2, 3, 4, 5], [20, 10, 40, 30, 50]), 1 - (6 * 4) / (5 * 24));
  });

  it("gives ties the mean of their ranks", () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
    near(rankCorrelation([1, 7, 7, 9], [1, 2, 3, 4]), 4.5 / Math.sqrt(4.5 * 5));
  });

  it("is 0 where one side does not vary", () => {
    assert.equal(rankCorrelation([3, 3, 3], [1, 2, 3]), 0);
  });
});

describe("descending", () => {
  it("orders indexes by value, ties by index", () => {
    assert.deepEqual(descending([1, 5, 5, 0, 7]), [4, 1, 2, 0, 3]);
  });
});
