import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { LearnerRun } from "../../src/stream/learner_run.ts";
import { startingState } from "../../src/stream/starting_state.ts";
import { listening, plantedLog } from "./planted_log.ts";
import { learnerOf, part } from "./planted_stream.ts";

describe("startingState", () => {
  it("is the generation's, then the newest checkpoint's, and the generation's again where that is torn", async () => {
    const { store, stream, content, append } = await plantedLog();
    await append(640);
    const options = listening(store, systemClock), oracle = learnerOf(stream);
    const first = await startingState(options, content);
    assert.deepEqual([first.isRestored, first.learner.appliedOffset], [false, 600]);
    assert.equal(await first.learner.sha256(), await oracle.sha256());
    await (await LearnerRun.begin(options, content, new AbortController().signal)).writeCheckpoint();
    oracle.apply(part(stream.log, 600, 640));
    const restored = await startingState(options, content);
    assert.deepEqual([restored.isRestored, restored.learner.appliedOffset], [true, 640]);
    assert.equal(await restored.learner.sha256(), await oracle.sha256());
    await store.checkpoints.write({ generation: "g000001", offset: 700, state: Uint8Array.of(7) }, 9);
    const anew = await startingState(options, content);
    assert.deepEqual([anew.isRestored, anew.learner.appliedOffset], [false, 600]);
    assert.match(options.notes.at(-1)!.what, /a checkpoint cannot be used/);
  });
});
