import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  averageEstimate,
  type Estimate,
  intervalOf,
  ratioEstimate,
  rootEstimate,
} from "../../src/evaluate/confidence.ts";
import { Random } from "../../src/synthesize/random.ts";
import { bootstrapInterval } from "../reference/bootstrap.ts";

const USERS = 400;

/** Users that differ in how much they rate and in how wrong the ratings are. */
function squaredErrors(seed: number): { errors: Float64Array; counts: Float64Array } {
  const random = Random.seeded(seed);
  const counts = Float64Array.from({ length: USERS }, () => 1 + random.poisson(20 * random.uniform()));
  const errors = counts.map((count) => count * (0.6 + 0.8 * random.uniform()) ** 2);
  return { errors, counts };
}

function total(values: Float64Array, times: Uint32Array): number {
  return values.reduce((sum, value, user) => sum + value * times[user], 0);
}

/** Both ends within a tenth of the interval's width of those of the bootstrap. */
function assertAgrees(estimate: Estimate, figureOf: (times: Uint32Array) => number): void {
  const random = Random.seeded(77);
  const expected = bootstrapInterval(USERS, figureOf, () => random.uniform());
  const actual = intervalOf(estimate), width = expected.high - expected.low;
  const message = `${JSON.stringify(actual)} against ${JSON.stringify(expected)}`;
  assert.ok(Math.abs(actual.low - expected.low) < 0.1 * width, message);
  assert.ok(Math.abs(actual.high - expected.high) < 0.1 * width, message);
}

describe("intervals over users", () => {
  it("of an RMSE agree with the bootstrap", () => {
    const { errors, counts } = squaredErrors(1);
    const figureOf = (times: Uint32Array) => Math.sqrt(total(errors, times) / total(counts, times));
    const estimate = rootEstimate(ratioEstimate(errors, counts));
    assert.ok(Math.abs(estimate.value - figureOf(new Uint32Array(USERS).fill(1))) < 1e-12);
    assertAgrees(estimate, figureOf);
  });

  it("of a mean over folds that share their users agree with the bootstrap", () => {
    const folds = [1, 2, 3].map(squaredErrors);
    // The same users are hard in every fold, so the folds do not average their difference out.
    for (const { errors } of folds) for (let user = 0; user < USERS; user += 4) errors[user] *= 3;
    const figureOf = (times: Uint32Array) =>
      folds.reduce(
        (sum, fold) => sum + Math.sqrt(total(fold.errors, times) / total(fold.counts, times)) / 3,
        0,
      );
    const estimates = folds.map(({ errors, counts }) => rootEstimate(ratioEstimate(errors, counts)));
    assertAgrees(averageEstimate(estimates), figureOf);
  });

  it("of a mean are its value plus and minus 1.96 standard errors", () => {
    // 3 users with 1, 2, 6: mean 3, sample variance 7, standard error √(7/3); a fourth takes no part.
    const interval = intervalOf(ratioEstimate(Float64Array.of(1, 2, 6, 0), Float64Array.of(1, 1, 1, 0)));
    assert.ok(Math.abs(interval.value - 3) < 1e-12);
    assert.ok(Math.abs(interval.high - (3 + 1.959964 * Math.sqrt(7 / 3))) < 1e-5);
    assert.ok(Math.abs(interval.low - (3 - 1.959964 * Math.sqrt(7 / 3))) < 1e-5);
  });

  it("have no width where users do not differ, and are NaN of no users", () => {
    const same = intervalOf(rootEstimate(ratioEstimate(Float64Array.of(4, 8), Float64Array.of(1, 2))));
    assert.deepEqual(same, { value: 2, low: 2, high: 2 });
    const perfect = intervalOf(rootEstimate(ratioEstimate(Float64Array.of(0, 0), Float64Array.of(1, 2))));
    assert.deepEqual(perfect, { value: 0, low: 0, high: 0 });
    assert.ok(Number.isNaN(ratioEstimate(Float64Array.of(0), Float64Array.of(0)).value));
  });
});
