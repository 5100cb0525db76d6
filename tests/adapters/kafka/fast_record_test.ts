import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import encodeRecord from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import { type EncodedRecord, fastRecord, type RecordParts } from "../../../src/adapters/kafka/fast_record.ts";

const library = encodeRecord as (parts: RecordParts) => EncodedRecord;
const bytes = (text: string) => Buffer.from(text);

function isSame(parts: RecordParts, isFast: boolean): void {
  let slowCalls = 0;
  const fast = fastRecord((given) => {
    slowCalls++;
    return library(given);
  });
  assert.deepEqual([...fast(parts).buffer], [...library(parts).buffer], JSON.stringify(parts).slice(0, 200));
  assert.equal(slowCalls, isFast ? 0 : 1);
}

describe("a record written in one go", () => {
  it("has the library's bytes, whatever the sizes", () => {
    const sizes = [0, 1, 63, 64, 65, 200, 8191, 8192, 70_000];
    for (const size of sizes) {
      isSame({ key: bytes("k".repeat(size)), value: bytes("v"), headers: { a: "b" } }, true);
      isSame({ key: null, value: bytes("v".repeat(size)), headers: {} }, true);
      isSame({ offsetDelta: size, timestampDelta: size, key: null, value: null }, true);
    }
    isSame(
      { key: null, value: null, headers: { "": "", id: "x".repeat(999), "foz-request": "t-1-2" } },
      true,
    );
    isSame({ key: bytes("ü🦊"), value: Buffer.from([0, 255]), headers: {} }, true);
    isSame({ key: null, value: null, timestampDelta: 2 ** 28, offsetDelta: 2 ** 28 }, true);
  });

  it("leaves to the library what is unusual", () => {
    isSame({ key: bytes("k"), value: bytes("v"), headers: { "ü": "b" } }, false);
    isSame({ key: bytes("k"), value: bytes("v"), headers: { a: "ß" } }, false);
    isSame({ key: bytes("k"), value: bytes("v"), headers: { a: ["b", "c"] } }, false);
    isSame({ key: bytes("k"), value: bytes("v"), headers: { a: bytes("b") } }, false);
    isSame({ key: "text", value: bytes("v"), headers: {} }, false);
    isSame({ key: null, value: null, timestampDelta: -1 }, false);
    isSame({ key: null, value: null, timestampDelta: 2 ** 40 }, false);
    isSame({ key: null, value: null, headers: { a: "x".repeat(1001) } }, false);
  });
});
