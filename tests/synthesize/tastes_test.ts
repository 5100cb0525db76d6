import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  affinity,
  MEAN_RATING,
  plantTruth,
  propensity,
  truePreference,
  trueRating,
  type TruthOptions,
} from "../../src/synthesize/tastes.ts";

const options: TruthOptions = {
  seed: 3,
  feedback: "explicit",
  userCount: 400,
  itemCount: 300,
  tasteCount: 5,
  popularityExponent: 1,
  selectivity: 2,
};

describe("plantTruth", () => {
  it("gives items of length 1 and affinities with variance 1 over users", () => {
    const truth = plantTruth(options);
    let squares = 0;
    for (let item = 0; item < truth.itemCount; item++) {
      const row = truth.itemTastes.subarray(item * 5, item * 5 + 5);
      assert.ok(Math.abs(Math.hypot(...row) - 1) < 1e-6);
      for (let user = 0; user < truth.userCount; user++) squares += affinity(truth, user, item) ** 2;
    }
    assert.ok(Math.abs(squares / (truth.itemCount * truth.userCount) - 1) < 0.08);
  });

  it("makes the dimension that names an item its greatest one", () => {
    const truth = plantTruth(options);
    let agreeing = 0;
    for (let item = 0; item < truth.itemCount; item++) {
      const row = truth.itemTastes.subarray(item * 5, item * 5 + 5);
      if (row.indexOf(Math.max(...row)) === truth.mainTastes[item]) agreeing++;
    }
    assert.ok(agreeing > 0.95 * truth.itemCount, `${agreeing}`);
  });

  it("has power-law popularity in no order", () => {
    const { popularity } = plantTruth(options);
    // (rank + 1 + 300/50)^-1
    const expected = Float64Array.from({ length: 300 }, (_, rank) => 1 / (rank + 7));
    assert.deepEqual(popularity.slice().sort().reverse(), expected);
    assert.notDeepEqual(popularity, expected);
  });

  it("prefers by rating if explicit, by exposure times propensity if implicit", () => {
    const explicit = plantTruth(options), implicit = plantTruth({ ...options, feedback: "implicit" });
    const a = affinity(explicit, 7, 9);
    const rating = MEAN_RATING + explicit.userBiases[7] + explicit.itemBiases[9] + 0.8 * a;
    assert.equal(trueRating(explicit, 7, 9), rating);
    assert.equal(truePreference(explicit, 7, 9), rating);
    assert.equal(truePreference(implicit, 7, 9), implicit.popularity[9] * propensity(2, a));
  });
});

describe("propensity", () => {
  it("is an S-curve through one half at affinity .5, with values worked out by hand", () => {
    assert.equal(propensity(2, 0.5), 0.5);
    // x = 3/4: x/√(1+x²) = 3/5; x = -4/3: -4/5.
    assert.ok(Math.abs(propensity(1, 1.25) - 0.8) < 1e-12);
    assert.ok(Math.abs(propensity(1, 0.5 - 4 / 3) - 0.1) < 1e-12);
    for (let a = -5; a < 5; a++) assert.ok(propensity(2, a) < propensity(2, a + 1));
  });
});
