/** Ranking metrics of one list, straight from their definitions; equal scores by going through every order of them. */

export interface ListMetrics {
  recall: number;
  precision: number;
  ndcg: number;
  map: number;
  hitRate: number;
}

/** Of one list in strict order. */
export function strictMetrics(
  list: readonly number[],
  relevant: ReadonlySet<number>,
  k: number,
): ListMetrics {
  const isHit = list.slice(0, k).map((item) => relevant.has(item));
  const hits = isHit.filter(Boolean).length;
  let dcg = 0, ideal = 0, precisions = 0;
  for (let rank = 1; rank <= k; rank++) {
    if (rank <= relevant.size) ideal += 1 / Math.log2(rank + 1);
    if (!isHit[rank - 1]) continue;
    dcg += 1 / Math.log2(rank + 1);
    precisions += isHit.slice(0, rank).filter(Boolean).length / rank;
  }
  return {
    recall: hits / relevant.size,
    precision: hits / k,
    ndcg: dcg / ideal,
    map: precisions / Math.min(k, relevant.size),
    hitRate: hits > 0 ? 1 : 0,
  };
}

/** The mean over all orders of items with equal scores; only for few items. */
export function expectedMetrics(
  scores: ReadonlyMap<number, number>,
  relevant: ReadonlySet<number>,
  k: number,
): ListMetrics {
  const levels = [...new Set(scores.values())].sort((a, b) => b - a);
  const groups = levels.map((level) =>
    [...scores].filter(([, score]) => score === level).map(([item]) => item)
  );
  let lists: number[][] = [[]];
  for (const group of groups) {
    lists = lists.flatMap((list) => ordersOf(group).map((order) => [...list, ...order]));
  }
  const sum: ListMetrics = { recall: 0, precision: 0, ndcg: 0, map: 0, hitRate: 0 };
  for (const list of lists) {
    const metrics = strictMetrics(list, relevant, k);
    for (const name of Object.keys(sum) as (keyof ListMetrics)[]) sum[name] += metrics[name] / lists.length;
  }
  return sum;
}

function ordersOf(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, at) =>
    ordersOf(items.filter((_, other) => other !== at)).map((rest) => [first, ...rest])
  );
}
