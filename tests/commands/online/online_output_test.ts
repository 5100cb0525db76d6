import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  listDocument,
  listText,
  progressLine,
  runDocument,
  runTable,
} from "../../../src/commands/online/online_output.ts";
import { createMetric } from "../../../src/evaluate/running_metrics.ts";
import { REGISTRY } from "../../../src/online/registry.ts";
import { DETECTORS } from "../../../src/online/registry/detectors.ts";
import { OnlineRun } from "../../../src/online/run_online.ts";
import { makeModel } from "../../online/make_model.ts";

function smallRun(): OnlineRun {
  const run = new OnlineRun({ model: makeModel("last"), metrics: [createMetric("mae")], detectors: [] });
  run.take([4, 8].map((target, k) => ({ line: k + 1, observation: { features: {}, target } })));
  return run;
}

describe("the list of steps", () => {
  it("names every step, every parameter and every detector", () => {
    const text = listText(REGISTRY, DETECTORS);
    for (const { name, lesson, parameters } of [...REGISTRY, ...DETECTORS]) {
      assert.ok(text.includes(`  ${name}: ${lesson}`), name);
      for (const parameter of Object.keys(parameters)) {
        assert.ok(text.includes(`      ${parameter}: `), parameter);
      }
    }
    assert.ok(text.includes("(a number from 0 to 1000000, default 0.01)"));
  });

  it("is there for machines too", () => {
    const document = listDocument(REGISTRY, DETECTORS) as { steps: { name: string }[]; detectors: unknown[] };
    assert.deepEqual(document.steps.map(({ name }) => name), REGISTRY.map(({ name }) => name));
    assert.equal(document.detectors.length, DETECTORS.length);
  });
});

describe("what came out of a run", () => {
  it("is a document, a table, and a line", () => {
    const document = runDocument("last", smallRun(), 500, 2, 42);
    assert.deepEqual(document, {
      model: "last",
      events: 2,
      metrics: { mae: 4 },
      drifts: [],
      eventsPerSecond: 4,
      refused: 0,
      stateBytes: 42,
    });
    const drifts = Array.from({ length: 10 }, (_, k) => ({ event: 10 * k, detector: "adwin" }));
    const table = runTable({ ...document, drifts, refused: 3 });
    for (const text of ["mae", "4.000000", "drifts (adwin)", "70, ...", "refused lines", "42 bytes"]) {
      assert.ok(table.includes(text), text);
    }
    assert.equal(progressLine(smallRun()), "2 observations: mae 4.0000");
  });
});
