import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { holdOutLast, holdOutRandom, type SplitColumns, TEST_PART } from "../../src/evaluate/split.ts";
import { Random } from "../../src/synthesize/random.ts";

function columnsOf(rows: readonly (readonly [user: number, item: number, timeMs: number])[]): SplitColumns {
  return {
    count: rows.length,
    users: Uint32Array.from(rows, ([user]) => user),
    items: Uint32Array.from(rows, ([, item]) => item),
    timesMs: Float64Array.from(rows, ([, , timeMs]) => timeMs),
  };
}

/** Rows of many users in a random order. */
function manyRows(seed: number, count: number): [number, number, number][] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => [random.below(50), random.below(200), random.below(300)]);
}

const testRows = (marks: Uint8Array) => Array.from(marks.keys()).filter((row) => marks[row] === TEST_PART);

describe("holdOutLast", () => {
  it("takes each user's newest, equal times by row", () => {
    const marks = holdOutLast(
      columnsOf([[0, 0, 30], [1, 0, 5], [0, 1, 10], [0, 2, 20], [0, 3, 30], [1, 1, 5], [1, 2, 1], [1, 3, 5]]),
      0.25,
    );
    // User 0: times 30, 10, 20, 30 in rows 0, 2, 3, 4 → row 4. User 1: times 5, 5, 1, 5 in rows 1, 5, 6, 7 → row 7.
    assert.deepEqual(testRows(marks), [4, 7]);
  });

  it("agrees with sorting each user's rows, whatever the order of the data", () => {
    const rows = manyRows(1, 3000);
    const expected = new Set<number>();
    for (let user = 0; user < 50; user++) {
      const own = Array.from(rows.keys()).filter((row) => rows[row][0] === user);
      own.sort((a, b) => rows[a][2] - rows[b][2] || a - b);
      for (const row of own.slice(own.length - Math.round(own.length * 0.2))) expected.add(row);
    }
    assert.deepEqual(new Set(testRows(holdOutLast(columnsOf(rows), 0.2))), expected);
  });

  it("leaves every user something to train on", () => {
    const columns = columnsOf([[0, 0, 1], [1, 0, 1], [1, 1, 2]]);
    assert.deepEqual(testRows(holdOutLast(columns, 0.99)), [2]);
    assert.equal(holdOutLast(columnsOf([]), 0.1).length, 0);
  });

  it("refuses a share that is none", () => {
    for (const share of [0, 1, -0.1, NaN]) {
      assert.throws(() => holdOutLast(columnsOf([]), share), new RegExp(`holdout of ${share}`));
      assert.throws(() => holdOutRandom(columnsOf([]), share, 1), /more than 0 and less than 1/);
    }
  });
});

describe("holdOutRandom", () => {
  it("takes the share asked for, evenly over users and items", () => {
    const rows = manyRows(2, 100_000).map(([user, item], i) => [user, item + 200 * (i % 50), 0] as const);
    const pairs = [...new Map(rows.map((row) => [`${row[0]},${row[1]}`, row])).values()];
    const marks = holdOutRandom(columnsOf(pairs), 0.1, 1);
    const within = (count: number, of: number) => Math.abs(count - 0.1 * of) < 4.5 * Math.sqrt(0.09 * of);
    assert.ok(within(testRows(marks).length, pairs.length));
    for (const side of [0, 1]) {
      const sizes = new Map<number, [number, number]>();
      pairs.forEach((row, at) => {
        const [all, held] = sizes.get(row[side] % 100) ?? [0, 0];
        sizes.set(row[side] % 100, [all + 1, held + marks[at]]);
      });
      for (const [index, [all, held]] of sizes) assert.ok(within(held, all), `${index}: ${held} of ${all}`);
    }
  });

  it("depends on seed and pair alone: repeats stay together, other rows and orders change nothing", () => {
    const rows = manyRows(3, 5000), columns = columnsOf(rows);
    const marks = holdOutRandom(columns, 0.3, 1);
    const sideOf = new Map<string, number>();
    rows.forEach(([user, item], row) => {
      const pair = `${user},${item}`;
      assert.equal(sideOf.get(pair) ?? marks[row], marks[row]);
      sideOf.set(pair, marks[row]);
    });
    const reversed = holdOutRandom(columnsOf([...rows].reverse()), 0.3, 1);
    assert.deepEqual(reversed.reverse(), marks);
    assert.notDeepEqual(holdOutRandom(columns, 0.3, 2), marks);
  });
});
