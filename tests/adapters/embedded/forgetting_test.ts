/** That nothing of an erased user is left in the files: bytes, not queries. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { EmbeddedCheckpointStore } from "../../../src/adapters/embedded/checkpoint_store.ts";
import { EmbeddedEventLog } from "../../../src/adapters/embedded/event_log.ts";
import { EmbeddedGenerationStore } from "../../../src/adapters/embedded/generation_store.ts";
import { LogFile } from "../../../src/adapters/embedded/log_file.ts";
import { EmbeddedRecommendationStore } from "../../../src/adapters/embedded/recommendation_store.ts";
import { Random } from "../../../src/synthesize/random.ts";
import { plantedContent } from "../../contracts/planted_content.ts";
import { newColumns } from "../../contracts/new_columns.ts";
import { temporaryPath } from "./temporary_file.ts";

/** Which of the texts stand in the store's files, as UTF-8. */
function found(path: string, texts: readonly string[]): string[] {
  const files = ["", "-wal", "-shm"].map((end) => path + end).filter(existsSync);
  // A byte is a character in latin1: a text is found by its bytes.
  const all = files.map((file) => readFileSync(file).toString("latin1"));
  const latin1 = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
  return texts.filter((text) => all.some((file) => file.includes(latin1(text))));
}

function openLog(path: string, flushCount?: number) {
  return new EmbeddedEventLog(new LogFile(Database.open(path), { flushCount }), { maxRunning: 1 });
}

/** Ids of all lengths in no order: the trees of the file are split and joined all the time. */
async function fill(log: EmbeddedEventLog, seed: number): Promise<string[]> {
  const random = Random.seeded(seed), userIds: string[] = [];
  for (let n = 0; n < 1500; n++) {
    userIds.push(`${random.nextUint32()}<user ${n}>${"x".repeat(random.below(40))}`);
  }
  for (let start = 0; start < userIds.length; start += 50) {
    const some = userIds.slice(start, start + 50);
    await log.append(some.map((userId) => ({
      eventId: `by ${userId}`,
      userId,
      itemId: `i${random.below(9)}`,
      value: 1,
      timeMs: start,
    })));
  }
  const rows = userIds.map((userId, i) => ({
    userId,
    itemId: "i1",
    value: 2,
    timeMs: 5,
    key: [i * 7919, i, 5, 6],
  }));
  await log.appendColumns(newColumns(rows));
  return userIds;
}

describe("an erased user", () => {
  for (const flushCount of [undefined, 500]) {
    const name = flushCount === undefined ? "in memory" : "on the disk";
    it(`is in no file any more, however the trees were built (index ${name})`, async () => {
      const path = temporaryPath(), log = openLog(path, flushCount), userIds = await fill(log, 1);
      assert.equal(found(path, userIds).length, userIds.length, "all are there at first");
      const gone = userIds.filter((_, n) => n % 100 === 7);
      for (const userId of gone) {
        assert.equal((await log.eraseUser(userId, 9))!.eventCount, 2);
        assert.deepEqual(found(path, [userId]), []);
      }
      assert.deepEqual(found(path, gone), []);
      await log.close();
      const again = openLog(path, flushCount);
      assert.equal((await again.userIds()).filter((id) => id === "").length, gone.length);
      assert.equal((await again.eventsOfUser(userIds[8], { limit: 9 })).length, 2);
      const late = await again.append([{
        eventId: `by ${gone[3]}`,
        userId: "a",
        itemId: "i",
        value: 1,
        timeMs: 1,
      }]);
      assert.equal(late[0].status, "duplicate");
      await again.close();
    });
  }

  it("is forgotten by other connections, which remember what they have read", async () => {
    const path = temporaryPath(), one = openLog(path, 500), other = openLog(path);
    const event = { userId: "gone", itemId: "i", value: 1, timeMs: 1 };
    await fill(one, 2);
    await other.append([{ ...event, eventId: "a" }]);
    await one.append([{ ...event, eventId: "b" }]);
    assert.equal((await other.eventsOfUser("gone", { limit: 9 })).length, 2);
    const erased = (await one.eraseUser("gone", 1))!;
    assert.equal(await other.findEvent("a"), undefined);
    assert.deepEqual(await other.eventsOfUser("gone", { limit: 9 }), []);
    assert.equal((await other.append([{ ...event, eventId: "b" }]))[0].status, "duplicate");
    assert.equal((await other.append([{ ...event, eventId: "c" }]))[0].status, "created");
    assert.equal((await one.userIds()).indexOf("gone"), erased.userCode + 1);
    assert.equal(await one.eraseUser("nobody", 1), undefined);
    await one.close();
    await other.close();
  });

  it("is in no generation, list or checkpoint of the file", async () => {
    const path = temporaryPath(), database = Database.open(path), userId = "a distinctive 😀 user";
    const generations = new EmbeddedGenerationStore(database),
      lists = new EmbeddedRecommendationStore(database);
    const checkpoints = new EmbeddedCheckpointStore(database, systemClock, { wholeBytes: 8, chunkBytes: 8 }),
      userIds = ["a", userId, "c", "d", "e"];
    const state = new TextEncoder().encode("what this user likes");
    for (let n = 1; n < 4; n++) {
      const generation = await generations.reserve();
      await generations.publish({ ...plantedContent(generation, n), userIds });
      const header = { generation, userIds, itemIds: ["i"], appliedOffset: 1, timeMs: 1, popular: [] };
      const itemIndexes = new Uint32Array(5), scores = new Float32Array(5);
      await lists.write(header, [{ firstUserIndex: 0, userCount: 5, n: 1, itemIndexes, scores }]);
      await lists.refresh([{ userId, generation, appliedOffset: 2, items: [] }], 1);
      await checkpoints.write({ generation: "g000001", offset: n, state }, 5);
    }
    assert.deepEqual(found(path, [userId, "what thi"]).length, 2);
    assert.equal(await lists.forgetUser(userId), 0, "the refreshed ones were empty");
    assert.deepEqual(await generations.forgetUser(userId), ["g000001", "g000002", "g000003"]);
    await checkpoints.write({ generation: "g000001", offset: 9, state: Uint8Array.of(1) }, 1);
    assert.deepEqual(found(path, [userId, "what thi"]), []);
    await checkpoints.write({ generation: "g000002", offset: 9, state }, 5);
    await checkpoints.remove("g000002");
    assert.deepEqual(found(path, ["what thi"]), []);
    database.close();
  });

  it("is out of the files when the store is opened again after a crash in between", async () => {
    const path = temporaryPath(), log = openLog(path), [userId] = await fill(log, 4);
    // As a process leaves it that dies right after the transaction: nothing was emptied yet.
    const crashing = Database.open(path);
    crashing.purge = () => Promise.resolve();
    const half = new EmbeddedEventLog(new LogFile(crashing), { maxRunning: 1 });
    await half.eraseUser(userId, 1);
    assert.deepEqual(found(path, [userId]), [userId], "the write-ahead file still has it");
    Database.open(path).close();
    assert.deepEqual(found(path, [userId]), []);
    assert.equal(crashing.sql("SELECT purge_due FROM log_state").get()!.purge_due, 0);
    await half.close();
    await log.close();
  });
});
