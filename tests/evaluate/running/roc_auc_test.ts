import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RocAuc } from "../../../src/evaluate/running/roc_auc.ts";
import type { Outcome } from "../../../src/evaluate/running/running_metric.ts";
import { pairwiseAuc } from "../../reference/roc_auc.ts";
import { binaryOutcomes } from "./outcomes.ts";

function aucOf(outcomes: readonly Outcome[], keep = 1): RocAuc {
  const auc = new RocAuc();
  for (const outcome of outcomes) auc.add(outcome, keep);
  return auc;
}

function pairsOf(outcomes: readonly Outcome[], keep = 1) {
  return outcomes.map(({ truth, probabilities }, k) => ({
    positive: truth === true,
    score: probabilities!.get(true)!,
    weight: keep ** (outcomes.length - 1 - k),
  }));
}

describe("RocAuc", () => {
  it("has the value of the example in scikit-learn's documentation", () => {
    // roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.75
    const scores = [[0, 0.1], [0, 0.4], [1, 0.35], [1, 0.8]];
    const outcomes = scores.map(([truth, p]) => ({
      truth,
      prediction: 0,
      probabilities: new Map([[0, 1 - p], [1, p]]),
    }));
    assert.equal(aucOf(outcomes).value(), 0.75);
    assert.equal(aucOf(outcomes.toReversed()).value(), 0.75);
  });

  it("is the share of pairs in order, with many ties, whichever label comes first", () => {
    const outcomes = binaryOutcomes(700, 1);
    const expected = pairwiseAuc(pairsOf(outcomes));
    assert.ok(Math.abs(aucOf(outcomes).value() - expected) < 1e-12);
    assert.ok(expected > 0.7 && expected < 0.95);
  });

  it("fades: a pair weighs what both of it weigh", () => {
    const outcomes = binaryOutcomes(300, 2);
    for (const keep of [0.99, 0.8]) {
      const expected = pairwiseAuc(pairsOf(outcomes, keep));
      assert.ok(Math.abs(aucOf(outcomes, keep).value() - expected) < 1e-9, `keep ${keep}`);
    }
  });

  it("forgets what has faded away, so that memory stays bounded", () => {
    const auc = aucOf(binaryOutcomes(20_000, 3), 0.9);
    const { scores } = auc.save() as { scores: Float64Array };
    // 0.9^263 < 1e-12
    assert.ok(scores.length <= 264, `${scores.length} kept`);
  });

  it("is not defined with one class or with three", () => {
    const [one] = binaryOutcomes(1, 4);
    assert.ok(Number.isNaN(new RocAuc().value()));
    assert.ok(Number.isNaN(aucOf([one, one]).value()));
    const three = ["a", "b", "c"].map((truth) => ({ truth, prediction: "a", probabilities: new Map() }));
    assert.ok(Number.isNaN(aucOf(three).value()));
  });

  it("comes back from its state", () => {
    const outcomes = binaryOutcomes(500, 5);
    const whole = aucOf(outcomes, 0.999), first = aucOf(outcomes.slice(0, 300), 0.999), second = new RocAuc();
    second.load(first.save());
    for (const outcome of outcomes.slice(300)) second.add(outcome, 0.999);
    assert.equal(second.value(), whole.value());
    assert.deepEqual(second.save(), whole.save());
  });
});
