/**
 * Which interactions a model is measured on. Marks go with the rows of the columns: TRAIN_PART or TEST_PART.
 *
 * `holdOutLast` takes the newest interactions of *each user*, not the newest of all. A cut at one moment would be closer
 * to what happens live, but in rating data most users come once: after the cut nearly all are strangers, and the figure
 * would be about popularity. The price is that the model sees other users' future; the baseline that it is compared
 * with sees it too.
 */

export const TRAIN_PART = 0;
export const TEST_PART = 1;

/** What a split looks at. Row order is order of offset. */
export interface SplitColumns {
  readonly count: number;
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly timesMs: Float64Array;
}

/**
 * Marks the last `share` of each user's interactions by (time, offset), rounded, never all of them: a user with one
 * interaction keeps it for training.
 */
export function holdOutLast(columns: SplitColumns, share: number): Uint8Array {
  assertShare(share);
  const { count, timesMs } = columns;
  const marks = new Uint8Array(count);
  const { indptr, order } = rowsByUser(columns);
  for (let user = 0; user + 1 < indptr.length; user++) {
    const start = indptr[user], end = indptr[user + 1];
    const heldOut = Math.min(end - start - 1, Math.round((end - start) * share));
    if (heldOut <= 0) continue;
    const rows = order.subarray(start, end);
    if (!isAscending(rows, timesMs)) rows.sort((a, b) => timesMs[a] - timesMs[b] || a - b);
    for (let k = rows.length - heldOut; k < rows.length; k++) marks[rows[k]] = TEST_PART;
  }
  return marks;
}

/**
 * Marks about `share` of the pairs at random: a hash of (seed, user, item) decides, so repeats of a pair stay on one
 * side, and a pair keeps its side when the log grows or is read in another order.
 */
export function holdOutRandom(columns: SplitColumns, share: number, seed: number): Uint8Array {
  assertShare(share);
  const { count, users, items } = columns;
  const marks = new Uint8Array(count);
  const threshold = share * 2 ** 32, start = mix(seed | 0);
  for (let row = 0; row < count; row++) {
    const hash = mix(Math.imul(mix(start ^ users[row]), 0x9e3779b1) ^ items[row]);
    if ((hash >>> 0) < threshold) marks[row] = TEST_PART;
  }
  return marks;
}

function assertShare(share: number): void {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(
      `a holdout of ${share} of the interactions: more than 0 and less than 1 is accepted`,
    );
  }
}

/** Rows grouped by user in order of offset: those of user u are order[indptr[u] .. indptr[u+1]). */
function rowsByUser({ count, users }: SplitColumns): { indptr: Uint32Array; order: Uint32Array } {
  let userCount = 0;
  for (let row = 0; row < count; row++) userCount = Math.max(userCount, users[row] + 1);
  const indptr = new Uint32Array(userCount + 1);
  for (let row = 0; row < count; row++) indptr[users[row] + 1]++;
  for (let user = 0; user < userCount; user++) indptr[user + 1] += indptr[user];
  const next = indptr.slice();
  const order = new Uint32Array(count);
  for (let row = 0; row < count; row++) order[next[users[row]]++] = row;
  return { indptr, order };
}

function isAscending(rows: Uint32Array, timesMs: Float64Array): boolean {
  for (let k = 1; k < rows.length; k++) {
    if (timesMs[rows[k]] < timesMs[rows[k - 1]]) return false;
  }
  return true;
}

/** The finaliser of MurmurHash3: every bit of the input changes about half of the output's. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
