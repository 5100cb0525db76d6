import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import type { Task } from "../../src/domain/observation.ts";
import {
  createMetric,
  type MetricName,
  metricNames,
  type MetricSpan,
  parseMetricName,
} from "../../src/evaluate/running_metrics.ts";
import { binaryOutcomes, numericOutcomes } from "./running/outcomes.ts";

const SPANS: readonly MetricSpan[] = [
  { kind: "all" },
  { kind: "rolling", size: 40 },
  { kind: "fading", keep: 0.98 },
];

function outcomesOf(task: Task, count: number) {
  return task === "regression" ? numericOutcomes(count, 1) : binaryOutcomes(count, 1);
}

describe("createMetric", () => {
  for (const task of ["regression", "classification"] as const) {
    for (const name of metricNames(task)) {
      it(`makes ${name} over all, rolling and fading; each comes back from its state`, () => {
        const outcomes = outcomesOf(task, 120);
        for (const span of SPANS) {
          const whole = createMetric(name, span),
            first = createMetric(name, span),
            second = createMetric(name, span);
          assert.ok(Number.isNaN(whole.value()));
          for (const outcome of outcomes) whole.update(outcome);
          for (const outcome of outcomes.slice(0, 70)) first.update(outcome);
          second.load(first.save());
          for (const outcome of outcomes.slice(70)) second.update(outcome);
          assert.ok(Number.isFinite(whole.value()), span.kind);
          assert.equal(second.value(), whole.value());
        }
      });

      it(`makes ${name} such that its span matters, and perfect predictions have its best value`, () => {
        const values = SPANS.map((span) => {
          const metric = createMetric(name, span);
          for (const outcome of outcomesOf(task, 120)) metric.update(outcome);
          return metric.value();
        });
        assert.equal(new Set(values).size, SPANS.length);
        const perfect = createMetric(name);
        for (const { truth } of outcomesOf(task, 50)) {
          const probabilities = new Map([[truth, 1], [!truth, 0]]);
          perfect.update({ truth, prediction: truth, probabilities });
        }
        assert.equal(perfect.value() + 0, perfect.higherIsBetter ? 1 : 0);
      });
    }
  }

  it("says which metrics need probabilities", () => {
    const names = metricNames("classification").filter((name) => createMetric(name).needsProbabilities);
    assert.deepEqual(names, ["logLoss", "rocAuc"] satisfies MetricName[]);
  });

  it("refuses empty windows and what never fades", () => {
    for (const size of [0, 1.5, -1, Infinity]) {
      assert.throws(() => createMetric("mae", { kind: "rolling", size }), BadInput);
    }
    for (const keep of [0, 1, NaN]) {
      assert.throws(() => createMetric("mae", { kind: "fading", keep }), BadInput);
    }
  });
});

describe("parseMetricName", () => {
  it("accepts the names of the task and lists them otherwise", () => {
    assert.equal(parseMetricName("rmse", "regression"), "rmse");
    assert.throws(() => parseMetricName("rmse", "classification"), (error: Error) => {
      return error instanceof BadInput &&
        /"rmse" of a classification: accepted are accuracy, f1/.test(error.message);
    });
  });
});
