// deno-fmt-ignore-file
// The exact row of one user (or session) against fixed item rows: an ALS half-step in double precision.
import { solveSystem } from "./cholesky";

/** Row i of what is added up: two columns of doubles at a time, the one left of the diagonal included. */
// @ts-ignore: decorator
@inline function widen(row: usize, size: i32, out: usize): void {
  for (let j: usize = 0; j < <usize>size; j++) store<f64>(out + (j << 3), <f64>load<f32>(row + (j << 2)));
}

/** Upper triangle of A += weight0 · y0 y0ᵀ + weight1 · y1 y1ᵀ. One value left of the diagonal may change too. */
// @ts-ignore: decorator
@inline function addOuterProducts(a: usize, rowBytes: usize, y0: usize, weight0: f64, y1: usize, weight1: f64, size: i32): void {
  const end = <usize>size << 3;
  for (let i: usize = 0; i < end; i += 8, a += rowBytes) {
    const x0 = f64x2.splat(weight0 * load<f64>(y0 + i)), x1 = f64x2.splat(weight1 * load<f64>(y1 + i));
    for (let j = i & ~15; j < end; j += 16) {
      const sum = f64x2.add(v128.load(a + j), f64x2.mul(x0, v128.load(y0 + j)));
      v128.store(a + j, f64x2.add(sum, f64x2.mul(x1, v128.load(y1 + j))));
    }
  }
}

/**
 * `matrix` += Σ weight_k y_k y_kᵀ (upper triangle, size x size doubles, `matrixRowBytes` apart), y_k the first `size`
 * floats of row k. `weights`: a double for each row. `wide`: room for 2 (size + 2) doubles.
 */
export function addGram(
  rows: usize, count: i32, rowBytes: usize, size: i32, weights: usize, matrix: usize, matrixRowBytes: usize, wide: usize,
): void {
  const y0 = wide, y1 = wide + (<usize>(size + 2) << 3 & ~15);
  store<f64>(y0 + (<usize>size << 3), 0);
  store<f64>(y1 + (<usize>size << 3), 0);
  for (let k: usize = 0; k < <usize>count; k += 2) {
    const isPair = k + 1 < <usize>count;
    widen(rows + k * rowBytes, size, y0);
    if (isPair) widen(rows + (k + 1) * rowBytes, size, y1); else memory.fill(y1, 0, <usize>size << 3);
    const at = weights + (k << 3);
    addOuterProducts(matrix, matrixRowBytes, y0, load<f64>(at), y1, isPair ? load<f64>(at, 8) : 0, size);
  }
}

/**
 * Solves (base + diag(diagonal) + Σ weight_k y_k y_kᵀ) x = Σ target_k y_k for x, which is left in `solution`.
 * As addGram; `base`: like `matrix`, or 0 for none; `diagonal`: a double for each unknown; `matrix` and `solution` have
 * room for the padding of cholesky.ts. Status as solveSystem64.
 */
export function foldIn(
  base: usize, diagonal: usize, rows: usize, count: i32, rowBytes: usize, size: i32, weights: usize, targets: usize,
  matrix: usize, matrixRowBytes: usize, solution: usize, wide: usize,
): i32 {
  const matrixBytes = <usize>size * matrixRowBytes;
  if (base) memory.copy(matrix, base, matrixBytes); else memory.fill(matrix, 0, matrixBytes);
  memory.fill(solution, 0, <usize>size << 3);
  for (let j: usize = 0; j < <usize>size; j++) {
    const at = matrix + j * matrixRowBytes + (j << 3);
    store<f64>(at, load<f64>(at) + load<f64>(diagonal + (j << 3)));
  }
  addGram(rows, count, rowBytes, size, weights, matrix, matrixRowBytes, wide);
  for (let k: usize = 0; k < <usize>count; k++) {
    const row = rows + k * rowBytes, target = load<f64>(targets + (k << 3));
    for (let j: usize = 0; j < <usize>size; j++) {
      store<f64>(solution + (j << 3), load<f64>(solution + (j << 3)) + target * <f64>load<f32>(row + (j << 2)));
    }
  }
  return solveSystem<f64>(matrix, size, matrixRowBytes, solution);
}
