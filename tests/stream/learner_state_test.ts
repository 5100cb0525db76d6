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
};

describe("the bytes of a learner's state", () => {
  it("give the state back, wherever they lie", () => {
    const bytes = encodeLearnerState(STATE);
    assert.deepEqual(decodeLearnerState(bytes), STATE);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.deepEqual(decodeLearnerState(shifted.subarray(3)), STATE);
  });

  it("hold what whoever learns keeps beside", () => {
    const state = { ...STATE, beside: Uint8Array.of(0, 255, 7) };
    assert.deepEqual(decodeLearnerState(encodeLearnerState(state)), state);
  });

  it("are refused where something is missing, or they are of another form", () => {
    const bytes = encodeLearnerState(STATE);
    for (let at = 0; at < bytes.length; at++) {
      assert.throws(() => decodeLearnerState(bytes.subarray(0, at)), OutsideFailure, `${at} bytes`);
    }
    for (let at = 0; at < 8; at++) {
      const other = bytes.slice();
      other[at] ^= 1 << at % 8;
      assert.throws(() => decodeLearnerState(other), OutsideFailure, `byte ${at}`);
    }
    assert.throws(() => decodeLearnerState(Uint8Array.of(...bytes, 0)), OutsideFailure);
  });

  it("are not changed by being read", () => {
    const bytes = encodeLearnerState(STATE), before = bytes.slice();
    decodeLearnerState(bytes);
    assert.deepEqual(bytes, before);
  });
});
