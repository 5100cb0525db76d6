import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { bytesOf, doublesOf, floatsOf, wordsOf } from "../../../src/adapters/embedded/blobs.ts";

describe("blobs", () => {
  it("are little-endian", () => {
    assert.deepEqual(bytesOf(Uint32Array.of(0x01020304)), Uint8Array.of(4, 3, 2, 1));
    // 1 is sign 0, exponent 127 or 1023, fraction 0.
    assert.deepEqual(bytesOf(Float32Array.of(1)), Uint8Array.of(0, 0, 0x80, 0x3f));
    assert.deepEqual(bytesOf(Float64Array.of(1)), Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f));
  });

  it("are of the part that a view shows", () => {
    assert.deepEqual(bytesOf(Uint32Array.of(1, 2, 3).subarray(1, 2)), Uint8Array.of(2, 0, 0, 0));
  });

  it("become the same numbers again", () => {
    assert.deepEqual(wordsOf(bytesOf(Uint32Array.of(0, 4294967295))), Uint32Array.of(0, 4294967295));
    assert.deepEqual(floatsOf(bytesOf(Float32Array.of(-0, 1e-40))), Float32Array.of(-0, 1e-40));
    assert.deepEqual(doublesOf(bytesOf(Float64Array.of(NaN, 0.1))), Float64Array.of(NaN, 0.1));
  });
});
