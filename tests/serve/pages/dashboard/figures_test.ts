import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { FIGURES_SCRIPT } from "../../../../src/serve/pages/dashboard/figures.ts";

const NAMES = [
  "readMessages",
  "figureRows",
  "gainText",
  "measuredText",
  "newMarks",
  "learnerText",
  "addPoint",
]
  .concat([
    "frameOf",
    "linePath",
    "curveText",
    "metricsText",
    "jobText",
    "erasedText",
    "problemText",
    "duration",
  ])
  .concat(["fixed", "driftText"]);

// deno-lint-ignore no-explicit-any
const figures: Record<string, (...values: any[]) => any> = new Function(
  `"use strict";${FIGURES_SCRIPT};return {${NAMES.join()}}`,
)();
const { readMessages, figureRows, gainText, newMarks, addPoint, frameOf, linePath, jobText } = figures;

const points = (...values: (number | undefined)[]) => values.map((value, t) => ({ t, values: [value] }));
const learner = (change = {}) => ({
  generation: "g1",
  driftCount: 0,
  drifts: [] as unknown[],
  window: { rankedEvents: 0, ratedEvents: 0 },
  total: { rankedEvents: 0, ratedEvents: 0 },
  ...change,
});
const drift = (offset: number) => ({ detector: "adwin", figure: "recallAt10", offset });

describe("messages of a stream", () => {
  it("are read whole, wherever the text was cut", () => {
    const text = 'event: state\ndata: {"a":1}\n\n: a comment\n\ndata: {"a":\ndata: 2}\n\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const first = readMessages(text.slice(0, cut)), second = readMessages(first.rest + text.slice(cut));
      assert.deepEqual([...first.messages, ...second.messages], [{ a: 1 }, { a: 2 }]);
      assert.equal(second.rest, "");
    }
  });
});

describe("figures of the learner", () => {
  it("stand beside what is popular, with the gain of the window", () => {
    const window = { recallAt10: 0.15, popularRecallAt10: 0.1, rmse: 0.9, baselineRmse: 1 };
    const total = { recallAt10: 0.12, popularRecallAt10: 0.1, rmse: 0.95, baselineRmse: 1 };
    const [recall, rmse, ...more] = figureRows({ window, total });
    assert.deepEqual(more, []);
    assert.deepEqual([recall.window, recall.total], [[0.15, 0.1], [0.12, 0.1]]);
    assert.equal(gainText(recall), "50 % better");
    assert.equal(gainText(rmse), "10 % better");
    const worse = figureRows({ window: { rmse: 1.1, baselineRmse: 1 }, total: {} });
    assert.equal(gainText(worse[0]), "10 % worse");
  });

  it("are of the total while the window is empty, and say nothing of what is zero", () => {
    const [row] = figureRows({ window: {}, total: { recallAt10: 0.2, popularRecallAt10: 0.1 } });
    assert.equal(gainText(row), "100 % better");
    const [none] = figureRows({ window: {}, total: { recallAt10: 0, popularRecallAt10: 0 } });
    assert.equal(gainText(none), "");
    assert.deepEqual(figureRows({ window: {}, total: {} }), []);
  });

  it("say how much was measured", () => {
    const { measuredText } = figures;
    assert.match(measuredText(learner()), /^No event was measured yet/);
    const some = {
      window: { rankedEvents: 5, ratedEvents: 0 },
      total: { rankedEvents: 1200, ratedEvents: 0 },
    };
    assert.match(measuredText(some), /^1,200 events were looked for in lists \(5 in the window\), each/);
  });

  it("say how far behind they are", () => {
    const { learnerText } = figures;
    const now = { appliedOffset: 1200, logEnd: 1200, lagEvents: 0, lagMs: 0, learner: null };
    assert.match(learnerText(now), /^Nothing is waiting: all 1,200 records/);
    const documents = { waiting: 3, lagMs: 1500, refreshed: 40 };
    const behind = {
      ...now,
      logEnd: 1300,
      lagEvents: 100,
      lagMs: 250,
      learner: { documents, numericFailures: 2 },
    };
    assert.equal(
      learnerText(behind),
      "100 records of the log are not applied yet, the oldest for 250 ms; applied are 1,200. Stored lists: 3 to be made " +
        "anew, the oldest for 1.5 s; 40 were. 2 rows stayed as they were because their solution was not finite.",
    );
  });
});

describe("marks", () => {
  it("are what is new since the last message", () => {
    assert.deepEqual(newMarks(undefined, learner({ driftCount: 1, drifts: [drift(5)] })), []);
    const before = learner({ driftCount: 1, drifts: [drift(5)] });
    assert.deepEqual(newMarks(before, before), []);
    const [mark, ...more] = newMarks(before, learner({ driftCount: 2, drifts: [drift(5), drift(1900)] }));
    assert.deepEqual(more, []);
    assert.equal(mark.kind, "drift");
    assert.equal(mark.text, "adwin saw hits among the first ten change at event 1,900");
  });

  it("are no more than the drifts that are told, and none when the count falls", () => {
    const many = learner({ driftCount: 30, drifts: [drift(1), drift(2)] });
    assert.equal(newMarks(learner(), many).length, 2);
    assert.deepEqual(newMarks(many, learner()), []);
  });

  it("tell a new generation, whose drifts are its own", () => {
    const next = learner({ generation: "g2", driftCount: 3, drifts: [drift(1)] });
    assert.deepEqual(newMarks(learner(), next), [{ kind: "generation", text: "generation g2" }]);
  });
});

