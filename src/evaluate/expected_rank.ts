/** Metrics of one wanted item whose place among equal scores is open: expectations over all orders of the equals. */

/** How many candidates score more than the wanted one, and how many the same, it included (at least 1). */
export interface TiedRank {
  readonly greater: number;
  readonly equal: number;
}

/** Chance that the wanted item is among the first k: a model that scores everything alike earns k of n, not 1. */
export function expectedRecallAt(k: number, { greater, equal }: TiedRank): number {
  return Math.min(1, Math.max(0, k - greater) / equal);
}

/** Mean of 1 / log₂(place + 1) over the places it may stand in, 0 beyond the first k. */
export function expectedNdcgAt(k: number, { greater, equal }: TiedRank): number {
  let sum = 0;
  for (let place = greater + 1; place <= Math.min(k, greater + equal); place++) {
    sum += 1 / Math.log2(place + 1);
  }
  return sum / equal;
}
