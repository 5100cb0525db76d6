import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import type { Features, Observation, OnlineModel, Target } from "../../src/domain/observation.ts";
import { decodeState, encodeState } from "../../src/domain/state_tree.ts";
import { type Delay, ProgressiveValidation } from "../../src/evaluate/progressive_validation.ts";
import { createMetric } from "../../src/evaluate/running_metrics.ts";

/** Predicts the last target learnt, and writes down what it was asked and taught. */
class Diary implements OnlineModel {
  readonly lines: string[] = [];
  last?: Target;

  predictOne({ t }: Features): Target | undefined {
    this.lines.push(`ask ${t}`);
    return this.last;
  }

  learnOne({ t }: Features, target: Target): void {
    if (target === "wrong") throw new BadInput("wrong");
    this.lines.push(`teach ${t}`);
    this.last = target;
  }
}

function observationsOf(times: readonly number[]): Observation[] {
  return times.map((timeMs, t) => ({ features: { t }, target: 10 * t, timeMs }));
}

function run(delay: Delay | undefined, observations: readonly Observation[]) {
  const model = new Diary(), mae = createMetric("mae");
  const validation = new ProgressiveValidation(model, { metrics: [mae], delay });
  for (const observation of observations) validation.observe(observation);
  const pendingCount = validation.pendingCount;
  validation.finish();
  return { lines: model.lines.join(", "), pendingCount, mae: mae.value(), count: validation.count };
}

describe("ProgressiveValidation", () => {
  it("asks before it teaches", () => {
    const result = run(undefined, observationsOf([0, 0, 0]));
    assert.equal(result.lines, "ask 0, teach 0, ask 1, teach 1, ask 2, teach 2");
    // The first had no prediction; the others were 10 off.
    assert.deepEqual(result, { ...result, mae: 10, count: 3, pendingCount: 0 });
  });

  it("delays by a number of observations: each target is known when so many more have come", () => {
    const observations = observationsOf([0, 0, 0, 0]);
    assert.equal(run({ kind: "events", amount: 1 }, observations).lines, run(undefined, observations).lines);
    const result = run({ kind: "events", amount: 2 }, observations);
    assert.equal(result.lines, "ask 0, ask 1, teach 0, ask 2, teach 1, ask 3, teach 2, teach 3");
    assert.equal(result.pendingCount, 2);
    // Predictions: none, none, 0, 10 for 20 and 30.
    assert.equal(result.mae, 20);
  });

  it("delays by time: the trips of River's documentation", () => {
    // simulate_qa's departures at 20:00, :10, :20, :45, :50, :55; here all take 20 minutes.
    const minutes = [0, 10, 20, 45, 50, 55].map((minute) => 60_000 * minute);
    const { lines } = run({ kind: "ms", amount: 20 * 60_000 }, observationsOf(minutes));
    assert.equal(
      lines,
      "ask 0, ask 1, teach 0, ask 2, teach 1, teach 2, ask 3, ask 4, ask 5, teach 3, teach 4, teach 5",
    );
  });

  it("needs a time to delay by time", () => {
    const validation = new ProgressiveValidation(new Diary(), {
      metrics: [],
      delay: { kind: "ms", amount: 1 },
    });
    assert.throws(() => validation.observe({ features: {}, target: 1 }), BadInput);
  });

  it("goes on bit by bit from a saved state, with what was pending", () => {
    const observations = observationsOf([0, 1, 2, 3, 4, 5, 6, 7]);
    const delay: Delay = { kind: "events", amount: 3 };
    const whole = run(delay, observations);
    const model = new Diary(), mae = createMetric("mae");
    const first = new ProgressiveValidation(model, { metrics: [mae], delay });
    for (const observation of observations.slice(0, 5)) first.observe(observation);
    const second = new ProgressiveValidation(model, { metrics: [mae], delay });
    second.load(decodeState(encodeState(first.save())));
    assert.equal(second.pendingCount, 3);
    for (const observation of observations.slice(5)) second.observe(observation);
    second.finish();
    assert.equal(model.lines.join(", "), whole.lines);
    assert.equal(mae.value(), whole.mae);
    assert.equal(second.count, 8);
  });

  it("keeps the order of features through a checkpoint: it is the order of arithmetic", () => {
    const delay: Delay = { kind: "events", amount: 9 }, orders: string[] = [];
    const model: OnlineModel = {
      predictOne: () => 1,
      learnOne: (features) => void orders.push(Object.keys(features).join()),
    };
    const first = new ProgressiveValidation(model, { metrics: [], delay });
    first.observe({ features: { z: 1, a: 2, m: 3 }, target: 1 });
    const second = new ProgressiveValidation(model, { metrics: [], delay });
    second.load(decodeState(encodeState(first.save())));
    second.finish();
    assert.deepEqual(orders, ["z,a,m"]);
  });

  it("measures nothing of what the model refuses, and does not count it", () => {
    const mae = createMetric("mae"), model = new Diary();
    const validation = new ProgressiveValidation(model, { metrics: [mae] });
    validation.observe({ features: { t: 0 }, target: 5 });
    assert.throws(() => validation.observe({ features: { t: 1 }, target: "wrong" }), BadInput);
    assert.ok(Number.isNaN(mae.value()));
    assert.equal(validation.count, 1);
  });

  it("hands over a delayed observation that the model refuses, and goes on", () => {
    const refused: Target[] = [], model = new Diary(), mae = createMetric("mae");
    const validation = new ProgressiveValidation(model, {
      metrics: [mae],
      delay: { kind: "events", amount: 2 },
      onRefused: (_, { target }) => void refused.push(target),
    });
    for (const target of [1, "wrong", 3]) validation.observe({ features: { t: 0 }, target });
    validation.finish();
    assert.deepEqual(refused, ["wrong"]);
    assert.equal(model.last, 3);
  });

  it("asks for probabilities only where a metric needs them", () => {
    let asked = 0;
    const model: OnlineModel = {
      predictOne: () => true,
      learnOne: () => {},
      predictProbabilitiesOne: () => (asked++, new Map([[true, 0.8], [false, 0.2]])),
    };
    const observation: Observation = { features: {}, target: true };
    new ProgressiveValidation(model, { metrics: [createMetric("accuracy")] }).observe(observation);
    assert.equal(asked, 0);
    const loss = createMetric("logLoss");
    new ProgressiveValidation(model, { metrics: [loss] }).observe(observation);
    assert.equal(asked, 1);
    assert.ok(Math.abs(loss.value() + Math.log(0.8)) < 1e-15);
  });

  it("tells of each outcome in the order in which targets become known", () => {
    const told: string[] = [];
    const validation = new ProgressiveValidation(new Diary(), {
      metrics: [],
      delay: { kind: "events", amount: 2 },
      onOutcome: (outcome, { target }) => void told.push(`${target}: ${outcome?.prediction}`),
    });
    for (const observation of observationsOf([0, 0, 0])) validation.observe(observation);
    validation.finish();
    assert.deepEqual(told, ["0: undefined", "10: undefined", "20: 0"]);
  });

  it("holds no more than what is pending, however long the stream", () => {
    const model: OnlineModel = { predictOne: () => 1, learnOne: () => {} };
    const validation = new ProgressiveValidation(model, {
      metrics: [],
      delay: { kind: "events", amount: 10 },
    });
    for (let t = 0; t < 20_000; t++) validation.observe({ features: { t }, target: 1 });
    assert.equal(validation.pendingCount, 10);
    assert.ok(encodeState(validation.save()).length < 5000);
  });
});
