import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { decodeHistories, encodeHistories, type SavedHistories } from "../../src/stream/saved_histories.ts";

const HISTORIES: SavedHistories = {
  offset: 2 ** 40 + 1,
  users: {
    counts: Uint32Array.of(2, 0),
    indices: Uint32Array.of(4, 2 ** 32 - 1),
    values: Float32Array.of(1, -1),
    timesMs: Float64Array.of(1.7e12, 0),
  },
  items: {
    counts: Uint32Array.of(1),
    indices: Uint32Array.of(9),
    values: Float32Array.of(2),
    timesMs: new Float64Array(0),
  },
};

describe("the bytes of a copy of histories", () => {
  it("give the histories back, wherever they lie", () => {
    const bytes = encodeHistories(HISTORIES), before = bytes.slice();
    assert.deepEqual(decodeHistories(bytes), HISTORIES);
    assert.deepEqual(bytes, before);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.deepEqual(decodeHistories(shifted.subarray(3)), HISTORIES);
  });

  it("are refused where something is missing", () => {
    const bytes = encodeHistories(HISTORIES);
    for (const length of [0, 15, 16, bytes.length - 1]) {
      assert.throws(() => decodeHistories(bytes.subarray(0, length)), OutsideFailure, `${length} bytes`);
    }
  });
});
