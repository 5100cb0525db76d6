import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ClassGaussians } from "../../../../src/online/models/tree/class_gaussians.ts";

function gaussiansOf(values: readonly (readonly [value: number, classIndex: number])[], splits = 3) {
  const gaussians = new ClassGaussians({ splits, minBranchFraction: 0.01 });
  for (const [value, classIndex] of values) gaussians.add(value, classIndex);
  return gaussians;
}

describe("ClassGaussians", () => {
  it("has the density of a normal distribution with the sample's variance", () => {
    const gaussians = gaussiansOf([[1, 2], [3, 2], [7, 0]]);
    // Mean 2, variance 2: ln(e^(-1/4) / √(4π)).
    assert.ok(Math.abs(gaussians.logDensity(3, 2) - (-0.25 - 0.5 * Math.log(4 * Math.PI))) < 1e-14);
    assert.equal(gaussians.logDensity(7, 0), 0, "one value has no spread");
    assert.equal(gaussians.logDensity(7, 1), 0, "never seen");
    assert.equal(gaussians.logDensity(7, 9), 0, "never heard of");
  });

  it("splits by hand: two classes apart, at the least of the thresholds that part them", () => {
    // Range 0 to 8: thresholds 2, 4, 6. From 2 on all of class 0 is below; at 6 the first of class 1 is, too.
    const best = gaussiansOf([[0, 0], [1, 0], [2, 0], [6, 1], [7, 1], [8, 1]]).best(Float64Array.of(3, 3))!;
    assert.deepEqual({ ...best }, {
      merit: 1,
      threshold: 2,
      below: Float64Array.of(3, 0),
      above: Float64Array.of(0, 3),
    });
  });

  it("cuts a class by its distribution where the threshold lies within it", () => {
    // The only threshold is 2, class 0 has mean 2: half of its four values.
    const best = gaussiansOf([[0, 0], [1, 0], [3, 0], [4, 0], [0, 1]], 1).best(Float64Array.of(4, 1))!;
    assert.equal(best.threshold, 2);
    assert.deepEqual([...best.below], [2, 1]);
    assert.deepEqual([...best.above], [2, 0]);
  });

  it("knows no split of one value, or of none", () => {
    assert.equal(gaussiansOf([[5, 0], [5, 1]]).best(Float64Array.of(1, 1)), undefined);
    assert.equal(gaussiansOf([]).best(Float64Array.of(1, 1)), undefined);
  });
});
