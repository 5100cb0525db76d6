import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RSquared } from "../../../src/evaluate/running/r_squared.ts";
import { numericOutcomes } from "./outcomes.ts";

describe("RSquared", () => {
  it("has the value of scikit-learn's documentation", () => {
    // r2_score([3, -0.5, 2, 7], [2.5, 0.0, 2, 8]) = 0.948...
    const r2 = new RSquared();
    for (const [truth, prediction] of [[3, 2.5], [-0.5, 0], [2, 2], [7, 8]]) r2.add({ truth, prediction }, 1);
    assert.ok(Math.abs(r2.value() - 0.9486081370449679) < 1e-12);
  });

  it("fades: both sums are weighted, and so is the mean", () => {
    const outcomes = numericOutcomes(150, 2), keep = 0.97, r2 = new RSquared();
    const weights = outcomes.map((_, k) => keep ** (outcomes.length - 1 - k));
    for (const outcome of outcomes) r2.add(outcome, keep);
    const total = weights.reduce((sum, w) => sum + w, 0);
    const mean = outcomes.reduce((sum, { truth }, k) => sum + weights[k] * (truth as number), 0) / total;
    const sumOf = (f: (k: number) => number) =>
      outcomes.reduce((sum, _, k) => sum + weights[k] * f(k) ** 2, 0);
    const errors = sumOf((k) => (outcomes[k].truth as number) - (outcomes[k].prediction as number));
    const spread = sumOf((k) => (outcomes[k].truth as number) - mean);
    assert.ok(Math.abs(r2.value() - (1 - errors / spread)) < 1e-10);
  });

  it("is not defined while all targets are the same", () => {
    const r2 = new RSquared();
    for (const prediction of [1, 2]) r2.add({ truth: 5, prediction }, 1);
    assert.ok(Number.isNaN(r2.value()));
  });

  it("comes back from its state", () => {
    const first = new RSquared(), second = new RSquared();
    for (const outcome of numericOutcomes(10, 3)) first.add(outcome, 1);
    second.load(first.save());
    assert.equal(second.value(), first.value());
  });
});
