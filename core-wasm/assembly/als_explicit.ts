// deno-fmt-ignore-file
// Half-steps of explicit ALS with biases (ALS-WR, MATHS.md 1.1), each row solved exactly by Cholesky.
//
// A row's unknowns are [x, b]; each of its ratings gives the equation [y, 1]·[x, b] = r - μ - b'. The equations are packed
// side by side as z = [y, 1, r - μ - b', 0...], so that Σ z zᵀ holds the normal matrix, its right side (column d + 1) and
// the sum of squares. λ n is added for each factor, a constant for the bias.
import { addOuterProducts } from "./matrix";
import { solveSystem } from "./cholesky";
import { HalfStep, takeNext } from "./layout";

/** Equations packed at a time: with 64 factors they fill 18 KiB, a part of the first-level cache. scratch.ts knows it too. */
const PACKED: usize = 64;

/** Equations [0, count) of a row into `packed`, rows of `rowBytes`. */
// @ts-ignore: decorator
@inline function packEquations(step: HalfStep, indices: usize, values: usize, count: usize, packed: usize): void {
  const rowBytes = step.rowBytes, fixed = step.fixed, d = <usize>step.factorCount << 2, otherBias = <usize>step.otherBias << 2;
  for (let i: usize = 0; i < count; i++, packed += rowBytes) {
    const y = fixed + <usize>load<u32>(indices + (i << 2)) * rowBytes;
    const target = load<f32>(values + (i << 2)) - step.globalMean - load<f32>(y + otherBias);
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(packed + j, v128.load(y + j));
    store<f32>(packed + d, 1);
    store<f32>(packed + d, target, 4);
  }
}

/** Solves a row (one without ratings stays as it is); `loss` gets its share (squared errors and regularization). Status as `factorCholesky`. */
function solveRow(step: HalfStep, row: usize, scratch: usize, loss: usize): i32 {
  const rowBytes = step.rowBytes, d = <usize>step.factorCount, width = rowBytes >> 2, x = step.solved + row * rowBytes;
  const begin = <usize>load<u32>(step.indptr + (row << 2)), n = <usize>load<u32>(step.indptr + (row << 2), 4) - begin;
  if (n == 0) return 0;
  const matrix = scratch, packed = matrix + width * rowBytes, right = packed + PACKED * rowBytes, solution = right + rowBytes;
  memory.fill(matrix, 0, width * rowBytes);
  for (let i: usize = 0; i < n; i += PACKED) {
    const count = min(PACKED, n - i), at = (begin + i) << 2;
    packEquations(step, step.indices + at, step.values + at, count, packed);
    addOuterProducts(packed, count, rowBytes, 0, d + 2, matrix, rowBytes);
  }
  for (let j: usize = 0; j <= d; j++) {
    const target = load<f32>(matrix + j * rowBytes + ((d + 1) << 2));
    store<f32>(right + (j << 2), target);
    store<f32>(solution + (j << 2), target);
    const diagonal = matrix + j * (rowBytes + 4);
    store<f32>(diagonal, load<f32>(diagonal) + (j < d ? load<f32>(step.regularization + (row << 2)) : step.biasRegularization));
  }
  const squares = <f64>load<f32>(matrix + (d + 1) * (rowBytes + 4));
  const status = solveSystem<f32>(matrix, <i32>d + 1, rowBytes, solution);
  if (status != 0) return status;
  // At the minimum the squared errors and the regularization together are Σ t² - (right side)·(solution).
  let explained: f64 = 0;
  for (let j: usize = 0; j <= d << 2; j += 4) explained += <f64>load<f32>(right + j) * <f64>load<f32>(solution + j);
  memory.copy(x, solution, d << 2);
  store<f32>(x + (<usize>step.ownBias << 2), load<f32>(solution + (d << 2)));
  store<f32>(x + (<usize>step.ownOne << 2), 1);
  if (step.isWholeLoss) store<f64>(loss, load<f64>(loss) + squares - explained);
  else store<f64>(loss, load<f64>(loss) + regularizationOf(step, row, solution));
  return 0;
}

// @ts-ignore: decorator
@inline function regularizationOf(step: HalfStep, row: usize, solution: usize): f64 {
  const d = <usize>step.factorCount << 2;
  let squares: f64 = 0;
  for (let j: usize = 0; j < d; j += 4) squares += <f64>load<f32>(solution + j) * <f64>load<f32>(solution + j);
  const bias = <f64>load<f32>(solution + d);
  return <f64>load<f32>(step.regularization + (row << 2)) * squares + <f64>step.biasRegularization * bias * bias;
}

/**
 * Solves rows as the cursor hands them out, until none is left. `scratch` belongs to this worker. Gives 0, or 1 + the
 * index of a row whose system was singular.
 */
export function solveExplicit(step: HalfStep, scratch: usize): u32 {
  const rowCount = step.rowCount, chunk = step.chunkRows;
  for (let first = takeNext(step.cursor, chunk); first < rowCount; first = takeNext(step.cursor, chunk)) {
    const end = min(first + chunk, rowCount), loss = step.losses + (<usize>(first / chunk) << 3);
    store<f64>(loss, 0);
    for (let i = first; i < end; i++) {
      const row = load<u32>(step.order + (<usize>i << 2));
      if (solveRow(step, <usize>row, scratch, loss) != 0) return row + 1;
    }
  }
  return 0;
}
