/** A validation slice of a matrix, the same for both sides of a pair. */
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { holdOutRandom, TEST_PART } from "../../src/evaluate/split.ts";

export interface MatrixSplit {
  readonly train: RatingMatrix;
  readonly validation: RatingMatrix;
}

/** About `share` of the pairs go to the validation part, chosen by a hash of (seed, user, item). */
export function splitMatrix(matrix: RatingMatrix, share: number, seed: number): MatrixSplit {
  const { rowCount, indptr, indices } = matrix;
  const users = new Uint32Array(indices.length);
  for (let user = 0; user < rowCount; user++) users.fill(user, indptr[user], indptr[user + 1]);
  const columns = { count: indices.length, users, items: indices, timesMs: new Float64Array(0) };
  const marks = holdOutRandom(columns, share, seed);
  return {
    train: rowsWhere(matrix, (k) => marks[k] !== TEST_PART),
    validation: rowsWhere(matrix, (k) => marks[k] === TEST_PART),
  };
}

/** The same rows with only those entries. */
function rowsWhere(matrix: RatingMatrix, isTaken: (entry: number) => boolean): RatingMatrix {
  const { rowCount, columnCount } = matrix;
  const indptr = new Uint32Array(rowCount + 1);
  const indices = new Uint32Array(matrix.indices.length), values = new Float32Array(matrix.indices.length);
  let to = 0;
  for (let row = 0; row < rowCount; row++) {
    for (let k = matrix.indptr[row]; k < matrix.indptr[row + 1]; k++) {
      if (!isTaken(k)) continue;
      indices[to] = matrix.indices[k];
      values[to++] = matrix.values[k];
    }
    indptr[row + 1] = to;
  }
  return { rowCount, columnCount, indptr, indices: indices.subarray(0, to), values: values.subarray(0, to) };
}

/** The rows of every `step`-th user that has any in `of`, taken from both matrices: a sample to measure lists on. */
export function usersWithRows(of: RatingMatrix, most: number): Uint32Array {
  const users: number[] = [];
  for (let user = 0; user < of.rowCount; user++) if (of.indptr[user + 1] > of.indptr[user]) users.push(user);
  const step = Math.max(1, users.length / most);
  return Uint32Array.from({ length: Math.floor(users.length / step) }, (_, k) => users[Math.floor(k * step)]);
}

/** These rows of a matrix, in this order. */
export function rowsOf(matrix: RatingMatrix, rows: Uint32Array): RatingMatrix {
  const indptr = new Uint32Array(rows.length + 1);
  rows.forEach((row, to) => indptr[to + 1] = indptr[to] + matrix.indptr[row + 1] - matrix.indptr[row]);
  const indices = new Uint32Array(indptr[rows.length]), values = new Float32Array(indices.length);
  rows.forEach((row, to) => {
    indices.set(matrix.indices.subarray(matrix.indptr[row], matrix.indptr[row + 1]), indptr[to]);
    values.set(matrix.values.subarray(matrix.indptr[row], matrix.indptr[row + 1]), indptr[to]);
  });
  return { rowCount: rows.length, columnCount: matrix.columnCount, indptr, indices, values };
}
