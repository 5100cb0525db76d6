/** In which order rows are handed to workers, and how many at a time. */

/**
 * Row indexes, those with most entries first, ties by index (a counting sort). Heavy rows first, so that no worker is
 * left alone with one at the end.
 */
export function heavyFirst(indptr: Uint32Array, order: Uint32Array): void {
  const rowCount = order.length;
  let longest = 0;
  for (let row = 0; row < rowCount; row++) longest = Math.max(longest, indptr[row + 1] - indptr[row]);
  // next[s]: where the next row goes that is s entries shorter than the longest one.
  const next = new Uint32Array(longest + 2);
  for (let row = 0; row < rowCount; row++) next[longest - (indptr[row + 1] - indptr[row]) + 1]++;
  for (let s = 0; s <= longest; s++) next[s + 1] += next[s];
  for (let row = 0; row < rowCount; row++) order[next[longest - (indptr[row + 1] - indptr[row])]++] = row;
}

/** Units of work: unit k is `order[starts[k] .. starts[k + 1])`. The first `groupCount` are groups (als_groups.ts). */
export interface WorkPlan {
  readonly unitCount: number;
  readonly groupCount: number;
}

/** Fixed rows of a block fill about half of a second-level cache of today. */
const BLOCK_BYTES = 2 ** 19;
/** Fixed rows that are less than this lie in the caches anyway, and nothing is gained by groups. */
const SMALLEST_GROUPED_BYTES = 2 ** 24;
/** A group ends when its rows touch each fixed row so often on average, or at its greatest number of rows. */
const GROUP_REUSE = 16;
export const GROUP_ROWS = 512;
/** A row of fewer entries in an average block is better off alone. */
const ENTRIES_PER_BLOCK = 8;

const UNIT_ROWS = 64;
const UNIT_ENTRIES = 4096;

/** Fixed rows of a block. */
export function blockRowsOf(rowBytes: number): number {
  return Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
}

/**
 * Cuts `order` (heavy rows first) into units, by the data alone: who does the work must not show in the result. `starts`
 * has room for a unit a row, and one more.
 */
export function planWork(
  indptr: Uint32Array,
  order: Uint32Array,
  starts: Uint32Array,
  fixed: { readonly count: number; readonly rowBytes: number },
): WorkPlan {
  const blockCount = fixed.count / blockRowsOf(fixed.rowBytes);
  const isGrouping = fixed.count * fixed.rowBytes >= SMALLEST_GROUPED_BYTES;
  const shortestGrouped = isGrouping ? ENTRIES_PER_BLOCK * blockCount : Infinity;
  let unitCount = 0, groupCount = 0;
  for (let k = 0; k < order.length;) {
    starts[unitCount++] = k;
    const entriesAt = (at: number) => indptr[order[at] + 1] - indptr[order[at]];
    const isGroup = entriesAt(k) >= shortestGrouped;
    const [mostRows, mostEntries] = isGroup
      ? [GROUP_ROWS, GROUP_REUSE * fixed.count]
      : [UNIT_ROWS, UNIT_ENTRIES];
    if (isGroup) groupCount++;
    const first = k;
    for (let entries = 0; k < order.length && k - first < mostRows && entries < mostEntries; k++) {
      if (isGroup && entriesAt(k) < shortestGrouped) break;
      entries += entriesAt(k);
    }
  }
  starts[unitCount] = order.length;
  return { unitCount, groupCount };
}
