import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { HoldoutReport } from "../../src/batch/measure_holdout.ts";
import { assertWorthPublishing } from "../../src/batch/publishing_rules.ts";

function reportOf(fit: number, base: number, smallerIsBetter: boolean, measuredCount = 1000): HoldoutReport {
  return {
    measuredCount,
    bestEpoch: 1,
    epochs: [],
    decisive: { name: "m", smallerIsBetter },
    metrics: { m: fit },
    baseline: { m: base },
    baselineName: "base",
  };
}

describe("assertWorthPublishing", () => {
  it("lets pass what is at least as good as its baseline, either way round", () => {
    assertWorthPublishing(reportOf(0.8, 0.9, true));
    assertWorthPublishing(reportOf(0.3, 0.2, false));
    assertWorthPublishing(reportOf(0.2, 0.2, false));
    assertWorthPublishing(undefined);
  });

  it("refuses what is worse, or no number, and says both figures", () => {
    assert.throws(
      () => assertWorthPublishing(reportOf(0.95, 0.9, true)),
      /m is 0\.9500, that of the baseline 0\.9000/,
    );
    assert.throws(() => assertWorthPublishing(reportOf(0.1, 0.2, false)), /--force/);
    assert.throws(() => assertWorthPublishing(reportOf(NaN, 0.2, false)), /NaN/);
  });

  it("does not decide on a handful of interactions", () => {
    assertWorthPublishing(reportOf(0.95, 0.9, true, 20));
  });
});
