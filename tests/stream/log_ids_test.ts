import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { LogIds } from "../../src/stream/log_ids.ts";

const NOBODY = { userIds: [], itemIds: [] };

describe("LogIds", () => {
  it("asks the log only for those that a generation does not name", async () => {
    const log = new MemoryEventLog(), named = { userIds: ["u0", ""], itemIds: ["i0"] };
    for (const n of [0, 1, 2]) {
      await log.append([{ eventId: `e${n}`, userId: `u${n}`, itemId: `i${n}`, value: 1, timeMs: 0 }]);
    }
    const asked: number[] = [], userIds = log.userIds.bind(log);
    log.userIds = (fromCode) => (asked.push(fromCode!), userIds(fromCode));
    const ids = new LogIds(log, named);
    assert.deepEqual(await ids.below("user", 2), ["u0", ""]);
    assert.deepEqual(await ids.below("user", 3), ["u0", "", "u2"]);
    assert.deepEqual(asked, [2]);
    assert.deepEqual(await ids.below("item", 3), ["i0", "i1", "i2"]);
    ids.forgetUser(0);
    assert.deepEqual(named.userIds, ["u0", ""]);
  });

  it("gives the ids of codes, those that came later too", async () => {
    const log = new MemoryEventLog(), ids = new LogIds(log, NOBODY);
    const append = (n: number) =>
      log.append([{ eventId: `e${n}`, userId: `u${n}`, itemId: `i${n}`, value: 1, timeMs: 0 }]);
    await append(0);
    await append(1);
    assert.equal(await ids.of("user", 1), "u1");
    assert.equal(ids.known("item", 0), undefined);
    await append(2);
    assert.equal(ids.known("user", 2), undefined);
    assert.deepEqual(await ids.below("user", 3), ["u0", "u1", "u2"]);
    assert.deepEqual(await ids.below("item", 2), ["i0", "i1", "i2"]);
    const both = await Promise.all([new LogIds(log, NOBODY), ids].map((one) => one.of("user", 0)));
    assert.deepEqual(both, ["u0", "u0"]);
  });

  it("remembers who is erased until it is told", async () => {
    const log = new MemoryEventLog(), ids = new LogIds(log, NOBODY);
    await log.append([{ eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 0 }]);
    assert.equal(await ids.of("user", 0), "u");
    await log.eraseUser("u", 0);
    assert.equal(ids.known("user", 0), "u");
    ids.forgetUser(0);
    ids.forgetUser(7);
    assert.equal(await ids.of("user", 0), "");
    assert.equal(await new LogIds(log, NOBODY).of("user", 0), "");
  });
});
