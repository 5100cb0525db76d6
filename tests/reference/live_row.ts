/** One row of the live learner in plain double precision: the half-step's normal equations, solved by elimination. */
import type { AlsParameters } from "../../src/domain/factor_model.ts";
import { addOuter, inner, type Matrix, solve, zeros } from "./linear_system.ts";

/** What a row was told: the other side's index and the value. */
export interface Told {
  readonly other: number;
  readonly value: number;
}

export interface System {
  readonly a: Matrix;
  readonly b: number[];
}

/**
 * Implicit: minimises `Σ |c| (p - x·z)² + s Σ_all w (x·z)² + lambda ‖x‖²`, p = 1 where c > 0 and 0 elsewhere;
 * `others`: all rows z, `weights`: their w, `scale`: s.
 */
export function implicitSystem(
  { factorCount, confidenceScale }: AlsParameters,
  others: Matrix,
  weights: readonly number[],
  scale: number,
  lambda: number,
  told: readonly Told[],
): System {
  const a = zeros(factorCount, factorCount), b = new Array<number>(factorCount).fill(0);
  others.forEach((z, k) => addOuter(a, scale * weights[k], z, z));
  for (let j = 0; j < factorCount; j++) a[j][j] += lambda;
  for (const { other, value } of told) {
    const confidence = confidenceScale * value;
    addOuter(a, Math.abs(confidence), others[other], others[other]);
    if (confidence > 0) others[other].forEach((z, j) => b[j] += confidence * z);
  }
  return { a, b };
}

/** Explicit: minimises `Σ (value - mean - b' - b - x·z)² + λ n ‖x‖² + β b²` over [x, b]; `others`: rows [z, b']. */
export function explicitSystem(
  { factorCount: d, regularization, biasRegularization }: AlsParameters,
  others: Matrix,
  mean: number,
  told: readonly Told[],
): System {
  const a = zeros(d + 1, d + 1), b = new Array<number>(d + 1).fill(0);
  for (let j = 0; j < d; j++) a[j][j] = regularization * told.length;
  a[d][d] = biasRegularization;
  for (const { other, value } of told) {
    const z = [...others[other].slice(0, d), 1];
    addOuter(a, 1, z, z);
    z.forEach((x, j) => b[j] += x * (value - mean - others[other][d]));
  }
  return { a, b };
}

export function solution({ a, b }: System): number[] {
  return solve(a, b);
}

/** √((x - y)ᵀ A (x - y)): how far x is from y in the norm that conjugate gradients minimise. */
export function distance({ a }: System, x: readonly number[], y: readonly number[]): number {
  const e = x.map((value, j) => value - y[j]);
  return Math.sqrt(inner(e, a.map((row) => inner(row, e))));
}
