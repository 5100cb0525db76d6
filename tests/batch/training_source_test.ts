import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { logSource } from "../../src/batch/training_source.ts";

async function logOf(pairs: readonly (readonly [string, string])[]): Promise<MemoryEventLog> {
  const log = new MemoryEventLog();
  await log.append(
    pairs.map(([userId, itemId], i) => ({ eventId: `e${i}`, userId, itemId, value: i, timeMs: i })),
  );
  return log;
}

describe("logSource", () => {
  const pairs = [["a", "x"], ["b", "x"], ["a", "y"], ["c", "z"]] as const;

  it("reads everything, with the log's codes as rows", async () => {
    const log = await logOf(pairs);
    const input = await logSource(log).read(() => {});
    assert.deepEqual([input.userIds, input.itemIds], [["a", "b", "c"], ["x", "y", "z"]]);
    assert.deepEqual([...input.interactions.users], [0, 1, 0, 2]);
    assert.deepEqual([...input.interactions.values], [0, 1, 2, 3]);
    assert.deepEqual([input.offset, input.logId], [4, log.logId]);
  });

  it("reads below an offset, and knows only those users and items", async () => {
    const input = await logSource(await logOf(pairs), 2).read(() => {});
    assert.deepEqual([input.userIds, input.itemIds, input.offset], [["a", "b"], ["x"], 2]);
    assert.deepEqual([input.interactions.userCount, input.interactions.itemCount], [2, 1]);
  });

  it("gives nothing of an empty log", async () => {
    const input = await logSource(new MemoryEventLog()).read(() => {});
    assert.deepEqual([input.interactions.count, input.userIds, input.offset], [0, [], 0]);
  });

  it("leaves out what was deleted by then, and erased users", async () => {
    const log = await logOf(pairs);
    await log.deleteEvent("a", "e2", 0);
    assert.deepEqual([...(await logSource(log).read(() => {})).interactions.values], [0, 1, 3]);
    assert.deepEqual([...(await logSource(log, 4).read(() => {})).interactions.values], [0, 1, 2, 3]);
    await log.eraseUser("b", 0);
    const input = await logSource(log).read(() => {});
    assert.deepEqual([...input.interactions.users], [0, 2]);
    assert.deepEqual(input.userIds, ["a", "", "c"]);
  });
});
