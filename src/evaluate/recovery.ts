/** How well a model has found again what was planted. */
import type { FactorModel } from "../domain/factor_model.ts";
import { descending, rankCorrelation } from "./rank_correlation.ts";

/** What is true, by the planted world's own indexes. Greater is better; only the order within a user counts. */
export interface TruePreferences {
  readonly userCount: number;
  readonly itemCount: number;
  preference(user: number, item: number): number;
}

/** A model's score of a planted pair; undefined where it knows the user or the item not at all. */
export type PairScore = (user: number, item: number) => number | undefined;

export interface RecoveryOptions {
  /** Interactions that the model was fitted to: such pairs are left out, because a model can know them by heart. */
  readonly seen: { readonly users: Uint32Array; readonly items: Uint32Array };
  /** Uniform integer from 0 to count - 1; chooses the users that are looked at. */
  readonly below: (count: number) => number;
  /** Most users looked at; 300 if absent. */
  readonly userCount?: number;
  /** Length of the lists compared; 20 if absent. */
  readonly k?: number;
}

/** Means over users; of users that the model does not know, none. */
export interface Recovery {
  readonly userCount: number;
  readonly k: number;
  /** Spearman's rank correlation of score and true preference over a user's unseen items: 0 by chance, 1 perfect. */
  readonly rankCorrelation: number;
  /** Share of a user's k truly best unseen items that are among the k best by score. */
  readonly topShare: number;
  /** The same for k items taken blindly. */
  readonly topShareByChance: number;
  /**
   * Mean true preference of the k best by score, on a scale where 0 is that of all unseen items and 1 that of the k
   * truly best.
   */
  readonly topGain: number;
}

/** Compares scores with the truth over the unseen items of a sample of users. Throws RangeError if it knows none of them. */
export function recoveryOf(truth: TruePreferences, score: PairScore, options: RecoveryOptions): Recovery {
  const k = options.k ?? 20;
  const sampled = sampleUsers(truth.userCount, options.userCount ?? 300, options.below);
  const seen = seenItems(sampled, options.seen);
  const sums = { users: 0, rankCorrelation: 0, topShare: 0, byChance: 0, topGain: 0 };
  for (const user of sampled) {
    const pairs = unseenPairs(truth, score, user, seen.get(user)!);
    if (pairs.scores.length <= k) continue;
    const byScore = descending(pairs.scores), byTruth = descending(pairs.preferences);
    sums.users++;
    sums.rankCorrelation += rankCorrelation(pairs.scores, pairs.preferences);
    sums.topShare += overlap(byScore, byTruth, k) / k;
    sums.byChance += k / pairs.scores.length;
    sums.topGain += gain(pairs.preferences, byScore, byTruth, k);
  }
  if (sums.users === 0) {
    throw new RangeError(
      `recovery over ${sampled.length} users: the model knows none of them with over ${k} unseen items`,
    );
  }
  return {
    userCount: sums.users,
    k,
    rankCorrelation: sums.rankCorrelation / sums.users,
    topShare: sums.topShare / sums.users,
    topShareByChance: sums.byChance / sums.users,
    topGain: sums.topGain / sums.users,
  };
}

/** In plain words, a line each. */
export function describeRecovery(recovery: Recovery): string[] {
  const { k, userCount, rankCorrelation, topShare, topShareByChance, topGain } = recovery;
  const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  return [
    `order of the items each user has not seen: rank correlation with the planted tastes ${
      rankCorrelation.toFixed(2)
    }` +
    ` (0 is chance, 1 perfect)`,
    `each user's ${k} truly best unseen items: ${percent(topShare)} are in the model's first ${k}` +
    ` (${percent(topShareByChance)} by chance)`,
    `worth of the model's first ${k}: ${
      percent(topGain)
    } of the way from average items to the best possible list`,
    `(means over ${userCount} users)`,
  ];
}

/**
 * Scores of a factor model by planted indexes. `userRows[user]` and `itemRows[item]` are rows of the model, -1 for what
 * it never saw. A row of zeros is unknown too.
 */
export function scoreByModel(model: FactorModel, userRows: Int32Array, itemRows: Int32Array): PairScore {
  const { stride, userFactors, itemFactors } = model;
  return (user, item) => {
    if (userRows[user] < 0 || itemRows[item] < 0) return undefined;
    const u = userRows[user] * stride, i = itemRows[item] * stride;
    let sum = 0, isKnown = false;
    for (let f = 0; f < stride; f++) {
      isKnown ||= userFactors[u + f] !== 0;
      sum += userFactors[u + f] * itemFactors[i + f];
    }
    return isKnown ? sum : undefined;
  };
}

function sampleUsers(userCount: number, count: number, below: (count: number) => number): number[] {
  if (userCount <= count) return Array.from({ length: userCount }, (_, user) => user);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(below(userCount));
  return [...chosen];
}

function seenItems(users: readonly number[], seen: RecoveryOptions["seen"]): Map<number, Set<number>> {
  const items = new Map(users.map((user) => [user, new Set<number>()]));
  for (let i = 0; i < seen.users.length; i++) items.get(seen.users[i])?.add(seen.items[i]);
  return items;
}

function unseenPairs(truth: TruePreferences, score: PairScore, user: number, seen: ReadonlySet<number>) {
  const scores: number[] = [], preferences: number[] = [];
  for (let item = 0; item < truth.itemCount; item++) {
    if (seen.has(item)) continue;
    const predicted = score(user, item);
    if (predicted === undefined) continue;
    scores.push(predicted);
    preferences.push(truth.preference(user, item));
  }
  return { scores, preferences };
}

function overlap(a: readonly number[], b: readonly number[], k: number): number {
  const first = new Set(a.slice(0, k));
  return b.slice(0, k).filter((index) => first.has(index)).length;
}

function gain(
  preferences: readonly number[],
  byScore: readonly number[],
  byTruth: readonly number[],
  k: number,
): number {
  const meanOf = (order: readonly number[]) =>
    order.reduce((sum, i) => sum + preferences[i], 0) / order.length;
  const all = meanOf(byTruth), best = meanOf(byTruth.slice(0, k));
  return best === all ? 1 : (meanOf(byScore.slice(0, k)) - all) / (best - all);
}
