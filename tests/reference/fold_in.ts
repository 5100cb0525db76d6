/** Fold-in written as the loss's normal equations, solved by Gaussian elimination in double precision. */
import type { AlsParameters } from "../../src/domain/factor_model.ts";
import { addOuter, solve, zeros } from "./linear_system.ts";

/**
 * Minimiser x of `Σ |c| (g - x·y)² + α₀ Σ_all w (x·y)² + λ (n + α₀ Σw)^ν ‖x‖²`. `items`: all latent vectors;
 * g is 1 where c > 0, else 0.
 */
export function foldInImplicit(
  p: AlsParameters,
  items: number[][],
  itemWeights: number[],
  indexes: number[],
  values: number[],
): number[] {
  const a = zeros(p.factorCount, p.factorCount), b = new Array<number>(p.factorCount).fill(0);
  items.forEach((y, i) => addOuter(a, p.unobservedWeight * itemWeights[i], y, y));
  const weightSum = itemWeights.reduce((sum, w) => sum + w, 0);
  const lambda = p.regularization * (indexes.length + p.unobservedWeight * weightSum) ** p.frequencyExponent;
  for (let j = 0; j < p.factorCount; j++) a[j][j] += lambda;
  indexes.forEach((item, k) => {
    const confidence = p.confidenceScale * values[k];
    addOuter(a, Math.abs(confidence), items[item], items[item]);
    if (confidence > 0) items[item].forEach((y, j) => b[j] += confidence * y);
  });
  return solve(a, b);
}

/** Minimiser [x, b] of `Σ (value - μ - b_i - b - x·y)² + λ n ‖x‖² + biasRegularization b²`. */
export function foldInExplicit(
  p: AlsParameters,
  items: number[][],
  itemBiases: number[],
  globalMean: number,
  indexes: number[],
  values: number[],
): number[] {
  const a = zeros(p.factorCount + 1, p.factorCount + 1), b = new Array<number>(p.factorCount + 1).fill(0);
  for (let j = 0; j < p.factorCount; j++) a[j][j] = p.regularization * indexes.length;
  a[p.factorCount][p.factorCount] = p.biasRegularization;
  indexes.forEach((item, k) => {
    const y = [...items[item], 1];
    addOuter(a, 1, y, y);
    y.forEach((value, j) => b[j] += value * (values[k] - globalMean - itemBiases[item]));
  });
  return solve(a, b);
}
