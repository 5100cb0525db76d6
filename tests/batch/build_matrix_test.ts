import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { buildUserRows, copyMatrix, transposeInto } from "../../src/batch/build_matrix.ts";
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { interactionsOf, type Row } from "./columns.ts";

function rowsOf(matrix: RatingMatrix): [number, number][][] {
  return Array.from({ length: matrix.rowCount }, (_, row) => {
    const entries: [number, number][] = [];
    for (let k = matrix.indptr[row]; k < matrix.indptr[row + 1]; k++) {
      entries.push([matrix.indices[k], matrix.values[k]]);
    }
    return entries;
  });
}

function emptyMatrix(rowCount: number, columnCount: number, count: number): RatingMatrix {
  return {
    rowCount,
    columnCount,
    indptr: new Uint32Array(rowCount + 1),
    indices: new Uint32Array(count),
    values: new Float32Array(count),
  };
}

const REPEATS: Row[] = [
  [1, 2, 5, 100],
  [0, 1, 3, 50],
  [1, 0, 2, 70],
  [1, 2, 1, 90], // earlier than the first of its pair, though later in the log
  [0, 1, 4, 50], // same time as the first of its pair: the greater offset wins
  [3, 2, 2, 0],
];

describe("buildUserRows", () => {
  it("keeps the rating with the greatest (time, offset) of a repeated pair", () => {
    const matrix = buildUserRows(interactionsOf(REPEATS, 4, 3), "explicit");
    assert.deepEqual(rowsOf(matrix), [[[1, 4]], [[0, 2], [2, 5]], [], [[2, 2]]]);
  });

  it("adds up the values of a repeated pair of implicit feedback", () => {
    const matrix = buildUserRows(interactionsOf(REPEATS, 4, 3), "implicit");
    assert.deepEqual(rowsOf(matrix), [[[1, 7]], [[0, 2], [2, 6]], [], [[2, 2]]]);
  });

  it("takes only the selected part", () => {
    const marks = Uint8Array.of(0, 1, 0, 0, 0, 1);
    const train = buildUserRows(interactionsOf(REPEATS, 4, 3), "explicit", { marks, part: 0 });
    const test = buildUserRows(interactionsOf(REPEATS, 4, 3), "explicit", { marks, part: 1 });
    assert.deepEqual(rowsOf(train), [[[1, 4]], [[0, 2], [2, 5]], [], []]);
    assert.deepEqual(rowsOf(test), [[[1, 3]], [], [], [[2, 2]]]);
  });

  it("agrees with a map of pairs on a thousand random interactions", () => {
    let state = 1;
    const next = (below: number) => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) % below;
    const rows: Row[] = Array.from({ length: 1000 }, () => [next(20), next(30), next(5) + 1, next(9)]);
    const latest = new Map<string, Row>(), sums = new Map<string, number>();
    for (const row of rows) {
      const pair = `${row[0]} ${row[1]}`;
      if (row[3]! >= (latest.get(pair)?.[3] ?? 0)) latest.set(pair, row);
      sums.set(pair, (sums.get(pair) ?? 0) + row[2]);
    }
    for (const feedback of ["explicit", "implicit"] as const) {
      const matrix = buildUserRows(interactionsOf(rows, 20, 30), feedback);
      const found = rowsOf(matrix).flatMap((entries, user) =>
        entries.map(([item, value]) => [`${user} ${item}`, value])
      );
      const expected = feedback === "explicit" ? [...latest].map(([pair, row]) => [pair, row[2]]) : [...sums];
      assert.deepEqual(new Map(found as [string, number][]), new Map(expected as [string, number][]));
      for (const entries of rowsOf(matrix)) {
        assert.deepEqual(entries, entries.toSorted((a, b) => a[0] - b[0]));
      }
    }
  });
});

describe("transposeInto", () => {
  it("gives items' rows with ascending users, and the original when applied twice", () => {
    const matrix = buildUserRows(interactionsOf(REPEATS, 4, 3), "explicit");
    const byItem = emptyMatrix(3, 4, matrix.indices.length);
    transposeInto(matrix, byItem);
    assert.deepEqual(rowsOf(byItem), [[[1, 2]], [[0, 4]], [[1, 5], [3, 2]]]);
    const back = emptyMatrix(4, 3, matrix.indices.length);
    transposeInto(byItem, back);
    assert.deepEqual(rowsOf(back), rowsOf(matrix));
  });
});

describe("copyMatrix", () => {
  it("copies all three arrays", () => {
    const matrix = buildUserRows(interactionsOf(REPEATS, 4, 3), "explicit");
    const copy = emptyMatrix(4, 3, matrix.indices.length);
    copyMatrix(matrix, copy);
    assert.deepEqual(rowsOf(copy), rowsOf(matrix));
  });
});
