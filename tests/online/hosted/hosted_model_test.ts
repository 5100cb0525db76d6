import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../../src/domain/failure.ts";
import { decodeState, encodeState } from "../../../src/domain/state_tree.ts";
import { ProgressiveValidation } from "../../../src/evaluate/progressive_validation.ts";
import { createMetric } from "../../../src/evaluate/running_metrics.ts";
import { HostedModel } from "../../../src/online/hosted/hosted_model.ts";
import { NoSuchPrediction } from "../../../src/online/hosted/model_failures.ts";
import { OpenPredictions } from "../../../src/online/hosted/open_predictions.ts";
import { createDetector } from "../../../src/online/registry/detectors.ts";
import { makeModel } from "../make_model.ts";
import { labelledStream, sparseStream } from "../random_stream.ts";

function hosted(text: string, metrics: readonly ("mae" | "logLoss")[] = ["mae"], most = 1000): HostedModel {
  return new HostedModel({
    model: makeModel(text),
    metrics: metrics.map((name) => createMetric(name)),
    detectors: [createDetector("adwin", 1)],
    open: new OpenPredictions({ most, expireAfterMs: 1000 }),
  });
}

describe("HostedModel", () => {
  it("measures as progressive validation does, target by target and with delayed targets", () => {
    const observations = sparseStream(300, 5);
    for (const lag of [0, 13]) {
      const metric = createMetric("mae");
      const validation = new ProgressiveValidation(makeModel("scale | linear"), {
        metrics: [metric],
        delay: { kind: "events", amount: lag },
      });
      const model = hosted("scale | linear");
      for (const [i, { features, target }] of observations.entries()) {
        validation.observe({ features, target });
        if (i >= lag && lag > 0) model.learn({ id: `${i - lag}`, target: observations[i - lag].target }, i);
        if (lag === 0) model.learn({ features, target }, i);
        else model.predict(features, `${i}`, i);
      }
      validation.finish();
      for (let i = observations.length - lag; i < observations.length; i++) {
        model.learn({ id: `${i}`, target: observations[i].target }, 300);
      }
      assert.equal(model.figures(300).metrics.mae, metric.value());
      assert.equal(model.figures(300).learned, 300);
      assert.equal(model.figures(300).open, 0);
    }
  });

  it("answers the same id the same, whatever was learnt meanwhile, and counts it once", () => {
    const model = hosted("linear");
    const first = model.predict({ a: 1 }, "p", 0);
    model.learn({ features: { a: 1 }, target: 100 }, 1);
    assert.deepEqual(model.predict({ a: 1 }, "p", 2).prediction, first.prediction);
    assert.notEqual(model.predict({ a: 1 }, undefined, 2).prediction, first.prediction);
    assert.equal(model.figures(2).predicted, 2);
    assert.throws(() => model.predict({ a: 2 }, "p", 3), BadInput);
  });

  it("learns by id once, and not what it gave up or never made", () => {
    const model = hosted("linear", ["mae"], 1);
    model.predict({ a: 1 }, "p", 0);
    model.learn({ id: "p", target: 3 }, 1);
    for (const id of ["p", "never"]) assert.throws(() => model.learn({ id, target: 3 }, 1), NoSuchPrediction);
    model.predict({ a: 1 }, "q", 2);
    model.predict({ a: 1 }, "r", 3);
    assert.throws(() => model.learn({ id: "q", target: 3 }, 4), NoSuchPrediction);
    assert.throws(() => model.learn({ id: "r", target: 3 }, 1003), NoSuchPrediction);
    assert.deepEqual([model.figures(4).learned, model.figures(4).givenUp], [1, 2]);
  });

  it("learns nothing of what it refuses, and the id waits on", () => {
    const model = hosted("scale | linear");
    model.learn({ features: { a: 1 }, target: 2 }, 0);
    model.predict({ a: 5 }, "p", 1);
    const before = encodeState(model.save());
    assert.throws(() => model.learn({ id: "p", target: "text" }, 2), BadInput);
    assert.throws(() => model.learn({ features: { a: "text" }, target: 1 }, 2), BadInput);
    assert.deepEqual(encodeState(model.save()), before);
    model.learn({ id: "p", target: 2 }, 3);
    assert.equal(model.figures(3).learned, 2);
  });

  it("goes on from its state bit by bit, with what waits", () => {
    const observations = labelledStream(200, 4), whole = hosted("scale | logistic", ["logLoss"]);
    let parts = hosted("scale | logistic", ["logLoss"]);
    for (const [i, { features, target }] of observations.entries()) {
      for (const model of [whole, parts]) {
        model.predict(features, `${i}`, i);
        if (i >= 7) model.learn({ id: `${i - 7}`, target: observations[i - 7].target }, i);
        if (i % 3 === 0) model.learn({ features, target }, i);
      }
      if (i % 50 !== 20) continue;
      const next = hosted("scale | logistic", ["logLoss"]);
      next.load(decodeState(encodeState(parts.save())));
      parts = next;
    }
    assert.deepEqual(encodeState(parts.save()), encodeState(whole.save()));
    assert.ok(whole.figures(200).metrics.logLoss > 0);
    assert.equal(whole.figures(200).open, 7);
  });

  it("tells of changes of the function, after how many targets", () => {
    const model = hosted("scale | linear");
    for (let i = 0; i < 1200; i++) {
      const a = Math.sin(i);
      model.learn({ features: { a }, target: i < 600 ? 3 * a : 20 - 9 * a }, i);
    }
    const { drifts } = model.figures(0);
    assert.ok(drifts.some(({ learned, detector }) => detector === "adwin" && learned > 600 && learned < 700));
  });
});
