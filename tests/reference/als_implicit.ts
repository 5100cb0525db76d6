/** Implicit ALS in plain double precision, each row solved exactly (MATHS.md 1.2). */
import type { AlsParameters } from "../../src/domain/factor_model.ts";
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { addOuter, inner, type Matrix, solve, zeros } from "./linear_system.ts";

export interface ImplicitProblem {
  readonly parameters: AlsParameters;
  readonly byUser: RatingMatrix;
  readonly byItem: RatingMatrix;
}

/** w_i ∝ n_i^ω, mean 1. */
export function itemWeights({ parameters, byItem }: ImplicitProblem): number[] {
  const powers = Array.from(
    { length: byItem.rowCount },
    (_, i) => (byItem.indptr[i + 1] - byItem.indptr[i]) ** parameters.popularityExponent,
  );
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power * powers.length / sum);
}

/** λ (n + α₀ w)^ν with w the weight of the row in the dense sum. */
function lambdaOf(parameters: AlsParameters, n: number, weight: number): number {
  const { regularization, unobservedWeight, frequencyExponent } = parameters;
  return regularization * (n + unobservedWeight * weight) ** frequencyExponent;
}

/** Rows of one side that minimise the loss: pair (row r, column c) has the weight rowWeights[r] · columnWeights[c]. */
function solveSide(
  parameters: AlsParameters,
  matrix: RatingMatrix,
  fixed: Matrix,
  rowWeights: readonly number[],
  columnWeights: readonly number[],
): Matrix {
  const d = parameters.factorCount;
  const weightSum = columnWeights.reduce((a, b) => a + b, 0);
  const gram = zeros(d, d);
  fixed.forEach((y, c) => addOuter(gram, parameters.unobservedWeight * columnWeights[c], y, y));
  return Array.from({ length: matrix.rowCount }, (_, r) => {
    const begin = matrix.indptr[r], end = matrix.indptr[r + 1];
    // Without interactions the right side is 0, and so is the smallest solution.
    if (begin === end) return new Array<number>(d).fill(0);
    const a = gram.map((row) => row.map((value) => value * rowWeights[r]));
    const b = new Array<number>(d).fill(0);
    for (let e = begin; e < end; e++) {
      const y = fixed[matrix.indices[e]], c = parameters.confidenceScale * matrix.values[e];
      addOuter(a, Math.abs(c), y, y);
      if (c > 0) y.forEach((value, j) => b[j] += c * value);
    }
    const lambda = lambdaOf(parameters, end - begin, rowWeights[r] * weightSum);
    for (let j = 0; j < d; j++) a[j][j] += lambda;
    return solve(a, b);
  });
}

/** User rows that are optimal for these item rows. */
export function solveUsers(problem: ImplicitProblem, items: Matrix): Matrix {
  const { parameters, byUser } = problem;
  return solveSide(parameters, byUser, items, new Array(byUser.rowCount).fill(1), itemWeights(problem));
}

/** Item rows that are optimal for these user rows. */
export function solveItems(problem: ImplicitProblem, users: Matrix): Matrix {
  const { parameters, byItem } = problem;
  return solveSide(parameters, byItem, users, itemWeights(problem), new Array(byItem.columnCount).fill(1));
}

/** The loss as it is written down, pair by pair. */
export function implicitLoss(problem: ImplicitProblem, users: Matrix, items: Matrix): number {
  const { parameters, byUser, byItem } = problem, weights = itemWeights(problem);
  let loss = 0;
  users.forEach((x, u) => {
    const begin = byUser.indptr[u], end = byUser.indptr[u + 1];
    for (let e = begin; e < end; e++) {
      const confidence = parameters.confidenceScale * byUser.values[e], goal = confidence > 0 ? 1 : 0;
      loss += Math.abs(confidence) * (goal - inner(x, items[byUser.indices[e]])) ** 2;
    }
    items.forEach((y, i) => loss += parameters.unobservedWeight * weights[i] * inner(x, y) ** 2);
    loss += lambdaOf(parameters, end - begin, items.length) * inner(x, x);
  });
  items.forEach((y, i) => {
    const n = byItem.indptr[i + 1] - byItem.indptr[i];
    loss += lambdaOf(parameters, n, weights[i] * users.length) * inner(y, y);
  });
  return loss;
}
