import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../../src/domain/failure.ts";
import { NdjsonLines } from "../../../src/online/streams/ndjson_lines.ts";

describe("NdjsonLines", () => {
  it("reads flat and nested observations", () => {
    const lines = new NdjsonLines({ target: "y", time: "t" });
    assert.deepEqual(lines.parse('{"a":1,"color":"red","on":true,"y":4,"t":10}'), {
      features: { a: 1, color: "red", on: true },
      target: 4,
      timeMs: 10,
    });
    assert.deepEqual(lines.parse('{"features":{"a":1},"target":"up"}'), {
      features: { a: 1 },
      target: "up",
      timeMs: undefined,
    });
    assert.equal(lines.parse(" "), undefined);
  });

  it("refuses what is no JSON, no record, or has no target", () => {
    const lines = new NdjsonLines({ target: "y" });
    for (const line of ["{", "[1]", "3", "null", '{"a":1}', '{"features":{"a":1}}']) {
      assert.throws(() => lines.parse(line), BadInput, line);
    }
  });
});
