import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { entropyOf, gainOf, sumOf } from "../../../../src/online/models/tree/information_gain.ts";

const w = (...weights: number[]) => Float64Array.from(weights);

describe("entropyOf", () => {
  it("is in bits", () => {
    assert.equal(entropyOf(w(3, 3)), 1);
    assert.equal(entropyOf(w(1, 1, 1, 1)), 2);
    assert.ok(Math.abs(entropyOf(w(1, 3)) - 0.8112781244591328) < 1e-15);
    assert.equal(entropyOf(w(0, 5)), 0);
    assert.equal(entropyOf(w()), 0);
  });
});

describe("gainOf", () => {
  it("is what a split tells", () => {
    assert.equal(gainOf(w(4, 4), [w(4, 0), w(0, 4)], 0.01), 1);
    assert.ok(Math.abs(gainOf(w(4, 4), [w(2, 2), w(2, 2)], 0.01)) < 1e-15);
    // Quinlan's weather data, the test "windy": 0.048 bits.
    assert.ok(Math.abs(gainOf(w(9, 5), [w(6, 2), w(3, 3)], 0.01) - 0.04812703040826949) < 1e-12);
  });

  it("refuses a side that holds no more than the least share", () => {
    assert.equal(gainOf(w(99, 1), [w(99, 0), w(0, 1)], 0.01), -Infinity);
    assert.ok(gainOf(w(98, 2), [w(98, 0), w(0, 2)], 0.01) > 0);
    assert.equal(sumOf(w(1, 2, 3)), 6);
  });
});
