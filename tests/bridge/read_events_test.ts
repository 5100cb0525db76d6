import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { readEvents } from "../../src/bridge/read_events.ts";

const place = { topic: "shop.events", partition: 3, offset: 17 };
const received = (text: string, timeMs = 1000) => ({
  value: new TextEncoder().encode(text),
  offset: 17,
  timeMs,
});

describe("readEvents", () => {
  it("gives an event the id of its place and the time of its message, where it has none", () => {
    assert.deepEqual(readEvents(received('{"userId":"u","itemId":"i"}'), place), {
      ok: true,
      candidates: [{ userId: "u", itemId: "i", eventId: "shop.events-3-17", time: 1000 }],
    });
    const own = { userId: "u", itemId: "i", eventId: "e", time: "2026-01-01T00:00:00Z" };
    assert.deepEqual(readEvents(received(JSON.stringify(own)), place), { ok: true, candidates: [own] });
    const undated = readEvents(received('{"userId":"u","itemId":"i","eventId":null}', -1), place);
    assert.deepEqual(undated, {
      ok: true,
      candidates: [{ userId: "u", itemId: "i", eventId: "shop.events-3-17" }],
    });
  });

  it("numbers those of one message", () => {
    const read = readEvents(received('{"events":[{"userId":"u"},7,{"userId":"v"}]}'), place);
    assert.ok(read.ok);
    assert.deepEqual(read.candidates.map((one) => (one as { eventId?: string }).eventId ?? one), [
      "shop.events-3-17-0",
      7,
      "shop.events-3-17-2",
    ]);
  });

  it("keeps ids within bounds and apart, however long the topic's name is", () => {
    const ids = [1, 2].map((offset) => {
      const read = readEvents(received('{"userId":"u"}'), {
        topic: "t".repeat(249),
        partition: 100,
        offset: offset * 1e9,
      });
      assert.ok(read.ok);
      return (read.candidates[0] as { eventId: string }).eventId;
    });
    assert.ok(ids.every((id) => id.length <= 256));
    assert.notEqual(ids[0], ids[1]);
  });

  it("leaves it to the door to refuse what is no event, and refuses what cannot be read", () => {
    for (const text of ["7", "null", "[]", '"text"']) {
      assert.deepEqual(readEvents(received(text), place), { ok: true, candidates: [JSON.parse(text)] });
    }
    const many = JSON.stringify({ events: Array(1001).fill({}) });
    for (const text of ["", "42;7", "{", '{"events":[]}', many]) {
      const read = readEvents(received(text), place);
      assert.ok(!read.ok && /is accepted$/.test(read.problem), text.slice(0, 20));
    }
    assert.ok(!readEvents({ offset: 17, timeMs: 1 }, place).ok, "a tombstone");
    assert.ok(!readEvents({ value: Uint8Array.of(0xff), offset: 17, timeMs: 1 }, place).ok, "no UTF-8");
  });
});
