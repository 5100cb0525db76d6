// deno-fmt-ignore-file
// Half-steps of explicit ALS with biases (ALS-WR, MATHS.md 1.1).
//
// Minimised: Σ (r - μ - b_u - b_i - x·y)² + λ Σ n_u ‖x_u‖² + λ Σ n_i ‖y_i‖² + β (Σ b_u² + Σ b_i²). A user's row is
// [x, b_u, 1], an item's [y, 1, b_i]: their dot product is the prediction less μ, and a row is solved for its factors and its
// bias at once, while its 1 stays. A row of n ratings has Σ y yᵀ ≈ n C, with C the mean of y yᵀ over all ratings; in C's
// eigenbasis n (Λ + λ) preconditions the factors, n + β the bias.
import { HalfStep, takeNext } from "./layout";
import { clearLastEntries, layScratch, listRows, moveRow, RowScratch, weightedNorm } from "./als_rows";

/** weights = 1, goals = r - μ. */
// @ts-ignore: decorator
@inline function setGoals(values: usize, n: usize, mean: f32, scratch: RowScratch): void {
  const weights = scratch.weights, goals = scratch.goals;
  clearLastEntries(scratch);
  for (let i: usize = 0; i < n << 2; i += 4) {
    store<f32>(weights + i, 1);
    store<f32>(goals + i, load<f32>(values + i) - mean);
  }
}

// @ts-ignore: decorator
@inline function setDiagonals(step: HalfStep, row: usize, n: f32, scratch: RowScratch): void {
  const rowBytes = step.rowBytes, d = <usize>step.factorCount << 2, lambda = load<f32>(step.regularization + (row << 2));
  memory.fill(scratch.diagonal, 0, rowBytes);
  memory.fill(scratch.inverse, 0, rowBytes);
  for (let j: usize = 0; j < d; j += 4) {
    store<f32>(scratch.diagonal + j, lambda);
    store<f32>(scratch.inverse + j, <f32>1 / (n * load<f32>(step.eigenvalues + j) + lambda));
  }
  const bias = <usize>step.ownBias << 2;
  store<f32>(scratch.diagonal + bias, step.biasRegularization);
  store<f32>(scratch.inverse + bias, <f32>1 / (n + step.biasRegularization));
}

/** Moves one row (one without ratings stays as it is); gives its share of the loss: all if `isWholeLoss`, else its regularization. */
function moveExplicitRow(step: HalfStep, row: usize, scratchAt: usize): f64 {
  const rowBytes = step.rowBytes, x = step.solved + row * rowBytes;
  const begin = <usize>load<u32>(step.indptr + (row << 2)), n = <usize>load<u32>(step.indptr + (row << 2), 4) - begin;
  if (n == 0) return 0;
  const scratch = layScratch(scratchAt, rowBytes, n);
  listRows(step.indices + (begin << 2), n, step.fixed, rowBytes, scratch);
  setGoals(step.values + (begin << 2), n, step.globalMean, scratch);
  setDiagonals(step, row, <f32>n, scratch);
  const loss = moveRow(scratch, x, rowBytes, step.steps);
  return step.isWholeLoss ? loss : weightedNorm(scratch.diagonal, x, rowBytes);
}

/** Solves rows as the cursor hands them out, until none is left. `scratch` belongs to this worker. */
export function solveExplicit(step: HalfStep, scratch: usize): void {
  const rowCount = step.rowCount, chunk = step.chunkRows;
  for (let first = takeNext(step.cursor, chunk); first < rowCount; first = takeNext(step.cursor, chunk)) {
    const end = min(first + chunk, rowCount);
    let loss: f64 = 0;
    for (let i = first; i < end; i++) loss += moveExplicitRow(step, <usize>load<u32>(step.order + (<usize>i << 2)), scratch);
    store<f64>(step.losses + (<usize>(first / chunk) << 3), loss);
  }
}
