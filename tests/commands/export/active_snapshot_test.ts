import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { activeSnapshot } from "../../../src/commands/export/active_snapshot.ts";
import { BadInput } from "../../../src/domain/failure.ts";
import { plantedServer } from "../../serve/planted_server.ts";

describe("activeSnapshot", () => {
  it("holds the generation, titles, and what came since, with only the ids that occur", async () => {
    const server = await plantedServer({ offset: 2 });
    const { eventLog } = server.store;
    const add = (userId: string, itemId: string) =>
      eventLog.append([{ eventId: `${userId} ${itemId}`, userId, itemId, value: 1, timeMs: 0 }]);
    await add("before", "661");
    await add("42", "old item");
    await add("42", "318");
    await eventLog.appendControl({ kind: "generationActivated", generation: "g000001" }, 0);
    await add("new", "318");
    await add("new", "new item");
    const snapshot = await activeSnapshot(server.store);
    assert.deepEqual(snapshot.content, server.content);
    assert.equal(snapshot.appliedOffset, 6);
    assert.deepEqual(snapshot.titles, new Map([["1193", "One Flew Over the Cuckoo's Nest (1975)"]]));
    const { userIds, itemIds, pairs } = snapshot.later;
    const named = Array.from(
      { length: pairs.length / 2 },
      (_, i) => [userIds[pairs[2 * i]], itemIds[pairs[2 * i + 1]]],
    );
    assert.deepEqual(named, [["42", "318"], ["new", "318"], ["new", "new item"]]);
    assert.deepEqual([userIds, itemIds], [["42", "new"], ["318", "new item"]]);
    await server.stop();
  });

  it("leaves out what was deleted since, and erased users", async () => {
    const server = await plantedServer({ offset: 0 }), { eventLog } = server.store;
    const events = [["42", "661"], ["42", "318"], ["gone", "914"]].map(([userId, itemId], k) => ({
      ...{ eventId: `e${k}`, userId, itemId },
      ...{ value: 1, timeMs: 0 },
    }));
    await eventLog.append(events);
    await eventLog.deleteEvent("42", "e0", 0);
    await eventLog.eraseUser("gone", 0);
    const { later } = await activeSnapshot(server.store);
    assert.deepEqual(later, { userIds: ["42"], itemIds: ["318"], pairs: Uint32Array.of(0, 0) });
    await server.stop();
  });

  it("needs an active generation", async () => {
    const server = await plantedServer({ planted: false });
    await assert.rejects(
      activeSnapshot(server.store),
      (error: unknown) => error instanceof BadInput && error.message.includes("foz train"),
    );
    await server.stop();
  });
});
