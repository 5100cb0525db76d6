import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { normalCdf } from "../../../../src/online/models/tree/normal_cdf.ts";

/** 0.5 * math.erfc(-x / math.sqrt(2)) in Python 3.11. */
const VALUES: readonly (readonly [number, number])[] = [
  [-37, 5.725571222525139e-300],
  [-10, 7.619853024160593e-24],
  [-5, 2.866515718791946e-07],
  [-3.0001, 0.001349454913260717],
  [-3, 0.0013498980316300957],
  [-1.5, 0.06680720126885809],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [1e-09, 0.5000000003989423],
  [0.7, 0.758036347776927],
  [2.5, 0.9937903346742238],
  [3, 0.9986501019683699],
  [3.5, 0.9997673709209645],
  [6, 0.9999999990134123],
];

describe("normalCdf", () => {
  it("has the values of a library's complementary error function", () => {
    for (const [x, expected] of VALUES) {
      const value = normalCdf(x);
      assert.ok(Math.abs(value - expected) <= 2e-13 * expected, `${x}: ${value}, expected ${expected}`);
    }
  });

  it("ends at 0 and 1", () => {
    assert.equal(normalCdf(-Infinity), 0);
    assert.equal(normalCdf(Infinity), 1);
    assert.equal(normalCdf(100), 1);
    assert.ok(Number.isNaN(normalCdf(NaN)));
  });
});
