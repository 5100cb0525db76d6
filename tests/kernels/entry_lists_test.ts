import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { EntryLists } from "../../src/kernels/entry_lists.ts";
import { Random } from "../../src/synthesize/random.ts";
import { inlineKernels } from "./planted_fit.ts";

interface Entry {
  index: number;
  value: number;
  timeMs: number;
}

function contentsOf(lists: EntryLists, row: number): Entry[] {
  return Array.from({ length: lists.countOf(row) }, (_, k) => ({
    index: lists.indexAt(row, k),
    value: lists.valueAt(row, k),
    timeMs: lists.timeAt(row, k),
  }));
}

/** The same operations on lists and on plain arrays. */
function exercise(hasTimes: boolean, operations: number) {
  const { kernels } = inlineKernels(), lists = new EntryLists(kernels, hasTimes), random = Random.seeded(3);
  const plain: Entry[][] = [];
  for (let k = 0; k < operations; k++) {
    const row = Math.floor(random.uniform() ** 3 * 60), timeMs = hasTimes ? k : 0;
    while (plain.length <= row) plain.push([]);
    lists.reserveRows(row + 1);
    const list = plain[row], position = random.below(list.length + 1), chance = random.uniform();
    if (chance < 0.1 && position < list.length) {
      lists.remove(row, position);
      list.splice(position, 1);
    } else if (chance < 0.3 && position < list.length) {
      lists.set(row, position, -k, timeMs);
      Object.assign(list[position], { value: -k, timeMs });
    } else {
      const entry = { index: random.below(1000), value: k, timeMs };
      lists.append(row, entry);
      list.push(entry);
    }
  }
  return { kernels, lists, plain };
}

describe("entry lists", () => {
  it("hold what arrays hold, with times and without", () => {
    for (const hasTimes of [true, false]) {
      const { lists, plain } = exercise(hasTimes, 20_000);
      plain.forEach((list, row) => assert.deepEqual(contentsOf(lists, row), list));
      assert.equal(lists.rowCount, plain.length);
      assert.equal(lists.entryCount, plain.flat().length);
    }
  });

  it("find the first entry with an index", () => {
    const { lists, plain } = exercise(false, 3_000);
    plain.forEach((list, row) => {
      for (let index = 0; index < 1000; index += 7) {
        assert.equal(lists.find(row, index), list.findIndex((entry) => entry.index === index));
      }
    });
  });

  it("compare their lengths", () => {
    const { lists, plain } = exercise(false, 900);
    for (const count of [0, 1, 5, plain[0].length]) {
      assert.deepEqual(lists.compareCounts(count), {
        greater: plain.filter((list) => list.length > count).length,
        equal: plain.filter((list) => list.length === count).length,
      });
    }
  });

  it("come back from what was saved", () => {
    for (const hasTimes of [true, false]) {
      const { lists, plain } = exercise(hasTimes, 5_000), saved = lists.save();
      const loaded = new EntryLists(inlineKernels().kernels, hasTimes);
      loaded.load(saved);
      plain.forEach((list, row) => assert.deepEqual(contentsOf(loaded, row), list));
      assert.deepEqual(loaded.save(), saved);
      assert.deepEqual([loaded.entryCount, loaded.rowCount], [lists.entryCount, lists.rowCount]);
    }
  });

  it("take memory in proportion to their entries, even if all grow at once", () => {
    const { kernels } = inlineKernels(), lists = new EntryLists(kernels, false), before = kernels.arena.top;
    const entries = 400_000, rows = 4_000;
    lists.reserveRows(rows);
    for (let k = 0; k < entries; k++) lists.append(k % rows, { index: k, value: 1, timeMs: 0 });
    assert.ok(kernels.arena.top - before < 5 * 8 * entries + 2 ** 20, `${kernels.arena.top - before} bytes`);
  });

  it("use again what others outgrew", () => {
    const { kernels } = inlineKernels(), lists = new EntryLists(kernels, true), rows = 1_000;
    lists.reserveRows(2 * rows);
    const grow = (first: number, entries: number) => {
      for (let k = 0; k < entries * rows; k++) {
        lists.append(first + k % rows, { index: k, value: 1, timeMs: 0 });
      }
    };
    grow(0, 64);
    const before = kernels.arena.top;
    grow(rows, 48);
    assert.ok(kernels.arena.top - before < 2 ** 20 + 1, `${kernels.arena.top - before} bytes`);
  });
});
