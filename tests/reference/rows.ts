/** Small matrices written out by hand. */
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";

/** `rows[user]` lists [item, value]. */
export function rowsOf(
  rows: readonly (readonly (readonly [number, number])[])[],
  columnCount: number,
): RatingMatrix {
  const indptr = new Uint32Array(rows.length + 1);
  rows.forEach((row, user) => indptr[user + 1] = indptr[user] + row.length);
  const entries = rows.flatMap((row) => [...row].sort((a, b) => a[0] - b[0]));
  return {
    rowCount: rows.length,
    columnCount,
    indptr,
    indices: Uint32Array.from(entries, ([item]) => item),
    values: Float32Array.from(entries, ([, value]) => value),
  };
}

/** The same with every value 1: `rows[user]` lists items. */
export function itemRowsOf(rows: readonly (readonly number[])[], columnCount: number): RatingMatrix {
  return rowsOf(rows.map((row) => row.map((item) => [item, 1] as const)), columnCount);
}
