/** How much a split tells about the class, in bits. */

export function sumOf(weights: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < weights.length; c++) sum += weights[c];
  return sum;
}

/** Of a class drawn by these weights: `-Σ p log₂ p`. */
export function entropyOf(weights: Float64Array): number {
  let entropy = 0, sum = 0;
  for (let c = 0; c < weights.length; c++) {
    const weight = weights[c];
    if (!(weight > 0)) continue;
    entropy -= weight * Math.log2(weight);
    sum += weight;
  }
  return sum > 0 ? (entropy + sum * Math.log2(sum)) / sum : 0;
}

/** The entropy before less the mean entropy of the sides; -Infinity where a side holds no more than `minFraction`. */
export function gainOf(before: Float64Array, sides: readonly Float64Array[], minFraction: number): number {
  const weights = sides.map(sumOf), total = weights[0] + weights[1];
  if (!weights.every((weight) => weight / total > minFraction)) return -Infinity;
  return entropyOf(before) -
    (weights[0] * entropyOf(sides[0]) + weights[1] * entropyOf(sides[1])) / total;
}
