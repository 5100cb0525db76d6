import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { EventColumns } from "../../../src/adapters/memory/event_columns.ts";

function filled(count: number): EventColumns {
  const columns = new EventColumns();
  // Every third offset is a control record's; user 0 to 199 in turn.
  for (let e = 0; e < count; e++) columns.add(e + Math.floor(e / 2), e % 200, e % 7, e / 2, 1000 + e);
  return columns;
}

describe("EventColumns", () => {
  it("gives back what was added, after growing", () => {
    const columns = filled(1000);
    assert.equal(columns.count, 1000);
    assert.deepEqual(columns.at(999), { offset: 1498, user: 199, item: 5, value: 499.5, timeMs: 1999 });
  });

  it("finds the first event from an offset on", () => {
    const columns = filled(10);
    assert.deepEqual([0, 1, 2, 3, 4, 13, 14, 99].map((offset) => columns.firstFrom(offset)), [
      0,
      1,
      2,
      2,
      3,
      9,
      10,
      10,
    ]);
  });

  it("walks a user's events from the newest", () => {
    const columns = filled(1000);
    assert.deepEqual([...columns.ofUser(150)], [950, 750, 550, 350, 150]);
    assert.deepEqual([...columns.ofUser(5000)], []);
  });

  it("copies what it gives", () => {
    const columns = filled(5), slice = columns.slice(1, 3);
    assert.deepEqual(slice, {
      count: 2,
      offsets: Float64Array.of(1, 3),
      users: Uint32Array.of(1, 2),
      items: Uint32Array.of(1, 2),
      values: Float64Array.of(0.5, 1),
      timesMs: Float64Array.of(1001, 1002),
    });
    slice.values.fill(9);
    assert.equal(columns.at(1).value, 0.5);
  });
});
