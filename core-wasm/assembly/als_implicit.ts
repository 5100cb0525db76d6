// deno-fmt-ignore-file
// Half-steps of implicit ALS (MATHS.md 1.2, 1.3) in the eigenbasis of the dense part.
//
// Minimised: Σ_obs |c| (g - x·y)² + α₀ Σ_u Σ_i w_i (x_u·y_i)² + Σ λ_u ‖x_u‖² + Σ λ_i ‖y_i‖²; the second sum is over all pairs.
// c is the evidence; its goal g is 1 where it is positive, and 0 where it speaks against the item.
// After rotation the system of a row is diag(w Λ + λ) + Σ |c| y yᵀ = Σ |c| g y, with Λ the eigenvalues of α₀ Σ w' y y ᵀ over the
// fixed side and w the weight of the solved row (1 for users). The diagonal is also the preconditioner.
import { HalfStep, takeNext } from "./layout";
import { clearLastEntries, layScratch, listRows, moveRow, RowScratch } from "./als_rows";
import { dot } from "./vector";

/** weights = |confidenceScale · values|, goals = 1 where these are positive, else 0. */
// @ts-ignore: decorator
@inline function setConfidences(values: usize, n: usize, scale: f32, scratch: RowScratch): void {
  const weights = scratch.weights, goals = scratch.goals;
  clearLastEntries(scratch);
  for (let i: usize = 0; i < n << 2; i += 4) {
    const c = load<f32>(values + i) * scale;
    store<f32>(weights + i, abs<f32>(c));
    store<f32>(goals + i, c > 0 ? 1 : 0);
  }
}

/** Moves one row; gives its share of the loss: all of it if `isWholeLoss`, else its regularization. */
function moveImplicitRow(step: HalfStep, row: usize, scratchAt: usize): f64 {
  const rowBytes = step.rowBytes, x = step.solved + row * rowBytes;
  const begin = <usize>load<u32>(step.indptr + (row << 2)), n = <usize>load<u32>(step.indptr + (row << 2), 4) - begin;
  if (n == 0) { memory.fill(x, 0, rowBytes); return 0; }
  const scratch = layScratch(scratchAt, rowBytes, n), lambda = load<f32>(step.regularization + (row << 2));
  listRows(step.indices + (begin << 2), n, step.fixed, rowBytes, scratch);
  setConfidences(step.values + (begin << 2), n, step.confidenceScale, scratch);
  const w = f32x4.splat(load<f32>(step.denseWeights + (row << 2))), lambdas = f32x4.splat(lambda);
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const d = f32x4.add(f32x4.mul(v128.load(step.eigenvalues + j), w), lambdas);
    v128.store(scratch.diagonal + j, d);
    v128.store(scratch.inverse + j, f32x4.div(f32x4.splat(1), d));
  }
  const loss = moveRow(scratch, x, rowBytes, step.steps);
  return step.isWholeLoss ? loss : <f64>lambda * <f64>dot(x, x, rowBytes);
}

/** Solves rows as the cursor hands them out, until none is left. `scratch` belongs to this worker. */
export function solveImplicit(step: HalfStep, scratch: usize): void {
  const rowCount = step.rowCount, chunk = step.chunkRows;
  for (let first = takeNext(step.cursor, chunk); first < rowCount; first = takeNext(step.cursor, chunk)) {
    const end = min(first + chunk, rowCount);
    let loss: f64 = 0;
    for (let i = first; i < end; i++) loss += moveImplicitRow(step, <usize>load<u32>(step.order + (<usize>i << 2)), scratch);
    store<f64>(step.losses + (<usize>(first / chunk) << 3), loss);
  }
}
