/** Fold-in written as the loss's normal equations, solved by Gaussian elimination in double precision. */
import type { AlsParameters } from "../../src/domain/factor_model.ts";

/** x with A x = b, by elimination with row pivoting. */
export function solveLinear(a: number[][], b: number[]): number[] {
  const n = b.length, m = a.map((row, i) => [...row, b[i]]);
  for (let p = 0; p < n; p++) {
    let best = p;
    for (let r = p + 1; r < n; r++) if (Math.abs(m[r][p]) > Math.abs(m[best][p])) best = r;
    [m[p], m[best]] = [m[best], m[p]];
    for (let r = p + 1; r < n; r++) {
      const factor = m[r][p] / m[p][p];
      for (let c = p; c <= n; c++) m[r][c] -= factor * m[p][c];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let p = n - 1; p >= 0; p--) {
    let sum = m[p][n];
    for (let c = p + 1; c < n; c++) sum -= m[p][c] * x[c];
    x[p] = sum / m[p][p];
  }
  return x;
}

function zeros(n: number): number[][] {
  return Array.from({ length: n }, () => new Array<number>(n).fill(0));
}

function addOuter(a: number[][], y: number[], weight: number): void {
  for (let i = 0; i < y.length; i++) for (let j = 0; j < y.length; j++) a[i][j] += weight * y[i] * y[j];
}

/**
 * Minimiser x of `Σ c (1 - x·y)² + α₀ Σ_all w (x·y)² + λ (n + α₀ Σw)^ν ‖x‖²`. `items`: all latent vectors.
 */
export function foldInImplicit(
  p: AlsParameters,
  items: number[][],
  itemWeights: number[],
  indexes: number[],
  values: number[],
): number[] {
  const a = zeros(p.factorCount), b = new Array<number>(p.factorCount).fill(0);
  items.forEach((y, i) => addOuter(a, y, p.unobservedWeight * itemWeights[i]));
  const weightSum = itemWeights.reduce((sum, w) => sum + w, 0);
  const lambda = p.regularization * (indexes.length + p.unobservedWeight * weightSum) ** p.frequencyExponent;
  for (let j = 0; j < p.factorCount; j++) a[j][j] += lambda;
  indexes.forEach((item, k) => {
    const confidence = p.confidenceScale * values[k];
    addOuter(a, items[item], confidence);
    items[item].forEach((y, j) => b[j] += confidence * y);
  });
  return solveLinear(a, b);
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
  const a = zeros(p.factorCount + 1), b = new Array<number>(p.factorCount + 1).fill(0);
  for (let j = 0; j < p.factorCount; j++) a[j][j] = p.regularization * indexes.length;
  a[p.factorCount][p.factorCount] = p.biasRegularization;
  indexes.forEach((item, k) => {
    const y = [...items[item], 1];
    addOuter(a, y, 1);
    y.forEach((value, j) => b[j] += value * (values[k] - globalMean - itemBiases[item]));
  });
  return solveLinear(a, b);
}
