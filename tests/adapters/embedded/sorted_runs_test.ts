import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Database } from "../../../src/adapters/embedded/database.ts";
import { SortedRuns } from "../../../src/adapters/embedded/sorted_runs.ts";
import { newDatabase } from "./temporary_file.ts";

const OPTIONS = { kind: "test", columnCount: 3, isFiltered: true };

/** Entry e: key e * step mod 1000, second word key + 1, third word e. */
function entries(start: number, count: number, step: number): Uint32Array[] {
  const first = Uint32Array.from({ length: count }, (_, i) => (start + i) * step % 1000);
  return [first, first.map((key) => key + 1), Uint32Array.from({ length: count }, (_, i) => start + i)];
}

describe("SortedRuns", () => {
  let database: Database;
  beforeEach(() => {
    database = newDatabase();
  });
  afterEach(() => database.close());

  const runCount = () => database.sql("SELECT count(*) AS n FROM index_runs").get()!.n;
  const pageRuns = () => database.sql("SELECT count(DISTINCT page / 65536) AS n FROM index_pages").get()!.n;

  /** Values of the third column at the key. */
  function found(runs: SortedRuns, key: number): number[] {
    return [...runs.find(key)].map(({ entries, place }) => entries[2][place]);
  }

  it("finds every entry of a key, in the order of adding, in many pages and merged runs", async () => {
    const runs = new SortedRuns(database, OPTIONS);
    for (let part = 0; part < 21; part++) {
      await database.write("add", () => runs.add(entries(part * 3000, 3000, 7)));
    }
    // 21 runs: 16 in one, 4 in one, 1.
    assert.equal(runCount(), 3);
    assert.equal(pageRuns(), 3);
    for (const key of [0, 7, 993, 999]) {
      const expected = Array.from({ length: 63_000 }, (_, e) => e).filter((e) => e * 7 % 1000 === key);
      assert.deepEqual(found(runs, key), expected);
      assert.deepEqual([...runs.find(key, key + 2)], []);
      assert.equal([...runs.find(key, key + 1)].length, expected.length);
    }
    assert.deepEqual(found(runs, 1000), []);
  });

  it("finds a key that fills several pages", async () => {
    const runs = new SortedRuns(database, OPTIONS);
    const column = new Uint32Array(3000).fill(5);
    column[0] = 4, column[2999] = 6;
    const third = Uint32Array.from({ length: 3000 }, (_, i) => i);
    await database.write("add", () => runs.add([column, column.map((key) => key + 1), third]));
    assert.deepEqual(found(runs, 5), [...third.subarray(1, 2999)]);
    assert.deepEqual(found(runs, 4), [0]);
    assert.deepEqual(found(runs, 6), [2999]);
    assert.deepEqual([...found(runs, 3), ...found(runs, 7)], []);
  });

  it("finds many at once", async () => {
    const runs = new SortedRuns(database, OPTIONS);
    // Even keys only.
    for (let part = 0; part < 5; part++) {
      await database.write("add", () => runs.add(entries(part * 100, 100, 2)));
    }
    const rows = Uint32Array.from({ length: 1000 }, (_, row) => 999 - row),
      seconds = rows.map((key) => key + 1);
    seconds[999 - 40] = 0;
    const hits = new Map<number, number[]>();
    runs.findMany(rows, seconds, (row, entries, place) => {
      hits.set(rows[row], [...hits.get(rows[row]) ?? [], entries[2][place]]);
    });
    assert.equal(hits.size, 499, "500 even keys, one of them asked for with another second word");
    for (const [key, values] of hits) assert.deepEqual(values, [key / 2], `key ${key}`);
  });

  it("is seen by another after a refresh, and forgets what was rolled back", async () => {
    const runs = new SortedRuns(database, OPTIONS), other = new SortedRuns(database, OPTIONS);
    await database.write("add", () => runs.add(entries(0, 10, 1)));
    other.refresh();
    assert.deepEqual(found(other, 3), [3]);
    const failing = database.write("fail", () => {
      runs.add(entries(10, 10, 1));
      throw new Error("no");
    }, () => runs.forget());
    await assert.rejects(failing, /no/);
    runs.refresh();
    assert.deepEqual(found(runs, 3), [3]);
    assert.deepEqual(found(runs, 13), []);
  });

  it("keeps kinds apart", async () => {
    const runs = new SortedRuns(database, OPTIONS);
    const users = new SortedRuns(database, { kind: "users", columnCount: 3, isFiltered: false });
    await database.write("add", () => runs.add(entries(0, 10, 1)));
    users.refresh();
    assert.deepEqual(found(users, 3), []);
  });
});
