/** How far predicted ratings are from given ones. */
import type { FactorModel } from "../domain/factor_model.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { type Estimate, ratioEstimate, rootEstimate } from "./confidence.ts";

/** Predicted rating of a pair, in rating units, unclipped. */
export type RatingPrediction = (user: number, item: number) => number;

export interface RatingRange {
  readonly minRating: number;
  readonly maxRating: number;
}

export interface RatingMetrics {
  readonly rmse: Estimate;
  readonly mae: Estimate;
}

/**
 * RMSE and MAE over the ratings of `test`, predictions clipped to the range of the training ratings. All ratings count
 * alike, so a user with many counts more.
 */
export function ratingMetrics(
  test: RatingMatrix,
  predict: RatingPrediction,
  { minRating, maxRating }: RatingRange,
): RatingMetrics {
  const squared = new Float64Array(test.rowCount), absolute = new Float64Array(test.rowCount);
  const counts = new Float64Array(test.rowCount);
  for (let user = 0; user < test.rowCount; user++) {
    for (let at = test.indptr[user]; at < test.indptr[user + 1]; at++) {
      const prediction = Math.min(maxRating, Math.max(minRating, predict(user, test.indices[at])));
      const error = prediction - test.values[at];
      squared[user] += error * error;
      absolute[user] += Math.abs(error);
      counts[user]++;
    }
  }
  return { rmse: rootEstimate(ratioEstimate(squared, counts)), mae: ratioEstimate(absolute, counts) };
}

/**
 * Predictions of an explicit model. A user without a rating in training has a row of zeros: what is left is the mean and
 * the item's bias.
 */
export function predictByModel(model: FactorModel): RatingPrediction {
  const { stride, userFactors, itemFactors, globalMean, parameters } = model;
  const userOne = parameters.factorCount + 1, itemBias = parameters.factorCount + 1;
  return (user, item) => {
    const u = user * stride, i = item * stride;
    if (userFactors[u + userOne] === 0) return globalMean + itemFactors[i + itemBias];
    let sum = globalMean;
    for (let f = 0; f < stride; f++) sum += userFactors[u + f] * itemFactors[i + f];
    return sum;
  };
}

/** Damping of the baseline's biases (ratings): Surprise's and LensKit's defaults lie around these. */
const ITEM_DAMPING = 10, USER_DAMPING = 15;

/** Baselines that know no tastes, from the ratings of `train`. */
export interface RatingBaseline extends RatingRange {
  readonly globalMean: number;
  /** The mean of all ratings for every pair. */
  readonly mean: RatingPrediction;
  /** μ + b_u + b_i, biases damped towards 0: first the items', then the users' on what is left (Koren 2009). */
  readonly biases: RatingPrediction;
}

/** Throws RangeError without ratings. */
export function ratingBaseline(train: RatingMatrix): RatingBaseline {
  const { indptr, indices, values, rowCount, columnCount } = train;
  const count = indices.length;
  if (count === 0) throw new RangeError("a rating baseline of no ratings: at least one is accepted");
  let sum = 0, minRating = Infinity, maxRating = -Infinity;
  for (const value of values) {
    sum += value;
    minRating = Math.min(minRating, value), maxRating = Math.max(maxRating, value);
  }
  const globalMean = sum / count;
  const itemBiases = new Float64Array(columnCount), itemCounts = new Uint32Array(columnCount);
  for (let at = 0; at < count; at++) {
    itemBiases[indices[at]] += values[at] - globalMean;
    itemCounts[indices[at]]++;
  }
  for (let item = 0; item < columnCount; item++) itemBiases[item] /= ITEM_DAMPING + itemCounts[item];
  const userBiases = new Float64Array(rowCount);
  for (let user = 0; user < rowCount; user++) {
    const start = indptr[user], end = indptr[user + 1];
    for (let at = start; at < end; at++) {
      userBiases[user] += values[at] - globalMean - itemBiases[indices[at]];
    }
    userBiases[user] /= USER_DAMPING + end - start;
  }
  return {
    globalMean,
    minRating,
    maxRating,
    mean: () => globalMean,
    biases: (user, item) => globalMean + userBiases[user] + itemBiases[item],
  };
}
