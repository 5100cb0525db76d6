import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type Curve, recoveries } from "../../src/online/compare_recovery.ts";

/** Blocks of 100 observations. */
function curveOf(...values: number[]): Curve {
  return { ends: values.map((_, k) => 100 * (k + 1)), values };
}
const changes = [{ event: 400, concept: "b" }];

describe("recoveries", () => {
  it("waits until all but a tenth of the way back is made", () => {
    // Level before: 1 (last quarter of four blocks). Worst: 5. Good: up to 1 + .1 (5 - 1) = 1.4.
    assert.deepEqual(recoveries(curveOf(9, 3, 2, 1, 5, 3, 1.41, 1.4, 1), changes, false), [400]);
    assert.deepEqual(recoveries(curveOf(9, 3, 2, 1, 5, 3, 1.41, 1.41), changes, false), [undefined]);
  });

  it("takes 5 % above the level for as good as it", () => {
    assert.deepEqual(recoveries(curveOf(2, 2, 2, 2, 2.1, 2.1), changes, false), [100]);
    assert.deepEqual(recoveries(curveOf(2, 2, 2, 2, 2.11, 2.11, 2.1), changes, false), [300]);
  });

  it("turns round for metrics of which more is better", () => {
    // Level .9, worst .5: good from .9 - max(.1 · .4, .05 · .9) = .855 on.
    assert.deepEqual(recoveries(curveOf(0.6, 0.9, 0.9, 0.9, 0.5, 0.85, 0.86), changes, true), [300]);
  });

  it("looks from each change to the next one only, and at the stretch before as the level", () => {
    const two = [{ event: 400, concept: "b" }, { event: 800, concept: "a" }];
    const curve = curveOf(1, 1, 1, 1, 5, 4, 3, 2, 5, 2, 1);
    // First: never below 1.4 before 800. Second: level 2, worst 5, good up to 2.3.
    assert.deepEqual(recoveries(curve, two, false), [undefined, 200]);
  });

  it("counts from the change, and not the block in which it lies", () => {
    // The change lies within the block that ends at 500: the first whole block after it ends at 600.
    assert.deepEqual(recoveries(curveOf(1, 1, 1, 1, 3, 1), [{ event: 450, concept: "b" }], false), [150]);
  });

  it("knows nothing where there is no block before or after", () => {
    assert.deepEqual(recoveries(curveOf(1, 1), changes, false), [undefined]);
    assert.deepEqual(recoveries(curveOf(NaN, NaN, NaN, NaN, 1), changes, false), [undefined]);
  });
});
