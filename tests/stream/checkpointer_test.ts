import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { Checkpointer } from "../../src/stream/checkpointer.ts";
import { decodeLearnerState } from "../../src/stream/learner_state.ts";
import { decodeHistories } from "../../src/stream/saved_histories.ts";
import { startingState } from "../../src/stream/starting_state.ts";
import { listening, plantedLog } from "./planted_log.ts";
import { part } from "./planted_stream.ts";

const CHECKPOINTING = { recordCount: 1e9, intervalMs: 1e9, keep: 2, historyCount: 30 };

/** Beside a learner of a log whose generation knows 600 events. */
async function planted() {
  const { store, stream, content } = await plantedLog(), { checkpoints } = store;
  const state = await startingState(listening(store, systemClock), content), uncopied: unknown[] = [];
  const options = { checkpoints, clock: systemClock, checkpointing: CHECKPOINTING };
  const checkpointer = new Checkpointer({ ...options, onUncopied: (error) => uncopied.push(error) }, state);
  const teach = (until: number) => state.learner.apply(part(stream.log, state.learner.appliedOffset, until));
  const writeAll = async (isResting?: boolean) => {
    await checkpointer.write(isResting);
    await checkpointer.settled();
  };
  const copied = async () => (await checkpoints.latest("g000001", "histories"))?.offset;
  return { checkpoints, checkpointer, state, uncopied, teach, writeAll, copied };
}

describe("Checkpointer", () => {
  it("writes rows each time, and a copy of the histories when one is due", async () => {
    const { checkpoints, checkpointer, state: { learner }, teach, writeAll, copied } = await planted();
    assert.equal(checkpointer.isBehind, false);
    teach(610);
    assert.deepEqual([checkpointer.isBehind, checkpointer.isDue, checkpointer.isWorth], [true, false, true]);
    await writeAll();
    const rows = decodeLearnerState((await checkpoints.latest("g000001"))!.state);
    assert.equal(rows.appliedOffset, 610);
    assert.deepEqual(rows.userFactors, learner.model().userFactors);
    assert.deepEqual([checkpointer.isBehind, await copied()], [false, 610], "there was none");
    const copy = decodeHistories((await checkpoints.latest("g000001", "histories"))!.state);
    assert.deepEqual(copy, learner.histories());
    let until = 610, isDue = false;
    while (!isDue) {
      teach(++until);
      await writeAll();
      isDue = until - 610 >= Math.max(30, learner.live.users.lists.entryCount / 8);
      assert.equal(await copied(), isDue ? until : 610);
    }
    assert.ok(until > 650);
  });

  it("does not wait for the copy, and tries again where it could not be written", async () => {
    const { checkpoints, checkpointer, uncopied, teach, writeAll, copied } = await planted();
    const write = checkpoints.write.bind(checkpoints), full = new Error("the disk is full");
    let fail = () => {};
    checkpoints.write = (checkpoint, keep, fence) =>
      checkpoint.part === "histories"
        ? new Promise<void>((_, reject) => fail = () => reject(full))
        : write(checkpoint, keep, fence);
    teach(650);
    await checkpointer.write();
    assert.equal((await checkpoints.latest("g000001"))!.offset, 650);
    fail();
    await checkpointer.settled();
    assert.deepEqual([uncopied, await copied()], [[full], undefined]);
    checkpoints.write = write;
    teach(651);
    await writeAll();
    assert.equal(await copied(), 651);
  });

  it("copies nothing for a learner that is about to rest", async () => {
    const { checkpoints, teach, writeAll, copied } = await planted();
    teach(650);
    await writeAll(true);
    assert.deepEqual([(await checkpoints.latest("g000001"))!.offset, await copied()], [650, undefined]);
    teach(651);
    await writeAll();
    assert.equal(await copied(), 651, "it is due still");
  });

  it("writes a base that nothing older stands beside", async () => {
    const { checkpoints, checkpointer, teach, writeAll, copied } = await planted();
    teach(650);
    await writeAll();
    teach(660);
    await checkpointer.writeBase();
    assert.deepEqual([(await checkpoints.latest("g000001"))!.offset, await copied()], [660, undefined]);
    teach(661);
    await writeAll();
    assert.equal(await copied(), 661, "there is none any more");
  });
});
