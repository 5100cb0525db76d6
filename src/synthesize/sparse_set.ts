/**
 * Synthetic data sets of a given shape for benchmarks: who acted on what. No ids, no times, no object for an
 * interaction: 10 million take a few seconds.
 *
 * Items belong to communities and have power-law popularity; a user frequents a few communities and takes an item of
 * one of them, or now and then one that is popular everywhere, in proportion to popularity, each item once. So up to
 * the repeats P(u's next item is i) = Σ_c P(c|u) P(i|c): a matrix of rank communityCount, which a factor model can find.
 */
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { plantActivity } from "./activity.ts";
import { AliasTable, zipfWeights } from "./alias_table.ts";
import { Random } from "./random.ts";

export interface SparseSetOptions {
  /** An integer. */
  readonly seed: number;
  readonly userCount: number;
  readonly itemCount: number;
  /** Pairs in all, each user's items different. */
  readonly interactionCount: number;
  readonly communityCount: number;
  /** Communities that a user frequents, on average. */
  readonly communitiesPerUser: number;
  /** Share of the choices made among all items; .2 if absent. */
  readonly wanderingShare?: number;
  /** Exponent of the items' popularity over rank; .9 if absent. */
  readonly popularityExponent?: number;
  /** Standard deviation of the logarithm of a user's number of items; 1 if absent. */
  readonly activitySpread?: number;
}

/** Shapes that others publish figures on. */
export const SPARSE_SHAPES = {
  /** As Gowalla in the published 10-core split. */
  gowalla: {
    userCount: 29_858,
    itemCount: 40_981,
    interactionCount: 810_128,
    communityCount: 400,
    communitiesPerUser: 3,
  },
  /** As MovieLens 10M taken as implicit evidence, with twice the users. */
  tenMillion: {
    userCount: 136_000,
    itemCount: 20_000,
    interactionCount: 10_000_000,
    communityCount: 100,
    communitiesPerUser: 8,
  },
  /** As MovieLens 20M. */
  twentyMillion: {
    userCount: 138_000,
    itemCount: 27_000,
    interactionCount: 20_000_000,
    communityCount: 100,
    communitiesPerUser: 8,
  },
} as const;

/** Rows of users, items ascending, every value 1. Items are numbered by descending popularity. */
export function plantSparseSet(options: SparseSetOptions): RatingMatrix {
  const { seed, userCount, itemCount, interactionCount, activitySpread = 1 } = options;
  const counts = plantActivity(
    {
      userCount,
      eventCount: interactionCount,
      mostPerUser: Math.ceil(itemCount / 3),
      spread: activitySpread,
    },
    Random.seeded(seed, 11),
  );
  const communities = new Communities(options, Random.seeded(seed, 12));
  const random = Random.seeded(seed, 13);
  const indptr = new Uint32Array(userCount + 1), indices = new Uint32Array(interactionCount);
  for (let user = 0; user < userCount; user++) {
    const start = indptr[user], end = indptr[user + 1] = start + counts[user];
    communities.enter(random);
    for (let at = start; at < end; at++) indices[at] = communities.next(user, random);
    indices.subarray(start, end).sort();
  }
  return {
    rowCount: userCount,
    columnCount: itemCount,
    indptr,
    indices,
    values: new Float32Array(interactionCount).fill(1),
  };
}

/** Repeats in a row after which a user has seen enough of its communities and wanders. */
const PATIENCE = 32;

class Communities {
  readonly #everywhere: AliasTable;
  /** Communities by the popularity of their items together. */
  readonly #bySize: AliasTable;
  readonly #members: Uint32Array[];
  readonly #choices: AliasTable[];
  readonly #perUser: number;
  readonly #wanderingShare: number;
  /** Which user took the item last, counting from 1. */
  readonly #takenBy: Uint32Array;
  /** Of the user that entered last. */
  #frequented: number[] = [];

  constructor(options: SparseSetOptions, random: Random) {
    const { itemCount, communityCount, communitiesPerUser, wanderingShare = 0.2 } = options;
    const popularity = zipfWeights(itemCount, options.popularityExponent ?? 0.9, itemCount / 4000);
    const members: number[][] = Array.from({ length: communityCount }, () => []);
    for (let item = 0; item < itemCount; item++) members[random.below(communityCount)].push(item);
    this.#members = members.filter((items) => items.length > 0).map((items) => Uint32Array.from(items));
    const weights = this.#members.map((items) => Float64Array.from(items, (item) => popularity[item]));
    this.#choices = weights.map((own) => new AliasTable(own));
    this.#bySize = new AliasTable(weights.map((own) => own.reduce((sum, weight) => sum + weight, 0)));
    this.#everywhere = new AliasTable(popularity);
    this.#perUser = communitiesPerUser;
    this.#wanderingShare = wanderingShare;
    this.#takenBy = new Uint32Array(itemCount);
  }

  /** Chooses the communities of the user whose items are drawn next. */
  enter(random: Random): void {
    const count = 1 + random.poisson(this.#perUser - 1);
    this.#frequented = Array.from({ length: count }, () => this.#bySize.draw(random));
  }

  /** An item that `user` has not taken before. */
  next(user: number, random: Random): number {
    const mark = user + 1, takenBy = this.#takenBy;
    for (let tries = 0; tries < 2 * PATIENCE; tries++) {
      const item = this.#draw(random, tries >= PATIENCE);
      if (takenBy[item] === mark) continue;
      takenBy[item] = mark;
      return item;
    }
    let item = random.below(takenBy.length);
    while (takenBy[item] === mark) item = (item + 1) % takenBy.length;
    takenBy[item] = mark;
    return item;
  }

  #draw(random: Random, isWandering: boolean): number {
    if (isWandering || random.uniform() < this.#wanderingShare) return this.#everywhere.draw(random);
    const community = this.#frequented[random.below(this.#frequented.length)];
    return this.#members[community][this.#choices[community].draw(random)];
  }
}
