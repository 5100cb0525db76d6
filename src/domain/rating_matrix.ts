/** Sparse user by item data. */

/**
 * Compressed sparse rows: row r holds columns `indices[indptr[r] .. indptr[r+1])`, ascending, without repeats, with
 * their `values`.
 */
export interface RatingMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly indptr: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}
