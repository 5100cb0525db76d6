// deno-fmt-ignore-file
// Half-steps of implicit ALS (MATHS.md 1.2, 1.3) in the eigenbasis of the dense part.
//
// Minimised: Σ_obs c (1 - x·y)² + α₀ Σ_u Σ_i w_i (x_u·y_i)² + Σ λ_u ‖x_u‖² + Σ λ_i ‖y_i‖²; the second sum is over all pairs.
// After rotation the system of a row is diag(w Λ + λ) + Σ c y yᵀ = Σ c y, with Λ the eigenvalues of α₀ Σ w' y y ᵀ over the
// fixed side and w the weight of the solved row (1 for users). The diagonal is also the preconditioner of conjugate gradients.
import { dot, mulAdd, mulSub, sumLanes } from "./vector";
import { HalfStep, takeNext } from "./layout";

/** Squared residual norms below this are rounding: the row is solved. */
const RESIDUAL_FLOOR: f32 = 1e-25;

/** Sums of the lanes of four vectors, as one vector. */
// @ts-ignore: decorator
@inline function sumFour(s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const t0 = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), v128.shuffle<f32>(s0, s1, 2, 6, 3, 7));
  const t1 = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), v128.shuffle<f32>(s2, s3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(t0, t1, 0, 1, 4, 5), v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
}

/**
 * One pass over the n fixed rows of a row's items: t = y·p into `dots`, and out += Σ coefficient · y with the coefficient
 * c (1 - t) if `isResidual`, else c t. `confidences` and `dots` are n floats of scratch.
 */
// @ts-ignore: decorator
@inline function pass(indices: usize, n: usize, fixed: usize, rowBytes: usize, confidences: usize, p: usize, out: usize, dots: usize, isResidual: bool): void {
  let i: usize = 0;
  for (; i + 4 <= n; i += 4) {
    const at = indices + (i << 2);
    const y0 = fixed + <usize>load<u32>(at) * rowBytes, y1 = fixed + <usize>load<u32>(at, 4) * rowBytes;
    const y2 = fixed + <usize>load<u32>(at, 8) * rowBytes, y3 = fixed + <usize>load<u32>(at, 12) * rowBytes;
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let j: usize = 0; j < rowBytes; j += 32) {
      let x = v128.load(p + j);
      s0 = mulAdd(v128.load(y0 + j), x, s0); s1 = mulAdd(v128.load(y1 + j), x, s1);
      s2 = mulAdd(v128.load(y2 + j), x, s2); s3 = mulAdd(v128.load(y3 + j), x, s3);
      x = v128.load(p + j, 16);
      s0 = mulAdd(v128.load(y0 + j, 16), x, s0); s1 = mulAdd(v128.load(y1 + j, 16), x, s1);
      s2 = mulAdd(v128.load(y2 + j, 16), x, s2); s3 = mulAdd(v128.load(y3 + j, 16), x, s3);
    }
    const t = sumFour(s0, s1, s2, s3), confidence = v128.load(confidences + (i << 2));
    v128.store(dots + (i << 2), t);
    const c = isResidual ? mulSub(confidence, t, confidence) : f32x4.mul(confidence, t);
    const c0 = v128.shuffle<f32>(c, c, 0, 0, 0, 0), c1 = v128.shuffle<f32>(c, c, 1, 1, 1, 1);
    const c2 = v128.shuffle<f32>(c, c, 2, 2, 2, 2), c3 = v128.shuffle<f32>(c, c, 3, 3, 3, 3);
    for (let j: usize = 0; j < rowBytes; j += 32) {
      let o = v128.load(out + j);
      o = mulAdd(v128.load(y0 + j), c0, o); o = mulAdd(v128.load(y1 + j), c1, o);
      o = mulAdd(v128.load(y2 + j), c2, o); o = mulAdd(v128.load(y3 + j), c3, o);
      v128.store(out + j, o);
      o = v128.load(out + j, 16);
      o = mulAdd(v128.load(y0 + j, 16), c0, o); o = mulAdd(v128.load(y1 + j, 16), c1, o);
      o = mulAdd(v128.load(y2 + j, 16), c2, o); o = mulAdd(v128.load(y3 + j, 16), c3, o);
      v128.store(out + j, o, 16);
    }
  }
  for (; i < n; i++) {
    const y = fixed + <usize>load<u32>(indices + (i << 2)) * rowBytes;
    const t = dot(y, p, rowBytes), confidence = load<f32>(confidences + (i << 2));
    store<f32>(dots + (i << 2), t);
    const c = f32x4.splat(isResidual ? confidence - confidence * t : confidence * t);
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(out + j, mulAdd(v128.load(y + j), c, v128.load(out + j)));
  }
}

