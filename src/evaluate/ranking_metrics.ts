/**
 * How good lists of items are at containing what users did next. Full ranking: a list is the best of *all* items that
 * the user has no training interaction with. Relevant are the user's test items; users without any are left out.
 *
 * With H hits at ranks r among the first k, and T test items of the user:
 * recall = H/T · precision = H/k · hitRate = [H > 0] · ndcg = Σ 1/log2(r+1) / Σ_{r ≤ min(k,T)} 1/log2(r+1) ·
 * map = Σ (hits up to r)/r / min(k,T); each is the mean over users. coverage = items in at least one list / all items.
 * (Recall and NDCG as in the published tables on these splits: He et al. 2020, arXiv 2002.02126, and successors.)
 *
 * Items with equal scores count in expectation over their order: a hit is then a fraction.
 */
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { type Estimate, ratioEstimate } from "./confidence.ts";

/** Rows of item indexes: what of a RatingMatrix rankings look at. */
export type ItemRows = Pick<RatingMatrix, "indptr" | "indices">;

/** The lists of consecutive users, as top-N gives them. */
export interface RankedBlock {
  readonly firstUserIndex: number;
  readonly userCount: number;
  /** Places for each list; places after its end hold an index that is no item's. */
  readonly n: number;
  readonly itemIndexes: Uint32Array;
}

const PER_USER = ["recall", "precision", "ndcg", "map", "hitRate"] as const;
export type RankingMetricName = (typeof PER_USER)[number];

export interface RankingMetrics {
  readonly k: number;
  /** Users that have test items. */
  readonly evaluatedUserCount: number;
  readonly estimates: Readonly<Record<RankingMetricName, Estimate>>;
  /** Share of all items that occur in at least one list. No mean over users, so without an interval. */
  readonly coverage: number;
}

/** Collects lists and measures them against the test items. */
export class RankingEvaluation {
  readonly #test: ItemRows;
  readonly #k: number;
  readonly #evaluated: Float64Array;
  readonly #perUser: Record<RankingMetricName, Float64Array>;
  readonly #listed: Uint8Array;
  /** relevantTo[item] = user + 1 while that user is looked at. */
  readonly #relevantTo: Uint32Array;
  readonly #score: ListScore;

  constructor(test: RatingMatrix, k: number) {
    if (!Number.isInteger(k) || k < 1) {
      throw new RangeError(`ranking metrics at ${k}: an integer of at least 1 is accepted`);
    }
    this.#test = test;
    this.#k = k;
    const zeros = () => new Float64Array(test.rowCount);
    this.#evaluated = zeros();
    this.#perUser = { recall: zeros(), precision: zeros(), ndcg: zeros(), map: zeros(), hitRate: zeros() };
    this.#listed = new Uint8Array(test.columnCount);
    this.#relevantTo = new Uint32Array(test.columnCount);
    this.#score = new ListScore(k);
  }

