/** Top-N by scoring everything and sorting it. */
import { canonicalDot } from "./canonical_dot.ts";

export interface ReferenceTopN {
  readonly itemIndexes: number[];
  readonly scores: number[];
}

/** Greatest score first, equal ones by ascending index, excluded items left out. `rows`: count x stride. */
export function topN(
  row: Float32Array,
  rows: Float32Array,
  n: number,
  excluded: Iterable<number> = [],
): ReferenceTopN {
  const without = new Set(excluded), stride = row.length;
  const all: { item: number; score: number }[] = [];
  for (let item = 0; item < rows.length / stride; item++) {
    if (without.has(item)) continue;
    all.push({ item, score: canonicalDot(row, rows.subarray(item * stride, (item + 1) * stride)) });
  }
  all.sort((a, b) => b.score - a.score || a.item - b.item);
  const best = all.slice(0, n);
  return { itemIndexes: best.map(({ item }) => item), scores: best.map(({ score }) => score) };
}