/** Two functions, not one with a switch: each tiers up to optimised code on its own, and the switch is gone from it. */
function residualPass(indices: usize, n: usize, fixed: usize, rowBytes: usize, confidences: usize, p: usize, out: usize, dots: usize): void {
  pass(indices, n, fixed, rowBytes, confidences, p, out, dots, true);
}
function productPass(indices: usize, n: usize, fixed: usize, rowBytes: usize, confidences: usize, p: usize, out: usize, dots: usize): void {
  pass(indices, n, fixed, rowBytes, confidences, p, out, dots, false);
}

/** out[0, n) = confidenceScale · values, and a zero after it up to a multiple of 4. */
// @ts-ignore: decorator
@inline function scaleConfidences(values: usize, n: usize, scale: f32, out: usize): void {
  const by = f32x4.splat(scale);
  let i: usize = 0;
  for (; i + 4 <= n; i += 4) v128.store(out + (i << 2), f32x4.mul(v128.load(values + (i << 2)), by));
  for (; i < n; i++) store<f32>(out + (i << 2), load<f32>(values + (i << 2)) * scale);
}

/** Σ_j diagonal_j x_j² in f64. */
// @ts-ignore: decorator
@inline function weightedNorm(diagonal: usize, x: usize, rowBytes: usize): f64 {
  let sum: f64 = 0;
  for (let j: usize = 0; j < rowBytes; j += 4) sum += <f64>load<f32>(diagonal + j) * <f64>load<f32>(x + j) * <f64>load<f32>(x + j);
  return sum;
}

/** Σ c (1 - s)² in f64. */
// @ts-ignore: decorator
@inline function observedLoss(confidences: usize, predictions: usize, n: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < n << 2; i += 4) {
    const miss = 1 - <f64>load<f32>(predictions + i);
    sum += <f64>load<f32>(confidences + i) * miss * miss;
  }
  return sum;
}

/**
 * One row by preconditioned conjugate gradients from where it stands. Gives its share of the loss: all of it if
 * `isWholeLoss`, else its regularization. `scratch`: 5 rows, then 3 x (longest row) floats.
 */
function solveRow(step: HalfStep, row: usize, scratch: usize): f64 {
  const rowBytes = step.rowBytes, fixed = step.fixed, x = step.solved + row * rowBytes;
  const begin = <usize>load<u32>(step.indptr + (row << 2)), n = <usize>load<u32>(step.indptr + (row << 2), 4) - begin;
  if (n == 0) { memory.fill(x, 0, rowBytes); return 0; }
  const r = scratch, p = r + rowBytes, ap = p + rowBytes, diagonal = ap + rowBytes, inverse = diagonal + rowBytes;
  const listBytes = ((n + 3) & ~3) << 2;
  const confidences = inverse + rowBytes, predictions = confidences + listBytes, dots = predictions + listBytes;
  const indices = step.indices + (begin << 2), lambda = load<f32>(step.regularization + (row << 2));
  scaleConfidences(step.values + (begin << 2), n, step.confidenceScale, confidences);
  const w = f32x4.splat(step.denseWeights ? load<f32>(step.denseWeights + (row << 2)) : 1), lambdas = f32x4.splat(lambda);
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const d = f32x4.add(f32x4.mul(v128.load(step.eigenvalues + j), w), lambdas);
    v128.store(diagonal + j, d);
    v128.store(inverse + j, f32x4.div(f32x4.splat(1), d));
    v128.store(r + j, f32x4.neg(f32x4.mul(d, v128.load(x + j))));
  }
  residualPass(indices, n, fixed, rowBytes, confidences, x, r, predictions);
  for (let j: usize = 0; j < rowBytes; j += 16) v128.store(p + j, f32x4.mul(v128.load(r + j), v128.load(inverse + j)));
  let rz = dot(r, p, rowBytes);
  for (let left = step.steps; left > 0 && !(rz < RESIDUAL_FLOOR); left--) {
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(ap + j, f32x4.mul(v128.load(diagonal + j), v128.load(p + j)));
    productPass(indices, n, fixed, rowBytes, confidences, p, ap, dots);
    const length = rz / dot(p, ap, rowBytes), a = f32x4.splat(length);
    for (let j: usize = 0; j < rowBytes; j += 16) {
      v128.store(x + j, mulAdd(a, v128.load(p + j), v128.load(x + j)));
      v128.store(r + j, mulSub(a, v128.load(ap + j), v128.load(r + j)));
    }
    if (step.isWholeLoss) {
      for (let i: usize = 0; i < listBytes; i += 16) v128.store(predictions + i, mulAdd(a, v128.load(dots + i), v128.load(predictions + i)));
    }
    if (left == 1) break;
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(ap + j, f32x4.mul(v128.load(r + j), v128.load(inverse + j)));
    const next = dot(r, ap, rowBytes), b = f32x4.splat(next / rz);
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(p + j, mulAdd(b, v128.load(p + j), v128.load(ap + j)));
    rz = next;
  }
  if (step.isWholeLoss) return observedLoss(confidences, predictions, n) + weightedNorm(diagonal, x, rowBytes);
  return <f64>lambda * <f64>dot(x, x, rowBytes);
}

