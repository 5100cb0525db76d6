/** How alike two orders are. */

/** Indexes by value, greatest first, ties by index. */
export function descending(values: readonly number[]): number[] {
  return Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
}

/** Ranks from 1, least first; equal values share the mean of their ranks. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = descending(values).reverse();
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let at = start; at < end; at++) ranks[order[at]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Spearman's: Pearson's correlation of the ranks. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  return correlation(ranksOf(x), ranksOf(y));
}

/** Pearson's correlation; 0 where one side does not vary. */
function correlation(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  let meanX = 0, meanY = 0;
  for (let i = 0; i < n; i++) meanX += x[i] / n, meanY += y[i] / n;
  let xy = 0, xx = 0, yy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i] - meanX, dy = y[i] - meanY;
    xy += dx * dy, xx += dx * dx, yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
