import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { absoluteError, MeanFigure } from "../../../src/evaluate/running/mean_figure.ts";
import { RocAuc } from "../../../src/evaluate/running/roc_auc.ts";
import { Rolling } from "../../../src/evaluate/running/rolling.ts";
import { binaryOutcomes, numericOutcomes } from "./outcomes.ts";

const mae = () => new Rolling(10, () => new MeanFigure(absoluteError));

describe("Rolling", () => {
  it("knows the last outcomes only, from the first on", () => {
    const rolling = mae(), outcomes = numericOutcomes(35, 1);
    outcomes.forEach((outcome, k) => {
      rolling.add(outcome);
      const last = outcomes.slice(Math.max(0, k - 9), k + 1).map(absoluteError);
      const expected = last.reduce((sum, error) => sum + error, 0) / last.length;
      assert.ok(Math.abs(rolling.value() - expected) < 1e-12, `after ${k + 1}`);
    });
  });

  it("leaves no trace of a great value that has left the window", () => {
    const rolling = mae();
    rolling.add({ truth: 1e30, prediction: 0 });
    for (let k = 0; k < 10; k++) rolling.add({ truth: 0.1, prediction: 0 });
    assert.equal(rolling.value(), 0.1);
  });

  it("comes back from its state, with probabilities", () => {
    const make = () => new Rolling(20, () => new RocAuc());
    const first = make(), second = make(), outcomes = binaryOutcomes(70, 2);
    for (const outcome of outcomes.slice(0, 50)) first.add(outcome);
    second.load(first.save());
    for (const outcome of outcomes.slice(50)) first.add(outcome), second.add(outcome);
    assert.equal(second.value(), first.value());
    assert.deepEqual(second.save(), first.save());
  });
});
