/** Estimates of single pairs, with what is said where the user or the item is unknown. */
import type { GenerationContent } from "../domain/generation.ts";
import type { Basis } from "../domain/recommendation.ts";

/** Estimate of one pair, unclipped. `itemIndex` is undefined if the generation does not know the item. */
export interface Estimate {
  readonly itemId: string;
  readonly itemIndex: number | undefined;
  readonly score: number;
  readonly basis: Basis;
}

/**
 * What is estimated without a dot product. Explicit: globalMean with the bias of the one that is known, added up in
 * single precision. Implicit: the share of all users who have interacted with the item; 0 if the item is unknown.
 * `itemFactors`: rows of items, if they are no longer the model's own.
 */
export function baselineScore(
  { model, itemCounts }: Pick<GenerationContent, "model" | "itemCounts">,
  userRow: Float32Array | undefined,
  itemIndex: number | undefined,
  itemFactors = model.itemFactors,
): number {
  const { feedback, factorCount } = model.parameters;
  if (feedback === "implicit") {
    return itemIndex === undefined ? 0 : (itemCounts[itemIndex] ?? 0) / model.userCount;
  }
  const userBias = userRow === undefined ? 0 : userRow[factorCount];
  const itemBias = itemIndex === undefined ? 0 : itemFactors[itemIndex * model.stride + factorCount + 1];
  return Math.fround(model.globalMean + userBias + itemBias);
}

/** Into the range of the ratings seen, if the model is explicit. */
export function clipped({ model }: Pick<GenerationContent, "model">, score: number): number {
  if (model.parameters.feedback === "implicit") return score;
  return Math.min(model.maxRating, Math.max(model.minRating, score));
}

/** Greatest first, ties by item index; unknown items last, in the order given. Repeats are dropped. */
export function ranked(estimates: readonly Estimate[]): Estimate[] {
  const unique = [...new Map(estimates.map((estimate) => [estimate.itemId, estimate])).values()];
  return unique.sort((a, b) => {
    if (a.itemIndex === undefined || b.itemIndex === undefined) {
      return Number(a.itemIndex === undefined) - Number(b.itemIndex === undefined);
    }
    return b.score - a.score || a.itemIndex - b.itemIndex;
  });
}
