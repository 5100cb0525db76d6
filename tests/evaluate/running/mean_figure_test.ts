import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  absoluteError,
  hit,
  MeanFigure,
  negativeLogProbability,
  squaredError,
} from "../../../src/evaluate/running/mean_figure.ts";
import { numericOutcomes } from "./outcomes.ts";

describe("MeanFigure", () => {
  it("is the mean, and its root", () => {
    const mae = new MeanFigure(absoluteError), rmse = new MeanFigure(squaredError, Math.sqrt);
    assert.ok(Number.isNaN(mae.value()));
    for (const [truth, prediction] of [[3, 2.5], [-0.5, 0], [2, 2], [7, 8]]) {
      mae.add({ truth, prediction }, 1), rmse.add({ truth, prediction }, 1);
    }
    // scikit-learn's documentation, mean_absolute_error: 0.5, mean_squared_error: 0.375.
    assert.equal(mae.value(), 0.5);
    assert.ok(Math.abs(rmse.value() - Math.sqrt(0.375)) < 1e-15);
  });

  it("fades to a weighted mean", () => {
    const outcomes = numericOutcomes(200, 1), keep = 0.95;
    const mae = new MeanFigure(absoluteError);
    let sum = 0, weights = 0;
    outcomes.forEach((outcome, k) => {
      mae.add(outcome, keep);
      const weight = keep ** (outcomes.length - 1 - k);
      sum += weight * absoluteError(outcome), weights += weight;
    });
    assert.ok(Math.abs(mae.value() - sum / weights) < 1e-12);
  });

  it("comes back from its state", () => {
    const first = new MeanFigure(hit), second = new MeanFigure(hit);
    first.add({ truth: "a", prediction: "a" }, 1);
    second.load(first.save());
    for (const one of [first, second]) one.add({ truth: "a", prediction: "b" }, 0.9);
    assert.equal(second.value(), first.value());
  });
});

describe("negativeLogProbability", () => {
  it("is -log p, bounded where p is 0 or the label was unknown", () => {
    const probabilities = new Map([["a", 0.9], ["b", 0.1], ["c", 0]]);
    const lossOf = (truth: string) => negativeLogProbability({ truth, prediction: "a", probabilities });
    assert.equal(lossOf("a"), -Math.log(0.9));
    assert.equal(lossOf("c"), -Math.log(1e-15));
    assert.equal(lossOf("d"), -Math.log(1e-15));
    assert.equal(negativeLogProbability({ truth: "a", prediction: "a" }), -Math.log(1e-15));
  });
});
