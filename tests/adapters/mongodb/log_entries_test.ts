import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Binary } from "mongodb";
import {
  eventsOf,
  hashedKey,
  idOf,
  isErased,
  keyOf,
  NOBODY,
  partsOf,
  withoutUser,
} from "../../../src/adapters/mongodb/log_entries.ts";
import type { NewEvent } from "../../../src/domain/event.ts";

const ROW_ID = "row-00000001000000070000000000000001";

function events(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    eventId: `e${i}`,
    userId: `u${i % 3}`,
    itemId: `i${i % 5}`,
    value: i / 7,
    timeMs: 1e12 + i,
    ...(i % 4 === 0 ? { type: `t${i}` } : {}),
  }));
}

function partsOfMany(count: number) {
  return partsOf(
    events(count),
    Uint32Array.from({ length: count }, (_, i) => i % 3),
    Uint32Array.from({ length: count }, (_, i) => i % 5),
  );
}

describe("event keys", () => {
  it("are 16 bytes of an imported row's id, and the id of any other", () => {
    const key = keyOf(ROW_ID) as Binary;
    assert.deepEqual([...key.buffer], [1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    assert.equal(idOf(key), ROW_ID);
    for (const id of ["a", "row-1", ROW_ID.toUpperCase(), "\0", "$parts"]) assert.equal(idOf(keyOf(id)), id);
  });

  it("of erased events are no id of anybody, whose salted SHA-256 they are", () => {
    const key = hashedKey("é", "salt");
    const digest = createHash("sha256").update(new TextEncoder().encode("salt\0é")).digest("hex");
    assert.equal(key.toString("hex"), digest.slice(0, 32));
    assert.ok(isErased(key) && !isErased(keyOf(ROW_ID)) && !isErased("é"));
    assert.notEqual(idOf(hashedKey("é", "other")), idOf(key));
    assert.notEqual(hashedKey("a", "b").sub_type, (keyOf(ROW_ID) as Binary).sub_type);
  });
});

describe("parts of an entry", () => {
  it("hold the events in order, at most 1,024 each, and who they are of", () => {
    const parts = partsOfMany(2500), all = parts.flatMap((part) => eventsOf(100, part));
    assert.deepEqual(parts.map(({ start }) => start), [0, 1024, 2048]);
    assert.deepEqual(parts.map(({ who }) => [...who].sort()), [[0, 1, 2], [0, 1, 2], [0, 1, 2]]);
    const expected = events(2500).map(({ userId, itemId, ...event }, i) => ({
      ...event,
      user: Number(userId.slice(1)),
      item: Number(itemId.slice(1)),
      offset: 100 + i,
    }));
    assert.deepEqual(all, expected);
  });

  it("lose all of a user, and nothing of others", () => {
    const [part] = partsOfMany(12), blanked = withoutUser(part, 1, "salt");
    const before = eventsOf(0, part), after = eventsOf(0, blanked);
    assert.deepEqual([...blanked.who].sort(), [0, 2]);
    for (const [place, event] of after.entries()) {
      if (place % 3 !== 1) {
        assert.deepEqual(event, before[place]);
        continue;
      }
      assert.ok(isErased(blanked.ids[place]));
      assert.equal(idOf(blanked.ids[place]), idOf(hashedKey(`e${place}`, "salt")));
      const { user, item, value, timeMs, type } = event;
      assert.deepEqual({ user, item, value, timeMs, type }, {
        user: NOBODY,
        item: 0,
        value: 0,
        timeMs: 0,
        type: undefined,
      });
    }
    assert.equal(withoutUser(part, 7, "salt"), part);
    assert.ok(part.ids.includes("e1") && !blanked.ids.includes("e1"));
  });
});
