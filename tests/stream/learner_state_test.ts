import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { decodeLearnerState, encodeLearnerState, type LearnerState } from "../../src/stream/learner_state.ts";

const STATE: LearnerState = {
  generation: "g000042",
  generationSha256: "ab",
  method: "foldIn",
  appliedOffset: 2 ** 40 + 1,
  gramRun: 7,
  userFactors: Float32Array.of(1, -2, 3),
  itemFactors: Float32Array.of(0.5),
  userGram: Float64Array.of(Math.PI, 1e300),
  itemGram: new Float64Array(0),
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

describe("the bytes of a learner's state", () => {
  it("give the state back, wherever they lie", () => {
    const bytes = encodeLearnerState(STATE);
    assert.deepEqual(decodeLearnerState(bytes), STATE);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.deepEqual(decodeLearnerState(shifted.subarray(3)), STATE);
  });

  it("are refused when one of them changed or the end is missing", () => {
    const bytes = encodeLearnerState(STATE);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << at % 8;
      assert.throws(() => decodeLearnerState(flipped), OutsideFailure, `byte ${at}`);
      assert.throws(() => decodeLearnerState(bytes.subarray(0, at)), OutsideFailure, `${at} bytes`);
    }
  });

  it("are not changed by being read", () => {
    const bytes = encodeLearnerState(STATE), before = bytes.slice();
    decodeLearnerState(bytes);
    assert.deepEqual(bytes, before);
  });
});
