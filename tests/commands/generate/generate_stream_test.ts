import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  clockOf,
  isStreamName,
  makeNamedStream,
  streamListDocument,
  streamListText,
} from "../../../src/commands/generate/generate_stream.ts";
import { STREAM_CATALOG } from "../../../src/synthesize/stream_catalog.ts";

const positionsOf = (text: string, more: object = {}) =>
  makeNamedStream(text, { seed: 1, ...more }).schedule.transitions(0, 1e6).map(({ position }) => position);

describe("makeNamedStream", () => {
  it("reads a name, its own parameters, and those that all have", () => {
    const stream = makeNamedStream("sea(noise=0.3, seed=4, count=500, position=20, concept=2)", { seed: 1 });
    const { name, seed, count, position, schedule } = stream;
    assert.deepEqual([name, seed, count, position, schedule.initial], ["sea", 4, 500, 20, 1]);
    const plain = makeNamedStream("friedman-drift", { seed: 9 });
    assert.deepEqual([plain.seed, plain.count, plain.position, plain.schedule.initial], [9, 200_000, 0, 0]);
  });

  it("has its own drift unless another is asked for, in the text or beside it", () => {
    assert.deepEqual(positionsOf("friedman-drift(first=10, second=20)"), [10, 20]);
    assert.deepEqual(positionsOf("friedman-drift", { drift: "abrupt(at=7)" }), [7]);
    assert.deepEqual(positionsOf('sine(drift="abrupt(at=5); abrupt(at=8)")', { drift: "abrupt(at=7)" }), [
      5,
      8,
    ]);
    assert.deepEqual(positionsOf("friedman-drift(concept=turned)"), []);
  });

  it("says what cannot be read", () => {
    for (const wrong of ["", "nothing", "sea | sea", "sea(", "sea(3)"]) {
      assert.throws(
        () => makeNamedStream(wrong, { seed: 1 }),
        /cannot be read; accepted is one of friedman, .*sea\(noise=0.2/,
      );
    }
    assert.throws(() => makeNamedStream("sea(noise=2)", { seed: 1 }), /"noise" of "sea" was given "2"/);
    assert.throws(() => makeNamedStream("sea(nose=2)", { seed: 1 }), /parameter "nose"/);
  });
});

describe("isStreamName", () => {
  it("tells names from files and topics", () => {
    assert.ok(isStreamName("sea") && isStreamName(" friedman-drift (kind=lea)"));
    for (const other of ["sea.csv", "topic:sea", "-", "log", "./sea.ts", "seashore"]) {
      assert.ok(!isStreamName(other), other);
    }
  });
});

describe("the list", () => {
  it("has every stream with its parameters and concepts", () => {
    const text = streamListText(),
      document = streamListDocument() as { streams: { name: string; concepts: string[] }[] };
    for (const { name, parameters } of STREAM_CATALOG) {
      assert.ok(text.includes(`${name}: `));
      for (const parameter of Object.keys(parameters)) assert.ok(text.includes(`    ${parameter}: `));
    }
    assert.deepEqual(document.streams.map(({ name }) => name), STREAM_CATALOG.map(({ name }) => name));
    assert.ok(document.streams.every(({ concepts }) => concepts.every((concept) => text.includes(concept))));
  });
});

describe("clockOf", () => {
  it("gives times by the rate, and none without one", () => {
    assert.equal(clockOf(undefined), undefined);
    assert.equal(clockOf(40)?.stepMs, 25);
  });
});