  /** Adds lists in strict order. Each user at most once. Lists of users without test items only count as coverage. */
  add(block: RankedBlock): void {
    const { firstUserIndex, userCount, n, itemIndexes } = block;
    for (let row = 0; row < userCount; row++) {
      const user = firstUserIndex + row;
      const relevantCount = this.#begin(user);
      for (let place = 0; place < Math.min(n, this.#k); place++) {
        const item = itemIndexes[row * n + place];
        if (item >= this.#listed.length) break;
        this.#listed[item] = 1;
        if (relevantCount > 0) this.#score.place(1, this.#relevantTo[item] === user + 1 ? 1 : 0);
      }
      this.#end(user, relevantCount);
    }
  }

  /**
   * Adds for every user the list of the items by `scores`, greatest first, without those of `excluded`; equal scores in
   * expectation (for coverage: by index). The baseline "popular" has the number of training interactions as scores.
   */
  addSameOrder(scores: ArrayLike<number>, excluded: ItemRows): void {
    const order = Uint32Array.from({ length: this.#listed.length }, (_, item) => item)
      .sort((a, b) => scores[b] - scores[a] || a - b);
    const excludedFrom = new Uint32Array(this.#listed.length);
    for (let user = 0; user < this.#evaluated.length; user++) {
      for (let at = excluded.indptr[user]; at < excluded.indptr[user + 1]; at++) {
        excludedFrom[excluded.indices[at]] = user + 1;
      }
      const relevantCount = this.#begin(user);
      if (relevantCount > 0) this.#walk(user, order, scores, excludedFrom);
      this.#end(user, relevantCount);
    }
  }

  result(): RankingMetrics {
    const estimates = Object.fromEntries(
      PER_USER.map((name) => [name, ratioEstimate(this.#perUser[name], this.#evaluated)]),
    ) as Record<RankingMetricName, Estimate>;
    let evaluatedUserCount = 0, listedCount = 0;
    for (const isEvaluated of this.#evaluated) evaluatedUserCount += isEvaluated;
    for (const isListed of this.#listed) listedCount += isListed;
    return { k: this.#k, evaluatedUserCount, estimates, coverage: listedCount / this.#listed.length };
  }

  /** Marks the user's test items and gives their number. */
  #begin(user: number): number {
    const { indptr, indices } = this.#test;
    for (let at = indptr[user]; at < indptr[user + 1]; at++) this.#relevantTo[indices[at]] = user + 1;
    const relevantCount = indptr[user + 1] - indptr[user];
    this.#score.begin(relevantCount);
    return relevantCount;
  }

  /** One user's way through the items, group after group of equal scores, until k places are filled. */
  #walk(user: number, order: Uint32Array, scores: ArrayLike<number>, excludedFrom: Uint32Array): void {
    let placed = 0;
    for (let at = 0; at < order.length && placed < this.#k;) {
      const score = scores[order[at]];
      let size = 0, relevant = 0;
      for (; at < order.length && scores[order[at]] === score; at++) {
        const item = order[at];
        if (excludedFrom[item] === user + 1) continue;
        if (placed + size < this.#k) this.#listed[item] = 1;
        size++;
        if (this.#relevantTo[item] === user + 1) relevant++;
      }
      this.#score.place(size, relevant);
      placed += size;
    }
  }

  #end(user: number, relevantCount: number): void {
    if (relevantCount === 0) return;
    this.#evaluated[user] = 1;
    for (const name of PER_USER) this.#perUser[name][user] = this.#score[name];
  }
}

/** The metrics of one list, filled group by group; a group is a run of places whose order is a matter of chance. */
class ListScore {
  readonly #k: number;
  /** discounts[r] = Σ_{s ≤ r} 1/log2(s+1). */
  readonly #discounts: Float64Array;
  #relevantCount = 0;
  #placed = 0;
  #hits = 0;
  #gain = 0;
  #precisions = 0;
  #missProbability = 1;

  constructor(k: number) {
    this.#k = k;
    this.#discounts = new Float64Array(k + 1);
    for (let r = 1; r <= k; r++) this.#discounts[r] = this.#discounts[r - 1] + 1 / Math.log2(r + 1);
  }

  begin(relevantCount: number): void {
    this.#relevantCount = relevantCount;
    this.#placed =
      this.#hits =
      this.#gain =
      this.#precisions =
        0;
    this.#missProbability = 1;
  }

  /** The next `size` places hold `relevant` hits in random order; places beyond k do not count. */
  place(size: number, relevant: number): void {
    const first = this.#placed, places = Math.min(size, this.#k - first);
    this.#placed += places;
    if (relevant === 0 || places === 0) return;
    const probability = relevant / size;
    this.#gain += probability * (this.#discounts[first + places] - this.#discounts[first]);
    for (let j = 0; j < places; j++) {
      // Given a hit at this place, each of the j places before it in the group holds one of the others with this chance:
      const othersBefore = j === 0 ? 0 : (j * (relevant - 1)) / (size - 1);
      this.#precisions += (probability * (this.#hits + 1 + othersBefore)) / (first + j + 1);
      this.#missProbability *= Math.max(0, size - relevant - j) / (size - j);
    }
    this.#hits += probability * places;
  }

  get recall(): number {
    return this.#hits / this.#relevantCount;
  }

  get precision(): number {
    return this.#hits / this.#k;
  }

  get ndcg(): number {
    return this.#gain / this.#discounts[Math.min(this.#k, this.#relevantCount)];
  }

  get map(): number {
    return this.#precisions / Math.min(this.#k, this.#relevantCount);
  }

  get hitRate(): number {
    return 1 - this.#missProbability;
  }
}
