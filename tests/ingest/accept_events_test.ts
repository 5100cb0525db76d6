import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { acceptEvents, createdEvents, type EventDoor } from "../../src/ingest/accept_events.ts";

/** A door whose clock moves a second at each look, and whose ids count. */
function doorOn(log: MemoryEventLog): EventDoor {
  let nowMs = 1_000_000, made = 0;
  return { log, clock: { nowMs: () => nowMs += 1000 }, newEventId: () => `made-${++made}` };
}

describe("acceptEvents", () => {
  it("names and dates what comes without, and keeps what is given", async () => {
    const log = new MemoryEventLog();
    const given = { eventId: "e", userId: "u", itemId: "j", value: 2, time: 7, type: "view" };
    const { accepted, results, lastOffset } = await acceptEvents(
      [{ userId: "u", itemId: "i" }, given],
      doorOn(log),
    );
    assert.deepEqual(results, [
      { eventId: "made-1", status: "created", offset: 0 },
      { eventId: "e", status: "created", offset: 1 },
    ]);
    assert.deepEqual([accepted, lastOffset], [2, 1]);
    const { offset: _1, ...made } = (await log.findEvent("made-1"))!;
    assert.deepEqual(made, { eventId: "made-1", userId: "u", itemId: "i", value: 1, timeMs: 1_001_000 });
    const { offset: _2, ...kept } = (await log.findEvent("e"))!;
    assert.deepEqual(kept, { eventId: "e", userId: "u", itemId: "j", value: 2, timeMs: 7, type: "view" });
  });

  it("does not let an invalid event hold up the others, and answers in order", async () => {
    const log = new MemoryEventLog();
    const candidates = [
      { eventId: "a", userId: "u", itemId: "i" },
      { eventId: "b", userId: "", itemId: "i" },
      null,
      { eventId: "a\0", userId: "u", itemId: "i" },
      { eventId: "c", userId: "u", itemId: "i" },
    ];
    const { accepted, results, lastOffset } = await acceptEvents(candidates, doorOn(log));
    assert.deepEqual(results.map(({ eventId, status, offset }) => [eventId, status, offset]), [
      ["a", "created", 0],
      ["b", "invalid", undefined],
      [undefined, "invalid", undefined],
      [undefined, "invalid", undefined],
      ["c", "created", 1],
    ]);
    assert.deepEqual(results.map(({ problem }) => problem?.reason), [
      undefined,
      "emptyId",
      "notAnEvent",
      "badId",
      undefined,
    ]);
    assert.deepEqual([accepted, lastOffset, await log.end()], [2, 1, 2]);
  });

  it("answers the same event sent again as before: a duplicate at its offset", async () => {
    const log = new MemoryEventLog(), door = doorOn(log);
    const event = { eventId: "e", userId: "u", itemId: "i", value: 4, time: 99 };
    await acceptEvents([{ userId: "x", itemId: "y" }, event], door);
    assert.deepEqual(await acceptEvents([event], door), {
      accepted: 1,
      results: [{ eventId: "e", status: "duplicate", offset: 1 }],
      lastOffset: 1,
    });
    assert.equal(await log.end(), 2);
  });

  it("takes a retry without a time for a duplicate although the clock has moved", async () => {
    const log = new MemoryEventLog(), door = doorOn(log);
    const event = { eventId: "e", userId: "u", itemId: "i" };
    await acceptEvents([event], door);
    const { results } = await acceptEvents([event], door);
    assert.equal(results[0].status, "duplicate");
    assert.equal((await log.findEvent("e"))?.timeMs, 1_001_000);
  });

  it("calls another body under the same id a conflict, also when only a given time differs", async () => {
    const log = new MemoryEventLog(), door = doorOn(log);
    const event = { eventId: "e", userId: "u", itemId: "i", value: 4, time: 99 };
    await acceptEvents([event], door);
    for (const change of [{ userId: "v" }, { itemId: "j" }, { value: 5 }, { time: 100 }, { type: "view" }]) {
      const { accepted, results, lastOffset } = await acceptEvents([{ ...event, ...change }], door);
      assert.deepEqual([accepted, lastOffset], [0, undefined]);
      assert.deepEqual([results[0].status, results[0].offset, results[0].problem?.reason], [
        "conflict",
        0,
        "conflict",
      ]);
    }
    assert.equal(await log.end(), 1);
  });

  it("appends nothing where nothing is valid", async () => {
    const log = new MemoryEventLog();
    assert.equal((await acceptEvents([{}], doorOn(log))).accepted, 0);
    assert.deepEqual(await acceptEvents([], doorOn(log)), { accepted: 0, results: [] });
    assert.equal(await log.end(), 0);
  });

  it("keeps to the rules it is given", async () => {
    const door = {
      ...doorOn(new MemoryEventLog()),
      rules: { minValue: 1, maxValue: 5, timeUnit: "milliseconds" as const },
    };
    const { results } = await acceptEvents([{ userId: "u", itemId: "i", value: 6 }], door);
    assert.match(results[0].problem!.message, /1 to 5/);
  });
});

describe("createdEvents", () => {
  it("gives what is new, in order of offset, and nothing that was there or was refused", () => {
    const candidates = ["a", "b", "c", "d", "e"].map((userId) => ({ userId, itemId: `of ${userId}` }));
    const created = createdEvents(candidates, [
      { status: "created", eventId: "1", offset: 9 },
      { status: "duplicate", eventId: "2", offset: 3 },
      { status: "created", eventId: "3", offset: 8 },
      { status: "invalid" },
      { status: "conflict", eventId: "5", offset: 2 },
    ]);
    assert.deepEqual(created, [
      { eventId: "3", userId: "c", itemId: "of c", offset: 8 },
      { eventId: "1", userId: "a", itemId: "of a", offset: 9 },
    ]);
  });
});
