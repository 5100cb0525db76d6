// deno-fmt-ignore-file
// What a row of explicit ALS with biases minimises (ALS-WR, MATHS.md 1.1).
//
// The whole: Σ (r - μ - b_u - b_i - x·y)² + λ Σ n_u ‖x_u‖² + λ Σ n_i ‖y_i‖² + β (Σ b_u² + Σ b_i²). A user's row is
// [x, b_u, 1], an item's [y, 1, b_i]: their dot product is the prediction less μ, and a row is moved in its factors and its
// bias at once, while its 1 stays. A row of n ratings has Σ y yᵀ ≈ n C, with C the mean of y yᵀ over all ratings; in C's
// eigenbasis n (Λ + λ) preconditions the factors, n + β the bias.
import { HalfStep } from "./layout";
import { RowScratch } from "./als_rows";

/** Weights 1, goals r - μ, of the n entries from `at` on. */
// @ts-ignore: decorator
@inline export function setRatings(step: HalfStep, at: usize, n: usize, scratch: RowScratch): void {
  const values = step.values + (at << 2), mean = step.globalMean, weights = scratch.weights, goals = scratch.goals;
  for (let i: usize = 0; i < n << 2; i += 4) {
    store<f32>(weights + i, 1);
    store<f32>(goals + i, load<f32>(values + i) - mean);
  }
}

// @ts-ignore: decorator
@inline export function setExplicitDiagonals(step: HalfStep, row: usize, n: usize, scratch: RowScratch): void {
  const d = <usize>step.factorCount << 2, lambda = load<f32>(step.regularization + (row << 2)), count = <f32>n;
  memory.fill(scratch.diagonal, 0, step.rowBytes);
  memory.fill(scratch.inverse, 0, step.rowBytes);
  for (let j: usize = 0; j < d; j += 4) {
    store<f32>(scratch.diagonal + j, lambda);
    store<f32>(scratch.inverse + j, <f32>1 / (count * load<f32>(step.eigenvalues + j) + lambda));
  }
  const bias = <usize>step.ownBias << 2;
  store<f32>(scratch.diagonal + bias, step.biasRegularization);
  store<f32>(scratch.inverse + bias, <f32>1 / (count + step.biasRegularization));
}
