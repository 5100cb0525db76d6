/** From interactions in order of offset to compressed sparse rows without repeats, both ways. */
import type { Feedback } from "../domain/factor_model.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import type { Interactions } from "./interactions.ts";

/** Which interactions take part: all, or those whose mark equals `part`. */
export interface Selection {
  readonly marks: Uint8Array;
  readonly part: number;
}

/** Interactions sorted by row, then column, then offset: as a matrix that may still hold repeats. */
interface SortedInteractions {
  readonly indptr: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
  readonly timesMs: Float64Array;
}

/** indptr of a counting sort by `keys`, of the selected interactions. */
function countRows(keys: Uint32Array, rowCount: number, selection?: Selection): Uint32Array {
  const indptr = new Uint32Array(rowCount + 1);
  for (let i = 0; i < keys.length; i++) {
    if (selection === undefined || selection.marks[i] === selection.part) indptr[keys[i] + 1]++;
  }
  for (let row = 0; row < rowCount; row++) indptr[row + 1] += indptr[row];
  return indptr;
}

/** Two stable counting sorts, by item and then by user: rows come out with ascending items, repeats in order of offset. */
function sortInteractions(interactions: Interactions, selection?: Selection): SortedInteractions {
  const { users, items, values, timesMs, userCount, itemCount, count } = interactions;
  const byItem = countRows(items, itemCount, selection);
  const selectedCount = byItem[itemCount];
  const order = new Uint32Array(selectedCount);
  for (let i = 0; i < count; i++) {
    if (selection === undefined || selection.marks[i] === selection.part) order[byItem[items[i]]++] = i;
  }
  const indptr = countRows(users, userCount, selection);
  const next = indptr.slice();
  const indices = new Uint32Array(selectedCount);
  const sortedValues = new Float32Array(selectedCount);
  const sortedTimes = new Float64Array(selectedCount);
  for (let k = 0; k < selectedCount; k++) {
    const i = order[k], to = next[users[i]]++;
    indices[to] = items[i];
    sortedValues[to] = values[i];
    sortedTimes[to] = timesMs[i];
  }
  return { indptr, indices, values: sortedValues, timesMs: sortedTimes };
}

/**
 * Users' rows with each pair once: of repeats the greatest (time, offset) wins for explicit feedback, implicit values
 * add up. Repeats stand side by side after the sort, so one pass over the rows in place is enough.
 */
export function buildUserRows(
  interactions: Interactions,
  feedback: Feedback,
  selection?: Selection,
): RatingMatrix {
  const { indptr, indices, values, timesMs } = sortInteractions(interactions, selection);
  const { userCount, itemCount } = interactions;
  let to = 0, from = 0;
  for (let user = 0; user < userCount; user++) {
    const rowStart = to, rowEnd = indptr[user + 1];
    for (; from < rowEnd; from++) {
      const isRepeat = to > rowStart && indices[to - 1] === indices[from];
      if (!isRepeat) {
        indices[to] = indices[from], values[to] = values[from], timesMs[to] = timesMs[from];
        to++;
      } else if (feedback === "implicit") {
        values[to - 1] += values[from];
      } else if (timesMs[from] >= timesMs[to - 1]) {
        values[to - 1] = values[from], timesMs[to - 1] = timesMs[from];
      }
    }
    indptr[user] = rowStart;
  }
  indptr[userCount] = to;
  return {
    rowCount: userCount,
    columnCount: itemCount,
    indptr,
    indices: indices.subarray(0, to),
    values: values.subarray(0, to),
  };
}

/** Copies `from` into the arrays of `to`, which have the same shape. */
export function copyMatrix(from: RatingMatrix, to: RatingMatrix): void {
  to.indptr.set(from.indptr);
  to.indices.set(from.indices);
  to.values.set(from.values);
}

/** Writes the transpose of `from` into the arrays of `to`; columns of each row ascend. */
export function transposeInto(from: RatingMatrix, to: RatingMatrix): void {
  const { indptr, indices, values } = from;
  to.indptr.fill(0);
  for (let k = 0; k < indices.length; k++) to.indptr[indices[k] + 1]++;
  for (let row = 0; row < to.rowCount; row++) to.indptr[row + 1] += to.indptr[row];
  const next = to.indptr.slice(0, to.rowCount);
  for (let row = 0; row < from.rowCount; row++) {
    for (let k = indptr[row]; k < indptr[row + 1]; k++) {
      const at = next[indices[k]]++;
      to.indices[at] = row;
      to.values[at] = values[k];
    }
  }
}
