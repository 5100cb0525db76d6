import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Observation } from "../../src/domain/observation.ts";
import { encodeState } from "../../src/domain/state_tree.ts";
import { Adwin } from "../../src/evaluate/drift/adwin.ts";
import type { DriftDetector } from "../../src/evaluate/drift/drift_detector.ts";
import type { SavedModel } from "../../src/online/online_model.ts";
import { ResetOnDrift, type ResetOptions } from "../../src/online/reset_on_drift.ts";
import { Random } from "../../src/synthesize/random.ts";
import { makeModel } from "./make_model.ts";

/** Gives alarm at these numbers, counted from 1. */
function alarmsAt(...places: number[]): DriftDetector {
  let count = 0;
  return { name: "scripted", update: () => places.includes(++count), save: () => null, load: () => {} };
}

/** The target is 3 a - b, and from `drift` on -3 a + b + 20. */
function stream(count: number, drift: number, seed: number): Observation[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, (_, place) => {
    const a = random.normal(), b = random.normal(), noise = 0.3 * random.normal();
    return { features: { a, b }, target: (place < drift ? 3 * a - b : -3 * a + b + 20) + noise };
  });
}

function learnAll(model: SavedModel, observations: readonly Observation[]): void {
  for (const { features, target } of observations) model.learnOne(features, target);
}

function resetting(options: Partial<ResetOptions>, text = "linear"): ResetOnDrift {
  return new ResetOnDrift({
    make: () => makeModel(text),
    detector: new Adwin(),
    patience: 1000,
    ...options,
  });
}

/** The state of the model inside. */
function innerState(model: ResetOnDrift): Uint8Array {
  return encodeState((model.save() as unknown as { model: ReturnType<SavedModel["save"]> }).model);
}

function taught(observations: readonly Observation[], text = "linear"): Uint8Array {
  const model = makeModel(text);
  learnAll(model, observations);
  return encodeState(model.save());
}

describe("ResetOnDrift", () => {
  it("is the plain model until an alarm, then one that begins with that observation", () => {
    const observations = stream(300, 200, 1), model = resetting({ detector: alarmsAt(220) });
    learnAll(model, observations.slice(0, 219));
    assert.deepEqual(innerState(model), taught(observations.slice(0, 219)));
    learnAll(model, observations.slice(219));
    assert.deepEqual(innerState(model), taught(observations.slice(219)));
    assert.equal(model.resetCount, 1);
  });

  it("lets the model that began at the warning take over", () => {
    const observations = stream(300, 200, 2);
    const model = resetting({ detector: alarmsAt(230), warning: alarmsAt(210, 220) });
    learnAll(model, observations);
    assert.deepEqual(innerState(model), taught(observations.slice(209)), "the first warning counts");
  });

  it("gives a second model up when no drift comes", () => {
    const observations = stream(300, 200, 3);
    const model = resetting({ detector: alarmsAt(250), warning: alarmsAt(205), patience: 30 });
    learnAll(model, observations);
    assert.deepEqual(innerState(model), taught(observations.slice(249)));
  });

  it("does not mind a model that gets better", () => {
    // Errors fall from about 20 to 0.3 while it learns: ADWIN gives alarm, rightly.
    const observations = stream(2000, 0, 4), adwin = new Adwin();
    let alarms = 0;
    const detector: DriftDetector = {
      name: "adwin",
      update: (value) => adwin.update(value) && ++alarms > 0,
      save: () => adwin.save(),
      load: (state) => adwin.load(state),
    };
    const model = resetting({ detector });
    learnAll(model, observations);
    assert.ok(alarms > 0);
    assert.equal(model.resetCount, 0);
    assert.deepEqual(innerState(model), taught(observations));
  });

  it("recovers sooner than the plain model", () => {
    const text = "tree";
    for (let seed = 1; seed <= 3; seed++) {
      const observations = stream(4000, 2000, seed), model = resetting({}, text), plain = makeModel(text);
      const errors = [0, 0];
      observations.forEach(({ features, target }, place) => {
        [model, plain].forEach((one, m) => {
          if (place >= 2000) errors[m] += Math.abs((one.predictOne(features) as number) - (target as number));
          one.learnOne(features, target);
        });
      });
      assert.ok(errors[0] < 0.8 * errors[1], `seed ${seed}: ${errors}`);
      assert.ok(model.resetCount >= 1 && model.resetCount <= 3, `${model.resetCount} resets`);
    }
  });

  it("counts wrong labels of a classification, and passes probabilities on", () => {
    const observations = stream(600, 300, 5).map(({ features, target }) => ({
      features,
      target: (features.a as number) > 0 === (target as number) < 10 ? "yes" : "no",
    }));
    const model = resetting({}, "logistic");
    learnAll(model, observations);
    assert.equal(model.task, "classification");
    assert.ok(model.resetCount >= 1);
    assert.equal(model.predictProbabilitiesOne!({ a: 1, b: 0 }).size, 2);
    assert.equal(resetting({}).predictProbabilitiesOne, undefined);
  });
});
