import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { ComparisonResult, ContestantResult } from "../../src/online/compare_run.ts";
import { medianOf, spreadOf, summarize } from "../../src/online/compare_summary.ts";

function contestant(label: string, mae: number, more: Partial<ContestantResult> = {}): ContestantResult {
  const ends = [100, 200, 300, 400, 500, 600, 700, 800];
  return {
    label,
    events: 800,
    metrics: { mae },
    curve: { ends, values: [mae, mae, mae, mae, 9, mae, mae, mae] },
    alarms: [{ detector: "adwin", alarms: [{ event: 430, since: 100, isRise: true }] }],
    refused: 0,
    eventsPerSecond: 1000,
    stateBytes: 50,
    ...more,
  };
}

function resultOf(...contestants: ContestantResult[]): ComparisonResult {
  const truth = [{ event: 0, concept: "a" }, { event: 400, concept: "b" }];
  return { events: 800, task: "regression", truth, contestants };
}

describe("summarize", () => {
  it("gives medians over seeds, with the least and the greatest", () => {
    const { seedCount, changes, models: [model] } = summarize(
      [3, 1, 2].map((mae) => resultOf(contestant("m", mae))),
      "mae",
    );
    assert.deepEqual([seedCount, changes.length], [3, 1]);
    assert.deepEqual(model.metrics.mae, { median: 2, low: 1, high: 3 });
    assert.deepEqual(model.curve.values, [2, 2, 2, 2, 9, 2, 2, 2]);
    assert.deepEqual(model.recovery, [200]);
  });

  it("ranks by the first metric, equal ones alike, what gave up last", () => {
    const failure = { event: 3, message: "diverged" };
    const contestants = [
      contestant("b", 2),
      contestant("gave up", 0, { failure }),
      contestant("a", 1),
      contestant("also b", 2),
      contestant("unknown", 5, { metrics: {} }),
    ];
    const { models } = summarize([resultOf(...contestants)], "mae");
    assert.deepEqual(models.map(({ label, rank }) => [label, rank]), [
      ["b", 2],
      ["gave up", 4],
      ["a", 1],
      ["also b", 2],
      ["unknown", 4],
    ]);
    assert.deepEqual(models[1].failure, failure);
  });

  it("ranks the other way where more is better", () => {
    const of = (label: string, accuracy: number) => contestant(label, 0, { metrics: { accuracy } });
    const { models } = summarize([resultOf(of("worse", 0.6), of("better", 0.8))], "accuracy");
    assert.deepEqual(models.map(({ rank }) => rank), [2, 1]);
  });

  it("adds up what detectors found, missed and imagined", () => {
    const alarms = (...events: number[]) => ({
      alarms: [{
        detector: "adwin",
        alarms: events.map((event) => ({ event, since: event - 50, isRise: true })),
      }],
    });
    const results = [alarms(430), alarms(100, 440), alarms(300)].map((one) =>
      resultOf(contestant("m", 1, one))
    );
    const [{ detector, delays, missed, falseAlarms }] = summarize(results, "mae").models[0].detection;
    assert.equal(detector, "adwin");
    assert.deepEqual(delays, [{ median: 35, low: 30, high: 40 }]);
    assert.deepEqual([missed, falseAlarms], [1, 2]);
  });

  it("says no recovery where most seeds had none", () => {
    const never = { curve: { ends: [100, 200, 300, 400, 500, 600], values: [1, 1, 1, 1, 9, 9] } };
    const of = (...those: object[]) =>
      summarize(those.map((one) => resultOf(contestant("m", 1, one))), "mae").models[0].recovery;
    assert.deepEqual(of(never, never, {}), [undefined]);
    assert.deepEqual(of(never, {}, {}), [200]);
  });
});

describe("medianOf and spreadOf", () => {
  it("are those of the definition", () => {
    assert.equal(medianOf([5, 1, 3]), 3);
    assert.equal(medianOf([4, 1, 3, 2]), 2.5);
    assert.ok(Number.isNaN(medianOf([1, NaN])));
    assert.deepEqual(spreadOf([2, 1, 9]), { median: 2, low: 1, high: 9 });
  });
});
