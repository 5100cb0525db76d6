import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { LoggedControl, LoggedEventColumns } from "../../src/domain/event.ts";
import { deletedBy, inOrder, withoutEvents } from "../../src/domain/log_records.ts";

function batchOf(offsets: readonly number[]): LoggedEventColumns {
  return {
    count: offsets.length,
    offsets: Float64Array.from(offsets),
    users: Uint32Array.from(offsets, (offset) => offset + 100),
    items: Uint32Array.from(offsets, (offset) => offset + 200),
    values: Float64Array.from(offsets, (offset) => offset / 2),
    timesMs: Float64Array.from(offsets, (offset) => offset * 1000),
  };
}

async function* batchesOf(...batches: number[][]) {
  for (const offsets of batches) yield batchOf(offsets);
}

function controlAt(offset: number, deletedOffset = 0): LoggedControl {
  return { offset, timeMs: 0, record: { kind: "eventDeleted", deletedOffset } };
}

/** What came, written down: "e0-2" are the events 0 to 2, "c3" is a control record. */
async function order(batches: number[][], controls: number[], from: number, until: number) {
  const said: string[] = [];
  let asked = 0;
  const read = () => (asked++, Promise.resolve(controls.map((offset) => controlAt(offset))));
  for await (const record of inOrder(batchesOf(...batches), read, from, until)) {
    if (record.kind === "control") said.push(`c${record.control.offset}`);
    else {
      const { events } = record, offsets = [...events.offsets];
      assert.deepEqual(events, batchOf(offsets), "all columns are cut alike");
      said.push(`e${offsets.join(",")}`);
    }
  }
  return { said: said.join(" "), asked };
}

describe("inOrder", () => {
  it("asks for no control records where there is no room for one", async () => {
    assert.deepEqual(await order([[4, 5], [6, 7]], [], 4, 8), { said: "e4,5 e6,7", asked: 0 });
    assert.deepEqual(await order([], [], 4, 4), { said: "", asked: 0 });
  });

  it("puts control records where they belong: before, between, within, behind", async () => {
    assert.deepEqual(await order([[1, 3], [4, 7]], [0, 2, 5, 6, 8], 0, 9), {
      said: "c0 e1 c2 e3 e4 c5 c6 e7 c8",
      asked: 1,
    });
    assert.deepEqual(await order([[0, 1], [3, 4]], [2], 0, 5), { said: "e0,1 c2 e3,4", asked: 1 });
    assert.deepEqual(await order([], [3, 4], 3, 5), { said: "c3 c4", asked: 1 });
  });

  it("does not take erased events for control records", async () => {
    assert.deepEqual(await order([[0, 4], [9]], [6], 0, 12), { said: "e0,4 c6 e9", asked: 1 });
  });
});

describe("events that do not count", () => {
  it("are those that a control record names", () => {
    const controls: LoggedControl[] = [
      controlAt(5, 2),
      { offset: 6, timeMs: 0, record: { kind: "generationActivated", generation: "g000001" } },
      controlAt(7, 3),
    ];
    assert.deepEqual(deletedBy(controls), new Set([2, 3]));
  });

  it("are left out of batches", async () => {
    const left: LoggedEventColumns[] = [];
    const source = batchesOf([0, 1, 2], [3], [4, 5]);
    for await (const batch of withoutEvents(source, new Set([0, 2, 3, 77]))) left.push(batch);
    assert.deepEqual(left, [batchOf([1]), batchOf([4, 5])]);
  });
});
