/**
 * Confidence intervals over users. The users are taken for a sample: everything that one user contributes moves
 * together, so a figure's uncertainty comes from how it differs between users, not between interactions.
 *
 * A figure is carried with its *influences*: to first order, by how much each user moves it (the infinitesimal
 * jackknife; Efron 1982). Its variance is the sum of their squares. Sums, ratios, roots and averages of figures keep
 * this form, so no resampling is needed; tests/reference/bootstrap.ts resamples and agrees.
 */

/** A figure and what each user adds to its error. Influences of one data set are all by the same user indexes. */
export interface Estimate {
  readonly value: number;
  readonly influences: Float64Array;
}

/** A figure with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantile of the normal distribution. */
const QUANTILE = 1.959963984540054;

/** Σ numerators / Σ denominators, by user. A user with denominator 0 has no influence. NaN if all have. */
export function ratioEstimate(numerators: Float64Array, denominators: Float64Array): Estimate {
  const total = sumOf(denominators);
  const value = sumOf(numerators) / total;
  const count = denominators.reduce((n, denominator) => denominator === 0 ? n : n + 1, 0);
  // n/(n-1): the mean was estimated from the same users.
  const correction = count > 1 ? Math.sqrt(count / (count - 1)) : 0;
  const influences = numerators.map((numerator, user) =>
    correction * (numerator - value * denominators[user]) / total
  );
  return { value, influences };
}

/** The root of a figure that is not negative: an RMSE from a mean squared error. */
export function rootEstimate(squared: Estimate): Estimate {
  const value = Math.sqrt(squared.value);
  const slope = value === 0 ? 0 : 1 / (2 * value);
  return { value, influences: squared.influences.map((influence) => slope * influence) };
}

/** The mean of figures over the same users, such as folds. */
export function averageEstimate(estimates: readonly Estimate[]): Estimate {
  const influences = new Float64Array(estimates[0].influences.length);
  let value = 0;
  for (const estimate of estimates) {
    value += estimate.value / estimates.length;
    for (let user = 0; user < influences.length; user++) {
      influences[user] += estimate.influences[user] / estimates.length;
    }
  }
  return { value, influences };
}

/** The 95 % interval by the normal approximation. */
export function intervalOf({ value, influences }: Estimate): Interval {
  let variance = 0;
  for (const influence of influences) variance += influence * influence;
  const half = QUANTILE * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
