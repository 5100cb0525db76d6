import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/online/checkpoint.ts";

const IDENTITY = { model: "scale | linear", stream: "a.csv", seed: "1" };
const STATE = { weights: Float64Array.of(1, -0, NaN), line: 7 };

describe("a checkpoint", () => {
  it("gives back the state of the same run", async () => {
    const bytes = await encodeCheckpoint(IDENTITY, STATE);
    assert.deepEqual(await decodeCheckpoint(bytes, IDENTITY, "x.state"), STATE);
    assert.deepEqual(await encodeCheckpoint(IDENTITY, STATE), bytes);
  });

  it("is refused where any byte of it is damaged or missing", async () => {
    const bytes = await encodeCheckpoint(IDENTITY, STATE);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 1;
      await assert.rejects(decodeCheckpoint(damaged, IDENTITY, "x.state"), OutsideFailure, `byte ${at}`);
    }
    for (const end of [0, 10, 30, bytes.length - 1]) {
      await assert.rejects(decodeCheckpoint(bytes.slice(0, end), IDENTITY, "x.state"), OutsideFailure);
    }
  });

  it("is refused by a run of another model, and says what differs", async () => {
    const bytes = await encodeCheckpoint(IDENTITY, STATE);
    await assert.rejects(
      decodeCheckpoint(bytes, { ...IDENTITY, model: "mean" }, "x.state"),
      (error: Error) => {
        return error instanceof BadInput &&
          /x\.state.*the model 'scale \| linear', this run has 'mean'/.test(error.message);
      },
    );
  });
});
