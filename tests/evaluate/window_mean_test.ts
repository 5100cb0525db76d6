import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { WindowMean } from "../../src/evaluate/window_mean.ts";

describe("a mean over a window and over all", () => {
  it("is of the last values, and of all", () => {
    const mean = new WindowMean(3);
    assert.deepEqual([mean.window, mean.total, mean.count], [undefined, undefined, 0]);
    mean.add(4);
    assert.deepEqual([mean.window, mean.total, mean.windowCount], [4, 4, 1]);
    for (const value of [1, 2, 3, 10]) mean.add(value);
    assert.deepEqual([mean.window, mean.total, mean.count, mean.windowCount], [5, 4, 5, 3]);
  });

  it("forgets a huge value wholly when it leaves the window", () => {
    const mean = new WindowMean(2);
    for (const value of [1e300, 1, 2]) mean.add(value);
    assert.equal(mean.window, 1.5);
  });

  it("goes on with totals that were saved, and an empty window", () => {
    const before = new WindowMean(2), mean = new WindowMean(2);
    for (const value of [4, 8, 3]) before.add(value);
    mean.resume(before.save());
    assert.deepEqual([mean.count, mean.total, mean.windowCount, mean.window], [3, 5, 0, undefined]);
    for (const value of [1, 2, 6]) mean.add(value);
    assert.deepEqual([mean.count, mean.total, mean.windowCount, mean.window], [6, 4, 2, 4]);
  });
});
