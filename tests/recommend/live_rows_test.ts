import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { LiveRows } from "../../src/recommend/live_rows.ts";

const values = (rows: LiveRows) => Array.from({ length: rows.count }, (_, index) => [...rows.row(index)!]);

describe("LiveRows", () => {
  it("is what it was given until a row changes, and never writes to that", () => {
    const given = Float32Array.of(1, 2, 3, 4), rows = new LiveRows(given, 2);
    assert.equal(rows.rows, given);
    rows.set(1, Float32Array.of(7, 8));
    assert.deepEqual(values(rows), [[1, 2], [7, 8]]);
    assert.deepEqual([...given], [1, 2, 3, 4]);
  });

  it("adds rows, zeros in between, however many", () => {
    const rows = new LiveRows(new Float32Array(0), 2);
    rows.set(2, Float32Array.of(5, 6));
    assert.deepEqual(values(rows), [[0, 0], [0, 0], [5, 6]]);
    assert.equal(rows.row(3), undefined);
    for (let index = 3; index < 500; index++) rows.set(index, Float32Array.of(index, -index));
    assert.deepEqual([rows.count, rows.stride], [500, 2]);
    for (let index = 3; index < 500; index++) assert.deepEqual([...rows.row(index)!], [index, -index]);
  });
});
