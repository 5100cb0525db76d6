import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { commandLines, reportDocument, reportText } from "../../../src/commands/generate/generate_output.ts";

const report = {
  to: "sea.csv",
  function: "sea",
  seed: 3,
  from: 100,
  count: 50,
  truth: [{ event: 120, concept: "sum above 9" }, { event: 130, until: 140, concept: "sum above 7" }],
  ms: 25,
};

describe("reportDocument", () => {
  it("says what was made, and where it goes on", () => {
    assert.deepEqual(reportDocument(report), {
      to: "sea.csv",
      function: "sea",
      seed: 3,
      from: 100,
      events: 50,
      next: 150,
      truth: report.truth,
      eventsPerSecond: 2000,
    });
  });
});

describe("reportText", () => {
  it("says the same to people", () => {
    assert.equal(
      reportText(report),
      "50 observations of sea, seed 3, in 0.0 s: sea.csv\n  from 120 on: sum above 9\n" +
        "  from 130 to 140 more and more: sum above 7\nThe next position is 150 (--from, or --continue).",
    );
    const many = Array.from({ length: 20 }, (_, event) => ({ event, concept: "x" }));
    assert.match(
      reportText({ ...report, to: "-", truth: many }),
      /standard output\n(.*\n){8} {2}and 12 changes more\n/,
    );
  });
});

describe("commandLines", () => {
  it("gives lines, wherever they are cut", async () => {
    const chunks = ["sto", "rm\nca", "lm\r\n\n", "fog"].map((text) => new TextEncoder().encode(text));
    assert.deepEqual(await Array.fromAsync(commandLines(ReadableStream.from(chunks))), [
      "storm",
      "calm",
      "",
      "fog",
    ]);
  });
});
