// deno-fmt-ignore-file
// What a row of implicit ALS minimises (MATHS.md 1.2, 1.3), in the eigenbasis of the dense part.
//
// The whole: Σ_obs |c| (g - x·y)² + α₀ Σ_u Σ_i w_i (x_u·y_i)² + Σ λ_u ‖x_u‖² + Σ λ_i ‖y_i‖²; the second sum is over all pairs.
// c is the evidence; its goal g is 1 where it is positive, and 0 where it speaks against the item.
// After rotation a row's part is xᵀ diag(w Λ + λ) x + Σ |c| (g - x·y)², with Λ the eigenvalues of α₀ Σ w' y yᵀ over the fixed
// side and w the weight of the moved row (1 for users). The diagonal is also the preconditioner.
import { HalfStep } from "./layout";
import { RowScratch } from "./als_rows";

/** Weights |confidenceScale · value|, goals 1 where these are positive, else 0, of the n entries from `at` on. */
// @ts-ignore: decorator
@inline export function setConfidences(step: HalfStep, at: usize, n: usize, scratch: RowScratch): void {
  const values = step.values + (at << 2), scale = step.confidenceScale, weights = scratch.weights, goals = scratch.goals;
  for (let i: usize = 0; i < n << 2; i += 4) {
    const c = load<f32>(values + i) * scale;
    store<f32>(weights + i, abs<f32>(c));
    store<f32>(goals + i, c > 0 ? 1 : 0);
  }
}

// @ts-ignore: decorator
@inline export function setImplicitDiagonals(step: HalfStep, row: usize, scratch: RowScratch): void {
  const w = f32x4.splat(load<f32>(step.denseWeights + (row << 2))), lambda = f32x4.splat(load<f32>(step.regularization + (row << 2)));
  for (let j: usize = 0; j < step.rowBytes; j += 16) {
    const d = f32x4.add(f32x4.mul(v128.load(step.eigenvalues + j), w), lambda);
    v128.store(scratch.diagonal + j, d);
    v128.store(scratch.inverse + j, f32x4.div(f32x4.splat(1), d));
  }
}
