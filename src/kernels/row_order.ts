/** In which order rows are handed to workers. */

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
