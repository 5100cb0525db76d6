/** Explicit ALS with biases in plain double precision, each row solved exactly (MATHS.md 1.1). */
import type { AlsParameters } from "../../src/domain/factor_model.ts";
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { addOuter, inner, type Matrix, solve, zeros } from "./linear_system.ts";

export interface ExplicitProblem {
  readonly parameters: AlsParameters;
  readonly byUser: RatingMatrix;
  readonly byItem: RatingMatrix;
  readonly mean: number;
}

/** Rows [x, b] of one side. */
export type Side = Matrix;

/** Rows [x, b] that are optimal for the other side's rows; zeros where there are no ratings. */
export function solveSide(problem: ExplicitProblem, matrix: RatingMatrix, fixed: Side): Side {
  const { parameters, mean } = problem, d = parameters.factorCount;
  return Array.from({ length: matrix.rowCount }, (_, r) => {
    const begin = matrix.indptr[r], end = matrix.indptr[r + 1];
    if (begin === end) return new Array<number>(d + 1).fill(0);
    const a = zeros(d + 1, d + 1), b = new Array<number>(d + 1).fill(0);
    for (let e = begin; e < end; e++) {
      const other = fixed[matrix.indices[e]], z = [...other.slice(0, d), 1];
      addOuter(a, 1, z, z);
      z.forEach((value, j) => b[j] += (matrix.values[e] - mean - other[d]) * value);
    }
    for (let j = 0; j < d; j++) a[j][j] += parameters.regularization * (end - begin);
    a[d][d] += parameters.biasRegularization;
    return solve(a, b);
  });
}

/** Σ (r - μ - b_u - b_i - x·y)² + λ Σ n ‖row‖² + β Σ b². */
export function explicitLoss(problem: ExplicitProblem, users: Side, items: Side): number {
  const { parameters, byUser, byItem, mean } = problem, d = parameters.factorCount;
  let loss = 0;
  users.forEach((x, u) => {
    for (let e = byUser.indptr[u]; e < byUser.indptr[u + 1]; e++) {
      const y = items[byUser.indices[e]];
      loss += (byUser.values[e] - mean - x[d] - y[d] - inner(x.slice(0, d), y.slice(0, d))) ** 2;
    }
  });
  const penalty = (side: Side, matrix: RatingMatrix) =>
    side.forEach((row, r) => {
      const n = matrix.indptr[r + 1] - matrix.indptr[r], factors = row.slice(0, d);
      loss += parameters.regularization * n * inner(factors, factors) +
        parameters.biasRegularization * row[d] ** 2;
    });
  penalty(users, byUser);
  penalty(items, byItem);
  return loss;
}
