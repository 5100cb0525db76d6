import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { EmbeddedEventLog } from "../../../src/adapters/embedded/event_log.ts";
import { FollowedLogFile } from "../../../src/adapters/embedded/followed_log_file.ts";
import { LogFile } from "../../../src/adapters/embedded/log_file.ts";
import { describeEventLog } from "../../contracts/event_log.ts";
import { newDatabase, temporaryPath } from "./temporary_file.ts";

// What it commits itself it hears too.
describeEventLog(
  "embedded, followed",
  async () => {
    const file = new FollowedLogFile(newDatabase(), { monotonicMs: () => 0 });
    return new EmbeddedEventLog(file, { maxRunning: 1 });
  },
);

const EVENT = { eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 1 };

/** A writer, a file that hears of it while `told` says so, and one that reads the same file. */
function open() {
  const path = temporaryPath(), written = new LogFile(Database.open(path));
  const state = { nowMs: 0, told: true };
  const followed = new FollowedLogFile(Database.open(path), { monotonicMs: () => state.nowMs });
  written.onCommit = (commit) => state.told && followed.hear(commit);
  const append = (...eventIds: string[]) =>
    written.commit([{
      kind: "events",
      events: eventIds.map((eventId, i) => ({ ...EVENT, eventId, userId: `u${i % 3}` })),
    }]);
  const close = () => Promise.all([written.close(), followed.close()]);
  return { written, followed, state, append, close };
}

describe("FollowedLogFile", () => {
  it("gives what was told as the file has it, and knows the end without looking", async () => {
    const { written, followed, append, close } = open();
    assert.equal(await followed.end(20), 0);
    await append("a", "b", "c");
    await append("d");
    // The clock stands still: only what was told can have changed this.
    assert.equal(await followed.end(20), 4);
    assert.deepEqual(await followed.readBatch(1, 4, 100), await written.readBatch(1, 4, 100));
    assert.deepEqual(await followed.readBatch(0, 4, 2), await written.readBatch(0, 4, 2));
    assert.deepEqual(await followed.readControls(0, 4), []);
    await close();
  });

  it("looks for what nobody tells as often as the caller wants, and then reads the file", async () => {
    const { written, followed, state, append, close } = open();
    await append("a");
    assert.equal(await followed.end(20), 1);
    state.told = false;
    await append("b", "c");
    assert.equal(await followed.end(20), 1);
    assert.equal(await followed.end(), 3);
    state.nowMs = 19;
    await append("d");
    assert.equal(await followed.end(20), 3);
    state.nowMs = 20;
    assert.equal(await followed.end(20), 4);
    assert.deepEqual(await followed.readBatch(0, 4, 100), await written.readBatch(0, 4, 100));
    state.told = true;
    await append("e");
    assert.deepEqual(await followed.readBatch(3, 5, 100), await written.readBatch(3, 5, 100));
    await close();
  });

  it("gives control records where there are some, and nothing of somebody whom another process erased", async () => {
    const { written, followed, state, append, close } = open();
    await append("a", "b", "c");
    await written.commit([{
      kind: "control",
      record: { kind: "generationActivated", generation: "g" },
      timeMs: 2,
    }]);
    await append("d");
    assert.deepEqual(await followed.readControls(0, 5), await written.readControls(0, 5));
    assert.deepEqual(await followed.readBatch(0, 5, 100), await written.readBatch(0, 5, 100));
    state.told = false;
    await written.commit([{ kind: "erase", userId: "u0", timeMs: 3 }]);
    assert.equal(await followed.end(), 6);
    // "d" was u0's, and told.
    assert.equal((await followed.readBatch(4, 6, 100)).columns.count, 0);
    assert.deepEqual(await followed.readBatch(0, 6, 100), await written.readBatch(0, 6, 100));
    await close();
  });

  it("reads what was too much to tell", async () => {
    const { written, followed, append, close } = open();
    await append(...Array.from({ length: 1500 }, (_, i) => `e${i}`));
    assert.equal(await followed.end(), 1500);
    assert.deepEqual(await followed.readBatch(700, 1500, 2000), await written.readBatch(700, 1500, 2000));
    await close();
  });
});
