import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { CsvFormat, observationJson, truthLine } from "../../../src/commands/generate/generate_format.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import { CsvLines } from "../../../src/online/streams/csv_lines.ts";
import { NdjsonLines } from "../../../src/online/streams/ndjson_lines.ts";

const observation: Observation = {
  features: { a: 0.1 + 0.2, b: 'say "hi", you', c: true, d: null },
  target: -1e-7,
  timeMs: 1735689600250,
  truth: { event: 3, until: 9, concept: "storm" },
};

describe("observationJson", () => {
  it("is read back as it was, with its truth", () => {
    const read = new NdjsonLines({ target: "target" }).parse(observationJson(observation));
    assert.deepEqual(read, observation);
  });

  it("is read without a truth that is none: it passes over what nobody needs", () => {
    for (
      const truth of [5, "x", {}, { event: "3", concept: "a" }, { event: 1.5, concept: "a" }, { event: 1 }]
    ) {
      const line = JSON.stringify({ features: { a: 1 }, target: 2, truth });
      assert.equal(new NdjsonLines({ target: "target" }).parse(line)?.truth, undefined);
    }
  });

  it("leaves out what is not there", () => {
    assert.equal(observationJson({ features: { a: 1 }, target: "x" }), '{"features":{"a":1},"target":"x"}');
  });
});

describe("CsvFormat", () => {
  it("is read back by its header; true and false as 1 and 0", () => {
    const csv = new CsvFormat(observation), reader = new CsvLines({ target: "target", time: "time" });
    reader.parse(csv.header());
    const read = reader.parse(csv.line(observation));
    assert.deepEqual(read, {
      features: { ...observation.features, c: 1 },
      target: -1e-7,
      timeMs: 1735689600250,
    });
  });

  it("refuses names that are taken, and features that change", () => {
    assert.throws(
      () => new CsvFormat({ features: { target: 1 }, target: 1 }),
      /a feature is called "target"/,
    );
    assert.throws(
      () => new CsvFormat({ features: { time: 1 }, target: 1, timeMs: 5 }),
      /a feature is called "time"/,
    );
    const csv = new CsvFormat({ features: { time: 1 }, target: 1 });
    assert.throws(
      () => csv.line({ features: { other: 1 }, target: 1 }),
      /the features are now other, and the header has time/,
    );
  });
});

describe("truthLine", () => {
  it("says the row and the change", () => {
    assert.deepEqual(JSON.parse(truthLine(observation.truth!, 2)), {
      row: 2,
      event: 3,
      until: 9,
      concept: "storm",
    });
  });
});
