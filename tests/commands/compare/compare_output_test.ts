import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  bytesText,
  compareDocument,
  compareTable,
  delaysText,
  eventsText,
  liveLines,
  metricText,
  notesOf,
  spreadText,
} from "../../../src/commands/compare/compare_output.ts";
import { Comparison } from "../../../src/online/compare_run.ts";
import { summarize } from "../../../src/online/compare_summary.ts";
import { comparedResults } from "../compared_results.ts";

const shown = { stream: "friedman-drift", metrics: ["mae", "rmse"], seed: 4 } as const;

describe("compareTable", () => {
  it("has the models in order of rank, with what happened at each change", () => {
    const lines = compareTable(summarize(comparedResults(1), "mae"), shown).split("\n").filter((line) =>
      line.includes("│")
    );
    const cells = lines.map((line) => line.split("│").slice(1, -1).map((cell) => cell.trim()));
    assert.deepEqual(cells, [
      ["rank", "model", "mae", "rmse", "recovery", "delay adwin", "false", "events/s", "state"],
      ["1", "good", "1.0000", "1.5000", "200, 100", "30, 40", "0", "2,000", "100 B"],
      ["2", "./own.ts", "2.0000", "3.0000", "-, 100", "-, 40", "1", "1,000", "?"],
    ]);
  });

  it("counts alarms where nothing changes, and shows spreads over seeds", () => {
    const still = comparedResults(2).map((one) => ({ ...one, truth: [] }));
    const text = compareTable(summarize(still, "mae"), shown);
    assert.match(text, /│ alarms adwin │/);
    assert.match(text, /│ 1\.500 \(1\.000-2\.000\) │/);
  });
});

describe("notesOf", () => {
  it("says what was compared, the truth, who gave up, and where the curves are", () => {
    const results = comparedResults(1);
    const [{ contestants: [good, own] }] = results, failure = { event: 12, message: "it threw" };
    const summary = summarize([{
      ...results[0],
      contestants: [{ ...good, refused: 3, refusal: "torn" }, { ...own, failure }],
    }], "mae");
    assert.deepEqual(notesOf(summary, shown, "page.html"), [
      "1,200 observations of friedman-drift; ranked by mae, less is better.",
      "The concept: a from 0, b from 400, c from 800 to 900.",
      "good refused 3 observations, the first one: torn",
      "./own.ts gave up after 12 observations: it threw",
      "The curves are in page.html.",
    ]);
  });
});

describe("compareDocument", () => {
  it("is the document of the interface", () => {
    const results = comparedResults(1), document = compareDocument(summarize(results, "mae"), results, shown);
    assert.deepEqual(Object.keys(document), ["stream", "events", "seed", "truth", "models"]);
    const [good, own] = document.models;
    assert.deepEqual(good, {
      model: "good",
      rank: 1,
      events: 1200,
      metrics: { mae: 1, rmse: 1.5 },
      drifts: [{ event: 430, detector: "adwin", isRise: true }, {
        event: 840,
        detector: "adwin",
        isRise: true,
      }],
      eventsPerSecond: 2000,
      refused: 0,
      stateBytes: 100,
      detectionDelay: 35,
      detection: [{ detector: "adwin", delays: [30, 40], missed: 0, falseAlarms: 0 }],
      recovery: [200, 100],
    });
    assert.deepEqual([own.stateBytes, own.recovery, own.detectionDelay], [null, [null, 100], 40]);
    assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
  });

  it("has the runs of several seeds, and the spread", () => {
    const results = comparedResults(2), document = compareDocument(summarize(results, "mae"), results, shown);
    const [good] = document.models as unknown as {
      spread: object;
      runs: { seed: number; metrics: object }[];
    }[];
    assert.equal((document as { seeds?: number }).seeds, 2);
    assert.deepEqual(good.spread, { mae: [1, 2], rmse: [1.5, 1.5] });
    assert.deepEqual(good.runs.map(({ seed, metrics }) => [seed, metrics]), [[4, { mae: 1, rmse: 1.5 }], [5, {
      mae: 2,
      rmse: 1.5,
    }]]);
  });
});

describe("liveLines", () => {
  it("prints a line each time, for people or machines", () => {
    for (const json of [false, true]) {
      const printed: string[] = [];
      const live = liveLines({ json, every: 4, seedCount: 1, print: (line) => void printed.push(line) });
      const comparison = new Comparison({
        contestants: [{
          label: "zero",
          model: {
            task: "regression",
            predictOne: () => 0,
            learnOne: () => {},
            save: () => 0,
            load: () => {},
          },
        }],
        metrics: ["mae"],
        span: { kind: "all" },
        detectors: [],
        seed: 1,
        blockCount: 2,
        nowMs: () => 0,
      });
      for (let k = 1; k <= 9; k++) {
        comparison.take([{ line: k, observation: { features: {}, target: 3 } }]);
        live.show(comparison, 9);
      }
      live.end();
      assert.deepEqual(
        printed,
        json
          ? [
            '{"event":4,"models":[{"model":"zero","block":3}]}',
            '{"event":8,"models":[{"model":"zero","block":3}]}',
          ]
          : ["4/9: zero 3.000", "8/9: zero 3.000"],
      );
    }
  });
});

describe("metricText", () => {
  it("says nothing about a model that gave up", () => {
    const [good] = summarize(comparedResults(2), "mae").models;
    assert.equal(metricText(good, "mae", true), "1.500 (1.000-2.000)");
    assert.equal(metricText(good, "mae", false), "1.5000");
    assert.equal(metricText({ ...good, failure: { event: 1, message: "diverged" } }, "mae", false), "-");
  });
});

describe("texts", () => {
  it("say what is there, and what is not", () => {
    assert.equal(eventsText([12.5, undefined, 7]), "13, -, 7");
    assert.equal(spreadText(undefined), "-");
    const found = { median: 96.5, low: 90, high: 100 };
    const detection = {
      detector: "adwin",
      delays: [found, found, undefined],
      foundCounts: [5, 3, 0],
      missed: 7,
      falseAlarms: 0,
    };
    assert.equal(delaysText(detection, 5), "97, 97 (3/5), -");
    assert.deepEqual([909, 12_345, 12_345_678].map(bytesText), ["909 B", "12 kB", "12 MB"]);
  });
});
