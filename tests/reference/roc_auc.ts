/** Share of pairs of one outcome of each class that are in order, ties a half; each pair weighs what both weigh. */
export function pairwiseAuc(
  outcomes: readonly { readonly positive: boolean; readonly score: number; readonly weight?: number }[],
): number {
  let ordered = 0, all = 0;
  for (const a of outcomes) {
    if (!a.positive) continue;
    for (const b of outcomes) {
      if (b.positive) continue;
      const weight = (a.weight ?? 1) * (b.weight ?? 1);
      all += weight;
      if (a.score > b.score) ordered += weight;
      if (a.score === b.score) ordered += weight / 2;
    }
  }
  return ordered / all;
}
