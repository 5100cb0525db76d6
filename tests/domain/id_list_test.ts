import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { packIds, unpackIds } from "../../src/domain/id_list.ts";

describe("packIds", () => {
  it("writes count, byte lengths, UTF-8", () => {
    // "é" is C3 A9, "a" is 61.
    assert.deepEqual([...packIds(["é", "a"])], [2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0xc3, 0xa9, 0x61]);
    assert.deepEqual([...packIds([])], [0, 0, 0, 0]);
  });
});

describe("unpackIds", () => {
  const lists: Record<string, string[]> = {
    "no ids": [],
    "ASCII": ["1", "22", "", "a b", "x".repeat(256)],
    "every plane": ["é", "😀/\"'", "\0", "\ufeffmarked", "日本", "plain"],
    "many": Array.from({ length: 5000 }, (_, i) => `user ${i}`),
  };
  for (const [name, ids] of Object.entries(lists)) {
    it(`gives back: ${name}`, () => assert.deepEqual(unpackIds(packIds(ids)), ids));
  }

  it("reads from the middle of a buffer", () => {
    const packed = packIds(["a", "é"]);
    const buffer = new Uint8Array(packed.length + 3);
    buffer.set(packed, 1);
    assert.deepEqual(unpackIds(buffer.subarray(1, 1 + packed.length)), ["a", "é"]);
  });

  it("refuses what is cut off or too long", () => {
    const packed = packIds(["abc", "d"]);
    assert.throws(() => unpackIds(packed.subarray(0, 2)), RangeError);
    assert.throws(() => unpackIds(packed.subarray(0, 10)), RangeError);
    assert.throws(() => unpackIds(packed.subarray(0, packed.length - 1)), RangeError);
    assert.throws(() => unpackIds(new Uint8Array([...packed, 65])), RangeError);
  });
});
