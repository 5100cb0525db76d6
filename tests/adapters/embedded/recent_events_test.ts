import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RecentEvents } from "../../../src/adapters/embedded/recent_events.ts";

/** 3,000 events, more than the first room; user = e mod 100, offset beyond 32 bits. */
const BASE = 2 ** 33;

function filled(): RecentEvents {
  const recent = new RecentEvents();
  for (let e = 0; e < 3000; e++) {
    recent.add(Uint32Array.of(0, e, 2 * e, 3, 4), 1, e % 5 === 0 ? `id ${e}` : null, e % 100, BASE + 2 * e);
  }
  return recent;
}

describe("RecentEvents", () => {
  it("finds events by key and id", () => {
    const recent = filled();
    assert.equal(recent.count, 3000);
    assert.equal(recent.find(Uint32Array.of(2999, 5998, 3, 4), 0, null), BASE + 5998);
    assert.equal(recent.find(Uint32Array.of(2995, 5990, 3, 4), 0, "id 2995"), BASE + 5990);
    assert.equal(recent.find(Uint32Array.of(2995, 5990, 3, 4), 0, null), undefined);
    assert.equal(recent.find(Uint32Array.of(2995, 5990, 3, 4), 0, "other"), undefined);
    assert.equal(recent.find(Uint32Array.of(2999, 5998, 3, 5), 0, null), undefined);
  });

  it("walks a user's events from the newest", () => {
    const offsets = [...filled().ofUser(7)];
    assert.deepEqual(offsets, Array.from({ length: 30 }, (_, i) => BASE + 2 * (2907 - 100 * i)));
    assert.deepEqual([...filled().ofUser(100)], []);
  });

  it("gives all as columns of words", () => {
    const { keys, users, offsets } = filled().columns();
    assert.equal(keys[0].length, 3000);
    assert.deepEqual([keys[0][2500], keys[1][2500], users[2500]], [2500, 5000, 0]);
    assert.equal(offsets.low[2500] + 2 ** 32 * offsets.high[2500], BASE + 5000);
    assert.equal(offsets.high[2500], 2);
  });
});
