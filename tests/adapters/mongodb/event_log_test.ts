/** What only several processes and failures show; the contract is in contracts_test.ts. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { EntryDocument } from "../../../src/adapters/mongodb/log_entries.ts";
import type { NewEvent } from "../../../src/domain/event.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import type { EventLog } from "../../../src/ports/event_log.ts";
import { PlainLog } from "../../reference/plain_log.ts";
import { type FreshStore, openFresh, skip } from "./fresh_store.ts";

function event(eventId: string, more: Partial<NewEvent> = {}): NewEvent {
  return { eventId, userId: "u", itemId: "i", value: 1, timeMs: 1000, ...more };
}

async function readOffsets(log: EventLog): Promise<number[]> {
  const offsets: number[] = [];
  for await (const batch of log.read()) offsets.push(...batch.offsets);
  return offsets;
}

describe("MongoEventLog", { skip }, () => {
  let fresh: FreshStore, log: EventLog;
  beforeEach(async () => {
    if (skip !== false) return;
    fresh = await openFresh();
    log = fresh.store.eventLog;
  });
  afterEach(() => fresh?.close());

  const entries = () => fresh.client().db().collection<EntryDocument>("events");

  it("is one log for all who open it at once", async () => {
    const others = await Promise.all([1, 2, 3].map(() => fresh.another()));
    for (const { eventLog } of others) assert.equal(eventLog.logId, log.logId);
  });

  it("keeps offsets dense and codes in order, whoever of several writes", async () => {
    const logs = [
      log,
      ...(await Promise.all([1, 2].map(() => fresh.another()))).map(({ eventLog }) => eventLog),
    ];
    const results = await Promise.all(
      logs.flatMap((one, writer) =>
        Array.from({ length: 20 }, async (_, k) => {
          const mine = [
            event(`${writer} ${k}`, { userId: `u${(k * 7 + writer) % 11}`, itemId: `i${k % 5}` }),
          ];
          return await one.append([...mine, event(`shared ${k}`, { userId: "shared" })]);
        })
      ),
    );
    const created = results.flat().filter(({ status }) => status === "created").map(({ offset }) => offset);
    assert.deepEqual(created.sort((a, b) => a - b), Array.from({ length: 80 }, (_, i) => i));
    assert.equal(results.flat().filter(({ status }) => status === "duplicate").length, 40);
    for (const one of logs) {
      assert.deepEqual(await readOffsets(one), Array.from({ length: 80 }, (_, i) => i));
      const [userIds, seen] = [await one.userIds(), new Set<number>()];
      for await (const { users } of one.read()) for (const user of users) seen.add(user);
      // First appearances in the order of the log are 0, 1, 2, ...
      assert.deepEqual([...seen], userIds.map((_, code) => code));
      assert.deepEqual(userIds, await log.userIds());
      assert.equal(new Set(userIds).size, 12);
    }
  });

  it("sees what another writer appended at once, by every way to ask", async () => {
    const { eventLog: other } = await fresh.another();
    assert.equal(await other.end(), 0);
    await log.append([event("a", { userId: "v" })]);
    assert.equal(await other.end(), 1);
    assert.deepEqual(await other.userIds(), ["v"]);
    assert.equal((await other.findEvent("a"))!.userId, "v");
    assert.equal(await log.deleteEvent("v", "a", 5), 1);
    assert.equal(await other.findEvent("a"), undefined);
    assert.equal(await other.deleteEvent("v", "a", 6), 1);
    assert.deepEqual(await other.eraseUser("v", 7), { offset: 2, userCode: 0, eventCount: 1 });
    assert.deepEqual(await log.append([event("a", { userId: "v" })]), [{ status: "duplicate", offset: 0 }]);
    assert.deepEqual(await log.userIds(), [""]);
  });

  it("takes ids that look like something else to the server", async () => {
    const plain = new PlainLog(),
      odd = ["$parts", "$$this", "$ids", "parts.ids", "", "erased 00", "a.b", "null", "true"];
    const events = odd.filter((id) => id !== "").map((id) => event(id, { userId: id, itemId: id, type: id }));
    plain.append(events);
    await log.append(events);
    for (const logged of plain.events()) {
      assert.deepEqual(await log.findEvent(logged.eventId), logged);
      assert.deepEqual(await log.eventsOfUser(logged.userId, { limit: 2 }), [logged]);
    }
    assert.equal(await log.deleteEvent("$parts", "$parts", 1), events.length);
  });

  it("finishes an erasure that a process left half done, when it is opened again", async () => {
    await log.append([
      event("a", { userId: "gone", type: "secret" }),
      event("b"),
      event("c", { userId: "gone" }),
    ]);
    const before = await entries().findOne({ _id: 0 });
    await log.eraseUser("gone", 5);
    // As if the process had ended after its first write.
    await entries().replaceOne({ _id: 0 }, before!);
    await entries().updateOne({ _id: 3 }, { $set: { isUnfinished: true } });
    const { eventLog: other } = await fresh.another();
    const left = JSON.stringify(await entries().find().toArray());
    for (const text of ["gone", "secret", '"a"', '"c"']) assert.ok(!left.includes(text), text);
    assert.ok(left.includes('"b"') && !left.includes("isUnfinished"));
    assert.deepEqual(await readOffsets(other), [1]);
    assert.deepEqual(await other.userIds(), ["", "u"]);
    assert.deepEqual(await other.append([event("c", { userId: "gone" })]), [{
      status: "duplicate",
      offset: 2,
    }]);
  });

  it("hides the user of an erasure that is not finished", async () => {
    await log.append([event("a", { userId: "gone" }), event("b")]);
    const before = await entries().findOne({ _id: 0 });
    const { eventLog: reader } = await fresh.another();
    await log.eraseUser("gone", 5);
    await entries().replaceOne({ _id: 0 }, before!);
    assert.deepEqual(await readOffsets(reader), [1]);
    assert.deepEqual(await reader.userIds(), ["", "u"]);
    assert.deepEqual(await reader.eventsOfUser("gone", { limit: 5 }), []);
    assert.equal(await reader.findEvent("a"), undefined);
  });

  it("says where a document is missing, and gives nothing of what comes after", async () => {
    for (let i = 0; i < 4; i++) await log.append([event(`e${i}`)]);
    await entries().deleteOne({ _id: 2 });
    const { eventLog: other } = await fresh.another();
    await assert.rejects(readOffsets(other), (error: Error) => {
      return error instanceof OutsideFailure && /offset 2 is missing/.test(error.message);
    });
  });

  it("refuses what is appended after it was closed", async () => {
    await log.append([event("a")]);
    await log.close();
    await assert.rejects(log.append([event("b")]), OutsideFailure);
  });

  it("says in a document which form it has, and does not touch another form", async () => {
    await fresh.client().db().collection<{ _id: string }>("foz").updateOne({ _id: "store" }, {
      $set: { format: 99 },
    });
    await assert.rejects(fresh.another(), (error: Error) => {
      return error instanceof OutsideFailure && /format 99.*reads 1/.test(error.message);
    });
  });
});
