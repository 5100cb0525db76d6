import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  evaluationDocument,
  type EvaluationResult,
  evaluationTables,
  type NamedResult,
} from "../../../src/commands/evaluate/evaluate_output.ts";

const parameters = {
  feedback: "implicit",
  factorCount: 64,
  regularization: 0.006,
  biasRegularization: 5,
  unobservedWeight: 0.5,
  popularityExponent: 0.25,
  frequencyExponent: 1,
  confidenceScale: 1,
} as const;

/** A figure that two users move by ±spread: its standard error is spread·√2. */
const figure = (value: number, spread: number) => ({ value, influences: Float64Array.of(spread, -spread) });

function splitOf(name: string, ndcg: number, tuning?: NamedResult["tuning"]): NamedResult {
  return {
    name,
    plan: { parameters, epochCount: 7, reason: "" },
    trainCount: 1000,
    testCount: 200,
    epochMs: [],
    fitMs: 12.4,
    figures: { "ndcg@20": figure(ndcg, 0.01), "coverage@20": figure(0.4, NaN) },
    baseline: {
      name: "what is popular",
      figures: { "ndcg@20": figure(0.1, 0.01), "coverage@20": figure(0.01, NaN) },
    },
    tuning,
  };
}

function resultOf(splits: NamedResult[]): EvaluationResult {
  return { protocol: "implicit-lists", data: "somewhere", seed: 3, userCount: 50, itemCount: 40, splits };
}

const tuning: NamedResult["tuning"] = {
  metricName: "ndcg@20",
  trials: [
    {
      parameters: { regularization: 0.002, unobservedWeight: 0.1, popularityExponent: 0 },
      epochCount: 4,
      metric: 0.21,
      isChosen: false,
    },
    {
      parameters: { regularization: 0.006, unobservedWeight: 0.5, popularityExponent: 0 },
      epochCount: 7,
      metric: 0.25,
      isChosen: true,
    },
  ],
};

describe("evaluationDocument", () => {
  it("has each metric with its interval, null where it is not known, and can be written as JSON", () => {
    const document = JSON.parse(
      JSON.stringify(evaluationDocument(resultOf([splitOf("lists", 0.3, tuning)]))),
    );
    assert.equal(document.protocol, "implicit-lists");
    const { value, low, high } = document.metrics["ndcg@20"];
    assert.equal(value, 0.3);
    assert.ok(Math.abs(high - (0.3 + 1.959964 * 0.01 * Math.SQRT2)) < 1e-6);
    assert.ok(Math.abs(low + high - 0.6) < 1e-12);
    assert.deepEqual(document.metrics["coverage@20"], { value: 0.4, low: null, high: null });
    assert.equal(document.baseline.metrics["ndcg@20"].value, 0.1);
    assert.deepEqual(document.splits[0].tuning.trials.length, 2);
    assert.deepEqual([document.users, document.items, document.seed], [50, 40, 3]);
  });

  it("averages splits, and the errors of the same user with them", () => {
    const document = evaluationDocument(resultOf([splitOf("a", 0.3), splitOf("b", 0.5)])) as {
      metrics: Record<string, { value: number; high: number }>;
      splits: { name: string }[];
    };
    const { value, high } = document.metrics["ndcg@20"];
    assert.ok(Math.abs(value - 0.4) < 1e-12);
    // Both splits are wrong about the same users alike, so the mean is as uncertain as either.
    assert.ok(Math.abs(high - value - 1.959964 * 0.01 * Math.SQRT2) < 1e-6);
    assert.deepEqual(document.splits.map(({ name }) => name), ["a", "b"]);
  });
});

describe("evaluationTables", () => {
  it("shows trials, fits and metrics beside the baseline", () => {
    const text = evaluationTables(resultOf([splitOf("lists", 0.3, tuning)]));
    for (
      const part of [
        "2 trials",
        "chosen",
        "0.2500",
        "0.006",
        "1000",
        "ndcg@20",
        "0.3000",
        "what is popular",
        "0.1000",
      ]
    ) {
      assert.ok(text.includes(part), part);
    }
    assert.match(text, /coverage@20 +│ +0\.4000 │ +│ +0\.0100/);
    assert.doesNotMatch(text, /NaN/);
  });

  it("says of how many splits it is the mean", () => {
    const text = evaluationTables(resultOf([splitOf("u1", 0.3), splitOf("u2", 0.5)]));
    assert.match(text, /mean of 2 splits/);
    assert.match(text, /u1/);
    assert.match(text, /0\.4000/);
  });
});