/** Solves rows as the cursor hands them out, until none is left. `scratch` belongs to this worker. */
export function solveImplicit(step: HalfStep, scratch: usize): void {
  const rowCount = step.rowCount, chunk = step.chunkRows;
  for (let first = takeNext(step.cursor, chunk); first < rowCount; first = takeNext(step.cursor, chunk)) {
    const end = min(first + chunk, rowCount);
    let loss: f64 = 0;
    for (let i = first; i < end; i++) loss += solveRow(step, <usize>load<u32>(step.order + (<usize>i << 2)), scratch);
    store<f64>(step.losses + (<usize>(first / chunk) << 3), loss);
  }
}

/** A well mixed 32-bit hash (the finalizer of MurmurHash3). */
// @ts-ignore: decorator
@inline function mix(h: u32): u32 {
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

/** Near-normal number of mean 0 and variance 1, a function of (seed, row, column): sum of four uniform 16-bit numbers. */
// @ts-ignore: decorator
@inline function noise(seed: u32, row: u32, column: u32): f32 {
  const a = mix(seed ^ mix(row * 0x9e3779b9 + column)), b = mix(a ^ 0x6a09e667 ^ column);
  const sum = <i32>(a & 0xffff) + <i32>(a >> 16) + <i32>(b & 0xffff) + <i32>(b >> 16) - 131070;
  // Variance of one number: (2^32 - 1) / 12; of four a third of 2^32 - 1.
  return <f32>sum * <f32>2.6429e-5;
}

/** rows[r, 0..factorCount) = deviation · noise, 0 after it. Chunks of rows by cursor; the same whoever takes them. */
export function fillNoise(rows: usize, rowCount: u32, rowBytes: usize, factorCount: u32, seed: u32, deviation: f32, cursor: usize): void {
  for (let first = takeNext(cursor, 64); first < rowCount; first = takeNext(cursor, 64)) {
    const end = min(first + 64, rowCount);
    for (let r = first; r < end; r++) {
      const row = rows + <usize>r * rowBytes;
      memory.fill(row, 0, rowBytes);
      for (let j: u32 = 0; j < factorCount; j++) store<f32>(row + (<usize>j << 2), deviation * noise(seed, r, j));
    }
  }
}

// @ts-ignore: decorator
@inline function degree(indptr: usize, row: usize): f32 {
  return <f32>(load<u32>(indptr + (row << 2), 4) - load<u32>(indptr + (row << 2)));
}

function propagateRow(step: HalfStep, row: usize, otherIndptr: usize): f64 {
  const rowBytes = step.rowBytes, x = step.solved + row * rowBytes;
  const begin = <usize>load<u32>(step.indptr + (row << 2)), end = <usize>load<u32>(step.indptr + (row << 2), 4);
  memory.fill(x, 0, rowBytes);
  if (begin == end) return 0;
  const own = <f32>1 / sqrt<f32>(<f32>(end - begin));
  for (let e = begin; e < end; e++) {
    const column = <usize>load<u32>(step.indices + (e << 2)), y = step.fixed + column * rowBytes;
    const c = f32x4.splat(own / sqrt<f32>(degree(otherIndptr, column)));
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(x + j, mulAdd(v128.load(y + j), c, v128.load(x + j)));
  }
  return <f64>dot(x, x, rowBytes);
}

/**
 * solved = D^-½ R D'^-½ fixed, with R the 0/1 matrix of the half-step and D, D' the degrees of its rows and columns
 * (one propagation, MATHS.md 1.2). Squared norms of the rows are summed into `losses`.
 */
export function propagate(step: HalfStep, otherIndptr: usize): void {
  const rowCount = step.rowCount, chunk = step.chunkRows;
  for (let first = takeNext(step.cursor, chunk); first < rowCount; first = takeNext(step.cursor, chunk)) {
    const end = min(first + chunk, rowCount);
    let squares: f64 = 0;
    for (let i = first; i < end; i++) squares += propagateRow(step, <usize>load<u32>(step.order + (<usize>i << 2)), otherIndptr);
    store<f64>(step.losses + (<usize>(first / chunk) << 3), squares);
  }
}

/** rows ← factor · rows. */
export function scaleRows(rows: usize, rowCount: u32, rowBytes: usize, factor: f32, cursor: usize): void {
  const by = f32x4.splat(factor);
  for (let first = takeNext(cursor, 256); first < rowCount; first = takeNext(cursor, 256)) {
    const end = rows + <usize>min(first + 256, rowCount) * rowBytes;
    for (let at = rows + <usize>first * rowBytes; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), by));
  }
}
