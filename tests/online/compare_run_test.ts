import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { NumericFailure } from "../../src/domain/failure.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { Comparison, type ComparisonOptions } from "../../src/online/compare_run.ts";
import { userModel } from "../../src/online/compare_user_model.ts";
import type { SavedModel } from "../../src/online/online_model.ts";
import type { ObservationLine } from "../../src/online/streams/read_observations.ts";
import { BadInput } from "../../src/domain/failure.ts";

/** Always predicts the same. */
function constant(value: number, task: "regression" | "classification" = "regression"): SavedModel {
  return { task, predictOne: () => value, learnOne: () => {}, save: () => value, load: () => {} };
}

function linesOf(
  targets: readonly number[],
  truth: Record<number, Observation["truth"]> = {},
): ObservationLine[] {
  return targets.map((target, i) => ({
    line: i + 1,
    observation: { features: { i }, target, ...(truth[i] ? { truth: truth[i] } : {}) },
  }));
}

function comparisonOf(models: Record<string, SavedModel>, more: Partial<ComparisonOptions> = {}): Comparison {
  let ms = 0;
  return new Comparison({
    contestants: Object.entries(models).map(([label, model]) => ({ label, model })),
    metrics: ["mae", "rmse"],
    span: { kind: "all" },
    detectors: [],
    seed: 1,
    blockCount: 4,
    nowMs: () => ms++,
    ...more,
  });
}

describe("Comparison", () => {
  it("measures each model on the same lines, over all and block by block", () => {
    const comparison = comparisonOf({ zero: constant(0), two: constant(2) });
    const targets = [1, 1, 1, 1, 3, 3, 3, 3, 5, 5];
    // In batches that do not fit the blocks.
    for (const [from, until] of [[0, 3], [3, 4], [4, 10]]) {
      comparison.take(linesOf(targets).slice(from, until));
    }
    const { events, contestants: [zero, two] } = comparison.finish();
    assert.equal(events, 10);
    assert.deepEqual(Object.keys(zero.metrics), ["mae", "rmse"]);
    assert.ok(Math.abs(zero.metrics.mae - 2.6) < 1e-12);
    assert.ok(Math.abs(zero.metrics.rmse - Math.sqrt((4 * 1 + 4 * 9 + 2 * 25) / 10)) < 1e-12);
    assert.deepEqual(zero.curve, { ends: [4, 8, 10], values: [1, 3, 5] });
    assert.deepEqual(two.curve.values, [1, 1, 3]);
    assert.ok(Math.abs(two.metrics.mae - 1.4) < 1e-12);
  });

  it("leaves out a last block that is less than half full", () => {
    const comparison = comparisonOf({ zero: constant(0) });
    comparison.take(linesOf([1, 1, 1, 1, 9]));
    assert.deepEqual(comparison.finish().contestants[0].curve.ends, [4]);
  });

  it("keeps the truth by its own count, as a stream may be entered in its middle", () => {
    const comparison = comparisonOf({ zero: constant(0) });
    comparison.take(linesOf([1, 1, 1], { 0: { event: 1000, concept: "a" } }));
    comparison.take(
      linesOf([1, 1, 1], { 2: { event: 1005, until: 1009, concept: "b" } }).map((one) => ({
        ...one,
        line: one.line + 3,
      })),
    );
    assert.deepEqual(comparison.finish().truth, [
      { event: 0, concept: "a" },
      { event: 5, until: 9, concept: "b" },
    ]);
  });

  it("lets a model that fails give up, and the others go on", () => {
    let count = 0;
    const failing = {
      ...constant(0),
      learnOne: () => {
        if (++count === 6) throw new NumericFailure("diverged");
      },
    };
    const throwing = userModel({ predictOne: () => NaN, learnOne: () => {} }, "m.ts", {
      task: "regression",
      seed: 1,
    });
    const comparison = comparisonOf({ zero: constant(0), failing, throwing });
    comparison.take(linesOf(Array(12).fill(1)));
    assert.ok(comparison.goesOn);
    const [zero, first, second] = comparison.finish().contestants;
    assert.equal(zero.events, 12);
    assert.deepEqual([first.failure, first.curve.values.slice(1)], [{ event: 5, message: "diverged" }, [
      NaN,
      NaN,
    ]]);
    assert.match(second.failure!.message, /predictOne of m.ts gave NaN/);
    assert.equal(second.stateBytes, undefined);
  });

  it("ends when no model is left", () => {
    const comparison = comparisonOf({
      throwing: userModel({ predictOne: () => NaN, learnOne: () => {} }, "m.ts", {
        task: "regression",
        seed: 1,
      }),
    });
    comparison.take(linesOf([1]));
    assert.equal(comparison.goesOn, false);
  });

  it("lets errors of the program itself through", () => {
    const broken = {
      ...constant(0),
      learnOne: () => {
        throw new TypeError("a bug");
      },
    };
    assert.throws(() => comparisonOf({ broken }).take(linesOf([1])), /a bug/);
  });

  it("counts lines that cannot be learnt", () => {
    const comparison = comparisonOf({ zero: constant(0) });
    comparison.take([...linesOf([1]), { line: 2, refusal: new BadInput("torn") }]);
    const { events, contestants: [zero] } = comparison.finish();
    assert.deepEqual([events, zero.events, zero.refused, zero.refusal], [2, 1, 1, "torn"]);
  });

  it("gives each model detectors of its own, and counts its time by the clock handed in", () => {
    const targets = Array.from({ length: 4000 }, (_, i) => i < 2000 ? (i % 2) : 5 + (i % 2));
    const comparison = comparisonOf({ zero: constant(0), right: constant(3) }, {
      detectors: ["adwin", "page-hinkley"],
      blockCount: 4000,
    });
    comparison.take(linesOf(targets));
    const { contestants: [zero, right] } = comparison.finish();
    assert.deepEqual(zero.alarms.map(({ detector }) => detector), ["adwin", "page-hinkley"]);
    assert.ok(zero.alarms[0].alarms.some(({ event, isRise }) => event > 2000 && event < 2100 && isRise));
    // The errors of "right" stay the same: |3 - {0, 1}| and |3 - {5, 6}| both are 2 or 3.
    assert.deepEqual(right.alarms[0].alarms, []);
    assert.equal(zero.eventsPerSecond, 4000 * 1000);
  });

  it("refuses models of two tasks", () => {
    assert.throws(
      () => comparisonOf({ zero: constant(0), label: constant(0, "classification") }),
      /comparing 'zero', a regression, with 'label', a classification/,
    );
  });

  it("shows the newest block while it runs", () => {
    const comparison = comparisonOf({ zero: constant(0) });
    comparison.take(linesOf([1, 1, 1]));
    assert.deepEqual(comparison.latest(), [{ label: "zero", value: NaN }]);
    comparison.take(linesOf([1, 1, 1, 5]).slice(3).map((one) => ({ ...one, line: 4 })));
    assert.deepEqual(comparison.latest(), [{ label: "zero", value: 2 }]);
    assert.equal(comparison.count, 4);
  });
});
