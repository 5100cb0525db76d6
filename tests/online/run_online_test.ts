import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { decodeState, encodeState } from "../../src/domain/state_tree.ts";
import { createMetric } from "../../src/evaluate/running_metrics.ts";
import { createDetector } from "../../src/online/registry/detectors.ts";
import { OnlineRun, type OnlineRunOptions } from "../../src/online/run_online.ts";
import type { ObservationLine } from "../../src/online/streams/read_observations.ts";
import { makeModel } from "./make_model.ts";
import { sparseStream } from "./random_stream.ts";

function linesOf(observations: readonly Observation[]): ObservationLine[] {
  return observations.map((observation, k) => ({ line: k + 2, observation }));
}

/** After the half the target's sign turns round. */
function turningStream(count: number): ObservationLine[] {
  return linesOf(
    sparseStream(count, 1, 1).map(({ features, target }, k) => ({
      features,
      target: k < count / 2 ? target : -(target as number),
    })),
  );
}

function runOf(options: Partial<OnlineRunOptions> = {}): OnlineRun {
  return new OnlineRun({
    model: makeModel("scale | linear"),
    metrics: [createMetric("mae"), createMetric("rmse", { kind: "rolling", size: 50 })],
    detectors: [createDetector("adwin", 1), createDetector("kswin", 1)],
    ...options,
  });
}

describe("OnlineRun", () => {
  it("measures before it learns, line by line", () => {
    const run = runOf({ model: makeModel("last"), metrics: [createMetric("mae")], detectors: [] });
    assert.equal(run.take(linesOf([4, 7, 5].map((target) => ({ features: {}, target })))), true);
    run.finish();
    // 0 for 4, 4 for 7, 7 for 5.
    assert.equal(run.metrics().mae, (4 + 3 + 2) / 3);
    assert.equal(run.count, 3);
    assert.equal(run.line, 4);
  });

  it("finds the place where the function turns", () => {
    const told: number[] = [];
    const run = runOf({
      detectors: [createDetector("adwin", 1)],
      onDrift: ({ event }) => void told.push(event),
    });
    run.take(turningStream(4000));
    const near = run.drifts.filter(({ event }) => event > 2000 && event <= 2200);
    assert.ok(near.length >= 1 && near[0].detector === "adwin", JSON.stringify(run.drifts));
    assert.deepEqual(told, run.drifts.map(({ event }) => event));
  });

  it("goes on bit by bit from its state, wherever it was stopped, with delayed targets too", () => {
    const lines = turningStream(600);
    for (const delay of [undefined, { kind: "events", amount: 20 } as const]) {
      const whole = runOf({ delay });
      whole.take(lines);
      for (const stop of [1, 250, 599]) {
        const first = runOf({ delay }), second = runOf({ delay });
        first.take(lines.slice(0, stop));
        second.load(decodeState(encodeState(first.save())));
        // A restart reads the stream from its beginning.
        second.take(lines);
        assert.deepEqual(encodeState(second.save()), encodeState(whole.save()));
        second.finish();
      }
    }
  });

  it("stops at its limit, over several batches and after a restart", () => {
    const lines = turningStream(100), run = runOf();
    assert.equal(run.take(lines.slice(0, 30), 50), true);
    assert.equal(run.take(lines, 50), false);
    assert.equal(run.count, 50);
    assert.equal(run.take(lines, 50), false);
    assert.equal(run.line, 51);
  });

  it("counts and passes over what cannot be read and what the model refuses", () => {
    const refused: [number, string][] = [];
    const run = runOf({ onRefused: ({ message }, line) => void refused.push([line, message]) });
    const good = turningStream(10);
    run.take([
      ...good.slice(0, 5),
      { line: 7, refusal: new BadInput("no JSON") },
      { line: 8, observation: { features: { a: "text" }, target: 1 } },
      { line: 9, observation: { features: { a: 1 }, target: "label" } },
      { line: 10, observation: { features: { a: 2 }, target: 1 } },
    ]);
    assert.deepEqual(refused.map(([line]) => line), [7, 8, 9]);
    assert.match(refused[1][1], /the text "text"/);
    assert.equal(run.refusedCount, 3);
    assert.equal(run.count, 6);
  });

  it("watches wrong labels of a classification", () => {
    const run = runOf({
      model: makeModel("perceptron"),
      metrics: [createMetric("accuracy")],
      detectors: [createDetector("ddm", 1)],
    });
    const lines = linesOf(Array.from({ length: 800 }, (_, k) => {
      const a = Math.sin(k);
      return { features: { a }, target: a > 0 === k < 400 };
    }));
    run.take(lines);
    assert.ok(run.drifts.some(({ event }) => event > 400 && event < 430), JSON.stringify(run.drifts));
  });

  it("leaves out metrics that are not defined", () => {
    assert.deepEqual(runOf({ metrics: [createMetric("mae"), createMetric("r2")] }).metrics(), {});
  });
});
