import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { LearnerRun } from "../../src/stream/learner_run.ts";
import { startingState } from "../../src/stream/starting_state.ts";
import { listening, plantedLog } from "./planted_log.ts";
import { bytesOf, learnerOf, part } from "./planted_stream.ts";

const EVERY_RECORD = { recordCount: 1, intervalMs: 1e9, keep: 2 };

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

  it("reads histories from their copy and the log, or from the log alone, to the same bytes", async () => {
    const { store, content, append } = await plantedLog(), { eventLog, checkpoints } = store;
    const options = {
      ...listening(store, systemClock),
      checkpointing: { ...EVERY_RECORD, historyCount: 100 },
    };
    await append(660);
    const run = await LearnerRun.begin(options, content, new AbortController().signal);
    await run.writeCheckpoint();
    await run.finish();
    const copied = (await checkpoints.latest("g000001", "histories"))!;
    assert.equal(copied.offset, 660);
    await append(740);
    const [one] = await eventLog.eventsOfUser("u5", { limit: 1 });
    await eventLog.deleteEvent("u5", one.eventId, 0);
    await run.resume(new AbortController().signal);
    await run.finish();
    assert.equal((await checkpoints.latest("g000001", "histories"))!.offset, 660, "not due yet");
    const fromCopy = await startingState(options, content);
    assert.deepEqual([fromCopy.learner.appliedOffset, fromCopy.historiesOffset], [741, 660]);
    await checkpoints.write({ ...copied, offset: 700, state: Uint8Array.of(7) }, 2);
    const fromLog = await startingState(options, content);
    assert.equal(fromLog.historiesOffset, 0);
    assert.match(options.notes.at(-1)!.what, /a copy of histories cannot be used/);
    assert.deepEqual(bytesOf(fromLog.learner), bytesOf(fromCopy.learner));
    assert.equal(await fromLog.learner.sha256(), await run.sha256());
  });

  it("does not weigh rows by events that were erased since the checkpoint", async () => {
    const { store, content, append } = await plantedLog(), { eventLog } = store;
    const options = listening(store, systemClock);
    await append(660);
    const run = await LearnerRun.begin(options, content, new AbortController().signal);
    await run.writeCheckpoint();
    await eventLog.eraseUser("u3", 0);
    const { learner } = await startingState(options, content), { users, items } = learner.live;
    const kept = [users, items].map((side) => side.gram().slice());
    learner.sumGrams();
    assert.deepEqual([users, items].map((side) => side.gram()), kept);
    assert.equal(learner.live.countOf("user", (await eventLog.userIds()).indexOf("")), 0);
  });
});
