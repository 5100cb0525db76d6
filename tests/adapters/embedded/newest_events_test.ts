import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type Commit, NewestEvents } from "../../../src/adapters/embedded/newest_events.ts";

/** Everything about the event at an offset follows from it. */
const columnsOf = (offsets: readonly number[]) => ({
  users: Uint32Array.from(offsets, (offset) => 10 * offset),
  items: Uint32Array.from(offsets, (offset) => 10 * offset + 1),
  values: Float64Array.from(offsets, (offset) => offset / 2),
  timesMs: Float64Array.from(offsets, (offset) => 1e12 + offset),
});

const range = (from: number, end: number) => Array.from({ length: end - from }, (_, i) => from + i);

function events(from: number, end: number): Commit {
  return { from, end, events: { first: from, count: end - from, ...columnsOf(range(from, end)) } };
}

function assertBatch(newest: NewestEvents, [from, until, batchCount]: number[], next: number): void {
  const offsets = range(from, next);
  assert.deepEqual(newest.batch(from, until, batchCount), {
    next,
    columns: { count: offsets.length, offsets: Float64Array.from(offsets), ...columnsOf(offsets) },
  });
}

describe("NewestEvents", () => {
  it("gives any part of what follows on one another, up to the batch's size", () => {
    const newest = new NewestEvents();
    [events(5, 6), events(6, 10), events(10, 12)].forEach((commit) => newest.add(commit));
    for (const from of range(5, 12)) {
      for (const until of range(from + 1, 13)) {
        for (const batchCount of [1, 2, 3, 100]) {
          assertBatch(newest, [from, until, batchCount], Math.min(until, from + batchCount));
        }
      }
    }
  });

  it("gives what it has of more, and nothing where the first of it is missing", () => {
    const newest = new NewestEvents();
    assert.equal(newest.batch(0, 1, 10), undefined);
    newest.add(events(5, 8));
    assertBatch(newest, [6, 20, 10], 8);
    assert.equal(newest.batch(4, 8, 10), undefined);
    assert.equal(newest.batch(8, 9, 10), undefined);
    assert.equal(newest.batch(6, 6, 10), undefined);
    assert.deepEqual([[5, 8], [6, 7], [4, 6], [7, 9]].map(([from, until]) => newest.hasAll(from, until)), [
      true,
      true,
      false,
      false,
    ]);
  });

  it("begins anew after a gap and after what is not of events", () => {
    const newest = new NewestEvents();
    newest.add(events(0, 3));
    newest.add(events(4, 6));
    assert.equal(newest.batch(2, 3, 1), undefined);
    assertBatch(newest, [4, 6, 2], 6);
    newest.add({ from: 6, end: 7 });
    assert.equal(newest.batch(5, 6, 1), undefined);
    newest.add(events(7, 8));
    assert.equal(newest.hasAll(6, 8), false);
    assertBatch(newest, [7, 8, 1], 8);
    newest.clear();
    assert.equal(newest.batch(7, 8, 1), undefined);
  });

  it("keeps the last thousands", () => {
    const newest = new NewestEvents();
    for (let from = 0; from < 10_000; from += 10) newest.add(events(from, from + 10));
    assert.ok(newest.hasAll(6000, 10_000));
    assert.equal(newest.hasAll(5000, 10_000), false);
  });
});
