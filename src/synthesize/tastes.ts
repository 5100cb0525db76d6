/** What is planted: who likes what, and why. A fit never sees it; evaluation compares with it. */
import type { Feedback } from "../domain/factor_model.ts";
import { zipfWeights } from "./alias_table.ts";
import { Random } from "./random.ts";

/**
 * Users' tastes p_u ~ N(0, 1) in each of `tasteCount` dimensions, items' q_i of length 1 with one or two main
 * dimensions; so the affinity p_u·q_i is N(0, 1) over users, whatever the item.
 */
export interface Tastes {
  readonly tasteCount: number;
  /** userCount x tasteCount. */
  readonly userTastes: Float32Array;
  /** itemCount x tasteCount. */
  readonly itemTastes: Float32Array;
  /** The dimension each item was made for, and the second one (the same where there is none). */
  readonly mainTastes: Uint16Array;
  readonly secondTastes: Uint16Array;
}

export interface TruthOptions {
  readonly seed: number;
  readonly feedback: Feedback;
  readonly userCount: number;
  readonly itemCount: number;
  /** Dimensions of taste: the rank that a fit has to find. */
  readonly tasteCount: number;
  /** Exponent of the items' popularity over rank (about 1 in real data). */
  readonly popularityExponent: number;
  /** How strictly a user's taste decides: the slope of the S-curve of `propensity`. */
  readonly selectivity: number;
}

/** Everything planted, by the world's own user and item indexes. */
export interface PlantedTruth extends Tastes {
  readonly feedback: Feedback;
  readonly userCount: number;
  readonly itemCount: number;
  readonly userBiases: Float32Array;
  readonly itemBiases: Float32Array;
  /** How often users come across an item, relative; not how often they act on it. */
  readonly popularity: Float64Array;
  readonly selectivity: number;
}

/** Rating of a pair without biases and with no affinity. */
export const MEAN_RATING = 3.4;
const TASTE_SPREAD = 0.8;
const BIAS_SPREAD = 0.35;
/** Affinity at which a user acts on every second item met. */
const AFFINITY_THRESHOLD = 0.5;

export function plantTruth(options: TruthOptions): PlantedTruth {
  const { seed, feedback, userCount, itemCount, popularityExponent, selectivity } = options;
  const biases = Random.seeded(seed, 1);
  return {
    feedback,
    userCount,
    itemCount,
    selectivity,
    ...plantTastes(userCount, itemCount, options.tasteCount, Random.seeded(seed, 2)),
    userBiases: Float32Array.from({ length: userCount }, () => BIAS_SPREAD * biases.normal()),
    itemBiases: Float32Array.from({ length: itemCount }, () => BIAS_SPREAD * biases.normal()),
    popularity: shuffled(
      zipfWeights(itemCount, popularityExponent, itemCount / 50),
      Random.seeded(seed, 3),
    ),
  };
}

export function plantTastes(
  userCount: number,
  itemCount: number,
  tasteCount: number,
  random: Random,
): Tastes {
  const userTastes = new Float32Array(userCount * tasteCount);
  for (let i = 0; i < userTastes.length; i++) userTastes[i] = random.normal();
  const itemTastes = new Float32Array(itemCount * tasteCount);
  const mainTastes = new Uint16Array(itemCount), secondTastes = new Uint16Array(itemCount);
  for (let item = 0; item < itemCount; item++) {
    const row = itemTastes.subarray(item * tasteCount, (item + 1) * tasteCount);
    for (let t = 0; t < tasteCount; t++) row[t] = 0.15 * random.normal();
    mainTastes[item] = secondTastes[item] = random.below(tasteCount);
    row[mainTastes[item]] += 1;
    if (random.uniform() < 0.5) {
      secondTastes[item] = random.below(tasteCount);
      row[secondTastes[item]] += 0.6;
    }
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    for (let t = 0; t < tasteCount; t++) row[t] /= length;
  }
  return { tasteCount, userTastes, itemTastes, mainTastes, secondTastes };
}

function shuffled(values: Float64Array, random: Random): Float64Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [values[i], values[j]] = [values[j], values[i]];
  }
  return values;
}

/** p_u·q_i. */
export function affinity(tastes: Tastes, user: number, item: number): number {
  const count = tastes.tasteCount, p = tastes.userTastes, q = tastes.itemTastes;
  let sum = 0;
  for (let t = 0, u = user * count, i = item * count; t < count; t++) sum += p[u + t] * q[i + t];
  return sum;
}

/** The rating of a pair before noise, rounding and clipping: mean + biases + affinity, scaled. */
export function trueRating(truth: PlantedTruth, user: number, item: number): number {
  return MEAN_RATING + truth.userBiases[user] + truth.itemBiases[item] +
    TASTE_SPREAD * affinity(truth, user, item);
}

/**
 * Probability that a user who comes across an item acts on it: (1 + x/√(1+x²))/2 of x = selectivity (affinity - .5). An
 * S-curve like the logistic one, and three times as fast.
 */
export function propensity(selectivity: number, affinity: number): number {
  const x = selectivity * (affinity - AFFINITY_THRESHOLD);
  return 0.5 + 0.5 * x / Math.sqrt(1 + x * x);
}

/** What a perfect model would rank by: the true rating (explicit), or how likely the next act is to be on the item. */
export function truePreference(truth: PlantedTruth, user: number, item: number): number {
  return truth.feedback === "explicit"
    ? trueRating(truth, user, item)
    : truth.popularity[item] * propensity(truth.selectivity, affinity(truth, user, item));
}
