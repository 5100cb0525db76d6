import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../../src/domain/failure.ts";
import type { ObservationFormat } from "../../../src/online/streams/observation_format.ts";
import { type ObservationLine, readObservations } from "../../../src/online/streams/read_observations.ts";
import { Random } from "../../../src/synthesize/random.ts";

/** The text as bytes, cut into chunks of this size. */
async function* chunksOf(text: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function read(
  text: string,
  format: ObservationFormat,
  sizeBytes = 1 << 16,
): Promise<ObservationLine[]> {
  const all: ObservationLine[] = [];
  for await (const batch of readObservations(chunksOf(text, sizeBytes), format)) all.push(...batch);
  return all;
}

const CSV = '\ufeffa,color,y\r\n1,blå,2\r\n\r\n3,"x\ny",4\r\n5,🎈,oops';

describe("readObservations", () => {
  it("reads the same wherever the bytes are cut, and numbers lines as an editor does", async () => {
    const whole = await read(CSV, { target: "y" });
    assert.deepEqual(whole.map(({ line }) => line), [2, 5, 6]);
    assert.deepEqual(whole.map((one) => one.refusal ?? one.observation), [
      { features: { a: 1, color: "blå" }, target: 2, timeMs: undefined },
      { features: { a: 3, color: "x\ny" }, target: 4, timeMs: undefined },
      { features: { a: 5, color: "🎈" }, target: "oops", timeMs: undefined },
    ]);
    for (const sizeBytes of [1, 2, 3, 7]) {
      assert.deepEqual(await read(CSV, { target: "y" }, sizeBytes), whole);
    }
  });

  it("tells CSV and NDJSON apart by the first line, or as it is told", async () => {
    const json = '{"a":1,"y":2}\n{"a":2,"y":3}\n';
    assert.equal((await read(json, { target: "y" })).length, 2);
    assert.equal((await read('\n{"a":1,"y":2}', { target: "y", kind: "ndjson" })).length, 1);
    await assert.rejects(read(json, { target: "y", kind: "csv" }), BadInput);
  });

  it("goes on behind lines that cannot be read, and hands them over in their place", async () => {
    const lines = await read('{"y":1}\n{"y":\n[]\n{"y":4}\n', { target: "y" });
    assert.deepEqual(lines.map(({ line, refusal }) => [line, refusal !== undefined]), [
      [1, false],
      [2, true],
      [3, true],
      [4, false],
    ]);
  });

  it("reads lines of one shape as a parser of JSON reads each, whatever stands between them", async () => {
    const random = Random.seeded(1);
    const shapes = [
      () => `{"a":${random.normal()},"b":${random.below(100)},"y":${random.uniform()}}`,
      () => `{"a":${random.normal()},"b":${random.below(100)},"y":${random.uniform()}}`,
      () => `{"a":${random.normal()},"b":${random.below(100)},"y":${random.uniform()}}`,
      () => `{"b":${random.below(100)},"a":${random.normal()}, "y":1}`,
      () => '{"a":"blå 🎈","y":2}',
      () => '{"a":1e-7,"b":1,"y":2}',
      () => '{"a":1,"b":2,"y":',
      () => "",
      () => '{"a":1,"b":2,"y":null}',
      () => "a,b,y",
    ];
    // Mostly of one shape, then of all shapes.
    const lines = Array.from({ length: 600 }, (_, i) => shapes[random.below(i < 300 ? 4 : shapes.length)]());
    const text = lines.join("\n");
    const expected = lines.flatMap((line, i) => {
      if (line === "") return [];
      try {
        const { y: target, ...features } = JSON.parse(line);
        return [{ line: i + 1, observation: target === null ? undefined : { features, target } }];
      } catch {
        return [{ line: i + 1, observation: undefined }];
      }
    });
    for (const sizeBytes of [1, 50, 1000, 1 << 16]) {
      const actual = (await read(text, { target: "y" }, sizeBytes)).map((one) => ({
        line: one.line,
        observation: one.refusal === undefined
          ? { features: one.observation.features, target: one.observation.target }
          : undefined,
      }));
      assert.deepEqual(actual, expected, `chunks of ${sizeBytes}`);
    }
  });

  it("refuses a header without the target; a first line that is bad data is one line", async () => {
    await assert.rejects(read("a,b\n1,2\n", { target: "y" }), BadInput);
    const lines = await read("1,2,3\n4,5\n", { target: "y", names: ["x", "y"] });
    assert.deepEqual(lines.map(({ refusal }) => refusal !== undefined), [true, false]);
  });

  it("gives nothing for an empty file and refuses lines without end", async () => {
    assert.deepEqual(await read("", { target: "y" }), []);
    assert.deepEqual(await read("\n\n", { target: "y" }), []);
    await assert.rejects(read("x".repeat(3 << 20), { target: "y" }), BadInput);
  });
});