describe("curves", () => {
  it("go from the first point to the last, the greatest value on top", () => {
    const three = points(1, 3, 2), frame = frameOf(three);
    assert.deepEqual([frame.from, frame.to, frame.least, frame.most], [0, 2, 1, 3]);
    // Without air the values lie at the bottom, on top, and in the middle.
    assert.equal(linePath(three, { ...frame, low: 1, high: 3 }, 0, 100, 10), "M0.0 10.0L50.0 0.0L100.0 5.0");
  });

  it("stop where nothing is known", () => {
    const gap = points(1, undefined, 2, NaN, 1), frame = { ...frameOf(gap), low: 1, high: 2 };
    assert.equal(linePath(gap, frame, 0, 100, 10), "M0.0 10.0M50.0 0.0M100.0 10.0");
    assert.equal(frameOf(points(undefined, Infinity)), undefined);
    assert.equal(frameOf([]), undefined);
  });

  it("put a flat line in the middle, also a single point and zeros", () => {
    for (const flat of [points(0, 0), points(7), points(-3, -3)]) {
      const path = linePath(flat, frameOf(flat), 0, 100, 10);
      const heights = [...path.matchAll(/ (\S+?)(?=L|M|$)/g)].map((match) => Number(match[1]));
      assert.deepEqual(new Set(heights), new Set([5]));
    }
  });

  it("keep the first time and the last points, however long they grow", () => {
    const kept: { t: number; values: number[] }[] = [];
    for (let t = 0; t < 100_000; t++) {
      addPoint(kept, { t, values: [t] });
      assert.ok(kept.length <= 720);
    }
    assert.equal(kept.at(-1)!.t, 99_999);
    assert.ok(kept.length >= 360 && kept[0].t === 0);
    assert.ok(kept.every((point, i) => i === 0 || point.t > kept[i - 1].t));
  });

  it("are told in words", () => {
    const { curveText } = figures;
    assert.equal(curveText("rmse", ["live"], []), "rmse: nothing measured yet");
    const two = [{ t: 0, values: [0.5, 0.25] }, { t: 3000, values: [1, 0.75] }];
    assert.equal(
      curveText("rmse", ["live", "beside"], two),
      "rmse: live 1.0000, beside 0.7500; between 0.2500 and 1.0000 in 3 s",
    );
  });
});

describe("words", () => {
  const startedAt = "2026-03-01T12:00:00.000Z", endedAt = "2026-03-01T12:00:12.500Z";

  it("tell a training", () => {
    const running = { state: "running", startedAt };
    assert.equal(jobText(running, endedAt), "Training: starting, 12.5 s.");
    assert.equal(
      jobText({ ...running, phase: "fit", progress: 0.404 }, endedAt),
      "Training: fit 40 %, 12.5 s.",
    );
    // The clock of the reader may be behind.
    assert.equal(jobText(running, "2026-03-01T11:00:00.000Z"), "Training: starting, 0 ms.");
    const result = { generation: "g2", metrics: { rmse: 0.85 }, baseline: { rmse: 0.9 } };
    assert.equal(
      jobText({ state: "done", startedAt, endedAt, result }),
      "Trained in 12.5 s: generation g2; rmse 0.8500 (baseline 0.9000).",
    );
    assert.equal(
      jobText({ state: "failed", startedAt, endedAt, error: "no events" }),
      "The training failed after 12.5 s: no events",
    );
    assert.equal(
      jobText({ state: "cancelled", startedAt, endedAt }),
      "The training was cancelled after 12.5 s.",
    );
  });

  it("tell an erasure", () => {
    const erased = { events: 57, documents: 0, generations: [], influenceUntil: "the next generation" };
    assert.equal(
      figures.erasedText(erased),
      "Erased: 57 events, 0 stored lists, rows in no generation. What the user taught about items stays until the next generation.",
    );
  });

  it("tell a problem, whoever answered", () => {
    const { problemText } = figures;
    assert.equal(problemText(404, { title: "Not here", detail: "there is no x" }), "there is no x");
    assert.equal(problemText(404, { title: "Not here" }), "Not here");
    assert.equal(problemText(502, ""), "the server answered 502");
    assert.equal(problemText(502, "Bad Gateway"), "Bad Gateway");
    assert.equal(problemText(500, null), "the server answered 500");
  });

  it("give durations and values a fitting number of digits", () => {
    const { duration, fixed } = figures;
    const durations = [0, 999, 1500, 119_900, 120_000, 7_200_000].map((ms) => duration(ms));
    assert.deepEqual(durations, ["0 ms", "999 ms", "1.5 s", "119.9 s", "2 min", "2 h"]);
    assert.deepEqual([0.12345, 1234.56, undefined, NaN].map((x) => fixed(x)), [
      "0.1235",
      "1,234.6",
      "-",
      "-",
    ]);
  });
});
