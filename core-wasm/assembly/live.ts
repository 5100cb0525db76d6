// deno-fmt-ignore-file
// Rows of the live learner, one at a time: a half-step of ALS for the row that an event touched (MATHS.md 2).
//
// A side's row solves (s G + Λ + Σ c z zᵀ) x = Σ a z over its whole history, z a row of the other side:
// implicit: G = Σ w z zᵀ over all z, s = α₀ times the row's own weight, Λ = λ I; c = |confidence|, a = c where the evidence is positive;
// explicit: z ends with 1, x with the row's bias; s = 0, Λ = (λ, ..., λ, β), c = 1, a = value - μ - bias of z.
import { addGram } from "./fold_in";
import { factorCholesky, solveCholesky, solveSystem } from "./cholesky";
import { addOuterProducts } from "./matrix";
import { addScaled, curvaturePass, layScratch, listRows, productPass, residualPass, RowScratch } from "./als_rows";
import { canonicalDot, dot } from "./vector";

/** Rows that are gathered at a time: they stay in the first cache while all tiles of the Gram matrix pass over them. */
const CHUNK: usize = 64;
/** Rows whose outer products are summed in single precision before they go to doubles. */
const GRAM_RUN: usize = 256;
/** Of `moveLive`'s preconditioned residual, squared: below this it is rounding. */
const RESIDUAL_FLOOR: f32 = 1e-25;

/** Status beside those of cholesky.ts: the solution is not finite. The row is as it was. */
const NOT_FINITE: i32 = -1;
/** Status: the steps did not reach the tolerance. The row is as it was. */
const NOT_CONVERGED: i32 = -2;

/**
 * Rows of one side with what their systems are made of. Written by src/kernels/live_rows.ts, field by field in this
 * order, 4 bytes each. Gram matrices: factorCount² doubles, upper triangle, `matrixRowBytes` from row to row.
 */
@unmanaged export class LiveSide {
  /** The rows that are solved, and the other side's. */
  solved: usize;
  fixed: usize;
  rowBytes: usize;
  factorCount: u32;
  isExplicit: u32;
  /** Places of the two biases in a row, if explicit: in one's own row the other's place holds 1. */
  ownBias: u32;
  otherBias: u32;
  /** Gram matrices of the solved and of the fixed rows. */
  ownGram: usize;
  fixedGram: usize;
  matrixRowBytes: usize;
  /** Scratch: rows of doubles filled up as cholesky.ts wants them; as many places once; 2 (unknowns + 2) doubles. */
  matrix: usize;
  solution: usize;
  wide: usize;
  /** Scratch: CHUNK rows; factors x factors floats (rows of factors filled up to 8); 2 rows; 2 rows. */
  packed: usize;
  sums: usize;
  vectors: usize;
  pair: usize;
  /** Two doubles: weights of a correction. */
  weights: usize;
  /** Scratch of als_rows.ts, for the longest list. */
  rowScratch: usize;
  globalMean: f32;
  biasRegularization: f32;
  confidenceScale: f32;
}

/** Position of `key` in a list, or -1. */
export function findEntry(indices: usize, n: i32, key: u32): i32 {
  const wanted = i32x4.splat(key);
  let i: usize = 0;
  const end = <usize>n << 2, wholes = end & ~15;
  for (; i < wholes; i += 16) {
    const hits = i32x4.bitmask(i32x4.eq(v128.load(indices + i), wanted));
    if (hits) return <i32>(i >> 2) + ctz(hits);
  }
  for (; i < end; i += 4) if (load<u32>(indices + i) == key) return <i32>(i >> 2);
  return -1;
}

// @ts-ignore: decorator
@inline function factorBytes(side: LiveSide): usize { return (((<usize>side.factorCount + 7) & ~7) << 2); }

/**
 * Gathers entries [first, first + count): √c z into `packed` (0 beyond the factors), Σ a z and if explicit Σ z into the
 * two `vectors`; gives Σ a.
 */
// @ts-ignore: decorator
@inline function pack(side: LiveSide, indices: usize, values: usize, count: usize): f64 {
  const rowBytes = side.rowBytes, fixed = side.fixed, right = side.vectors, ones = right + rowBytes;
  const isExplicit = side.isExplicit != 0, d = <usize>side.factorCount << 2, other = <usize>side.otherBias << 2;
  let out = side.packed, sum: f64 = 0;
  memory.fill(right, 0, rowBytes << 1);
  for (let i: usize = 0; i < count << 2; i += 4, out += rowBytes) {
    const z = fixed + <usize>load<u32>(indices + i) * rowBytes, value = load<f32>(values + i);
    if (isExplicit) {
      const a = value - side.globalMean - load<f32>(z + other), by = f32x4.splat(a);
      for (let j: usize = 0; j < rowBytes; j += 16) {
        const y = v128.load(z + j);
        v128.store(out + j, y);
        v128.store(right + j, f32x4.add(v128.load(right + j), f32x4.mul(by, y)));
        v128.store(ones + j, f32x4.add(v128.load(ones + j), y));
      }
      store<f32>(out + d, 0);
      store<f32>(out + d, 0, 4);
      sum += <f64>a;
    } else {
      const c = value * side.confidenceScale, root = f32x4.splat(sqrt<f32>(abs<f32>(c))), by = f32x4.splat(max<f32>(c, 0));
      for (let j: usize = 0; j < rowBytes; j += 16) {
        const y = v128.load(z + j);
        v128.store(out + j, f32x4.mul(root, y));
        v128.store(right + j, f32x4.add(v128.load(right + j), f32x4.mul(by, y)));
      }
    }
  }
  return sum;
}

/** Adds up the history into `sums`, and Σ a z, Σ a into `solution`; if explicit Σ z into the last column of `matrix`, which is written first. */
function addHistory(side: LiveSide, indices: usize, values: usize, n: usize): void {
  const rowBytes = side.rowBytes, widthBytes = factorBytes(side), d = <usize>side.factorCount, solution = side.solution;
  const matrixRowBytes = side.matrixRowBytes, ones = side.vectors + rowBytes, isExplicit = side.isExplicit != 0;
  memory.fill(side.sums, 0, (widthBytes >> 2) * widthBytes);
  let biases: f64 = 0;
  for (let first: usize = 0; first < n; first += CHUNK) {
    const count = min(CHUNK, n - first), at = first << 2;
    biases += pack(side, indices + at, values + at, count);
    addOuterProducts(side.packed, count, rowBytes, 0, widthBytes >> 2, side.sums, widthBytes);
    for (let j: usize = 0; j < d; j++) {
      store<f64>(solution + (j << 3), load<f64>(solution + (j << 3)) + <f64>load<f32>(side.vectors + (j << 2)));
      if (isExplicit) {
        const cell = side.matrix + j * matrixRowBytes + (d << 3);
        store<f64>(cell, load<f64>(cell) + <f64>load<f32>(ones + (j << 2)));
      }
    }
  }
  if (isExplicit) store<f64>(solution + (d << 3), biases);
}

/** Upper triangle of matrix = gramScale · G + sums, and λ on its diagonal; what `addHistory` left stays. */
function assemble(side: LiveSide, gramScale: f64, lambda: f64): void {
  const d = <usize>side.factorCount, widthBytes = factorBytes(side), rowBytes = side.matrixRowBytes;
  for (let i: usize = 0; i < d; i++) {
    const out = side.matrix + i * rowBytes, gram = side.fixedGram + i * rowBytes, sums = side.sums + i * widthBytes;
    let j = i;
    if (j & 1) { store<f64>(out + (j << 3), gramScale * load<f64>(gram + (j << 3)) + <f64>load<f32>(sums + (j << 2))); j++; }
    const s = f64x2.splat(gramScale);
    for (; j + 1 < d; j += 2) {
      const sum = f64x2.promote_low_f32x4(v128.load64_zero(sums + (j << 2)));
      v128.store(out + (j << 3), f64x2.add(f64x2.mul(s, v128.load(gram + (j << 3))), sum));
    }
    if (j < d) store<f64>(out + (j << 3), gramScale * load<f64>(gram + (j << 3)) + <f64>load<f32>(sums + (j << 2)));
    store<f64>(out + (i << 3), load<f64>(out + (i << 3)) + lambda);
  }
}

/** ownGram += weight · x xᵀ - weightBefore · (row before)(row before)ᵀ; the row before stands first in `pair`. */
function correctGram(side: LiveSide, x: usize, weightBefore: f64, weight: f64): void {
  memory.copy(side.pair + side.rowBytes, x, side.rowBytes);
  store<f64>(side.weights, -weightBefore);
  store<f64>(side.weights, weight, 8);
  addGram(side.pair, 2, side.rowBytes, side.factorCount, side.weights, side.ownGram, side.matrixRowBytes, side.wide);
}

// @ts-ignore: decorator
@inline function isFinite32(x: f32): bool { return abs(x) < Infinity; }

function isFiniteRow(row: usize, rowBytes: usize): bool {
  for (let j: usize = 0; j < rowBytes; j += 4) if (!isFinite32(load<f32>(row + j))) return false;
  return true;
}

/** Keeps the new row and corrects the Gram matrix of its side, or puts the old one back if the new one is not finite. */
function accept(side: LiveSide, x: usize, weightBefore: f64, weight: f64): i32 {
  if (!isFiniteRow(x, side.rowBytes)) {
    memory.copy(x, side.pair, side.rowBytes);
    return NOT_FINITE;
  }
  correctGram(side, x, weightBefore, weight);
  return 0;
}

/**
 * Solves a row exactly (Cholesky in doubles) over its `n` entries, at least one. Then ownGram takes `weight` times its
 * outer product for `weightBefore` times that of the row as it was. Status 0, or as solveSystem64, or NOT_FINITE: nothing has changed then.
 */
export function solveLive(
  side: LiveSide, row: u32, indices: usize, values: usize, n: u32, gramScale: f64, lambda: f64, weightBefore: f64, weight: f64,
): i32 {
  const x = side.solved + <usize>row * side.rowBytes, d = <usize>side.factorCount, isExplicit = side.isExplicit != 0;
  const size = d + (isExplicit ? 1 : 0), rowBytes = side.matrixRowBytes;
  memory.fill(side.solution, 0, (size + 3) << 3);
  if (isExplicit) {
    for (let j: usize = 0; j < size; j++) store<f64>(side.matrix + j * rowBytes + (d << 3), 0);
    store<f64>(side.matrix + d * rowBytes + (d << 3), <f64>n + <f64>side.biasRegularization);
  }
  addHistory(side, indices, values, n);
  assemble(side, gramScale, lambda);
  const status = solveSystem<f64>(side.matrix, <i32>size, rowBytes, side.solution);
  if (status != 0) return status;
  memory.copy(side.pair, x, side.rowBytes);
  for (let j: usize = 0; j < d; j++) store<f32>(x + (j << 2), <f32>load<f64>(side.solution + (j << 3)));
  if (isExplicit) {
    store<f32>(x + (<usize>side.ownBias << 2), <f32>load<f64>(side.solution + (d << 3)));
    store<f32>(x + (<usize>side.otherBias << 2), 1);
  }
  return accept(side, x, weightBefore, weight);
}

/** Weights and goals of a list for als_rows.ts; what fills the list up weighs nothing. Gives Σ c. */
function setEntries(side: LiveSide, values: usize, n: usize, scratch: RowScratch): f64 {
  const end = scratch.count << 2, weights = scratch.weights, goals = scratch.goals;
  v128.store(weights + end - 16, f32x4.splat(0));
  v128.store(goals + end - 16, f32x4.splat(0));
  if (side.isExplicit) {
    for (let i: usize = 0; i < n << 2; i += 4) {
      store<f32>(weights + i, 1);
      store<f32>(goals + i, load<f32>(values + i) - side.globalMean);
    }
    return <f64>n;
  }
  let sum: f64 = 0;
  for (let i: usize = 0; i < n << 2; i += 4) {
    const c = load<f32>(values + i) * side.confidenceScale;
    store<f32>(weights + i, abs<f32>(c));
    store<f32>(goals + i, c > 0 ? 1 : 0);
    sum += <f64>abs<f32>(c);
  }
  return sum;
}

/** out += scale · G p over the factors, G symmetric of which the upper triangle is kept. */
function addGramProduct(side: LiveSide, scale: f64, p: usize, out: usize): void {
  const d = <usize>side.factorCount, x = side.wide, y = side.solution;
  for (let j: usize = 0; j < d; j++) store<f64>(x + (j << 3), <f64>load<f32>(p + (j << 2)));
  memory.fill(y, 0, (d + 1) << 3);
  store<f64>(x + (d << 3), 0);
  for (let i: usize = 0; i < d; i++) {
    const gram = side.fixedGram + i * side.matrixRowBytes, xi = load<f64>(x + (i << 3)), by = f64x2.splat(xi);
    let sum = f64x2.splat(0), j = i + 1, odd: f64 = load<f64>(gram + (i << 3)) * xi;
    if ((j & 1) && j < d) {
      const g = load<f64>(gram + (j << 3));
      odd += g * load<f64>(x + (j << 3));
      store<f64>(y + (j << 3), load<f64>(y + (j << 3)) + g * xi);
      j++;
    }
    for (; j + 1 < d; j += 2) {
      const g = v128.load(gram + (j << 3));
      sum = f64x2.add(sum, f64x2.mul(g, v128.load(x + (j << 3))));
      v128.store(y + (j << 3), f64x2.add(v128.load(y + (j << 3)), f64x2.mul(g, by)));
    }
    if (j < d) {
      const g = load<f64>(gram + (j << 3));
      odd += g * load<f64>(x + (j << 3));
      store<f64>(y + (j << 3), load<f64>(y + (j << 3)) + g * xi);
    }
    store<f64>(y + (i << 3), load<f64>(y + (i << 3)) + odd + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  }
  for (let j: usize = 0; j < d; j++) store<f32>(out + (j << 2), load<f32>(out + (j << 2)) + <f32>(scale * load<f64>(y + (j << 3))));
}

/** The preconditioner (scale · G + λ I = UᵀU over the factors, in floats) into `sums`. */
function factorPreconditioner(side: LiveSide, scale: f64, lambda: f64): i32 {
  const d = <usize>side.factorCount, rowBytes = factorBytes(side);
  for (let i: usize = 0; i < d; i++) {
    const out = side.sums + i * rowBytes, gram = side.fixedGram + i * side.matrixRowBytes;
    for (let j = i & ~1; j < d; j += 2) {
      v128.store64_lane(out + (j << 2), f32x4.demote_f64x2_zero(f64x2.mul(f64x2.splat(scale), v128.load(gram + (j << 3)))), 0);
    }
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + <f32>lambda);
  }
  return factorCholesky<f32>(side.sums, <i32>d, rowBytes);
}

/** out = preconditioner⁻¹ r; the bias alone by `inverseBias`. */
// @ts-ignore: decorator
@inline function precondition(side: LiveSide, r: usize, inverseBias: f32, out: usize): void {
  const d = <usize>side.factorCount;
  memory.fill(out, 0, side.rowBytes);
  memory.copy(out, r, d << 2);
  // (solveCholesky writes zeros into the padding up to four: those places hold nothing or the biases, set below.)
  solveCholesky<f32>(side.sums, <i32>d, factorBytes(side), out);
  if (side.isExplicit) {
    const bias = <usize>side.ownBias << 2;
    store<f32>(out + (d << 2), 0);
    store<f32>(out + bias, inverseBias * load<f32>(r + bias));
  }
}

/** out += D x: the dense part, λ on the factors, β on the own bias. */
// @ts-ignore: decorator
@inline function addDense(side: LiveSide, gramScale: f64, lambda: f32, x: usize, out: usize): void {
  const d = <usize>side.factorCount << 2;
  for (let j: usize = 0; j < d; j += 4) store<f32>(out + j, load<f32>(out + j) + lambda * load<f32>(x + j));
  if (side.isExplicit) {
    const bias = <usize>side.ownBias << 2;
    store<f32>(out + bias, load<f32>(out + bias) + side.biasRegularization * load<f32>(x + bias));
  } else addGramProduct(side, gramScale, x, out);
}

/**
 * out = D p, without a look at G: P p is known (it is r where p = P⁻¹ r, and follows p's recurrence), P = κ G + λ I, so that
 * s G p + λ p = (s / κ) P p + (1 - s / κ) λ p. `share`: s / κ.
 */
// @ts-ignore: decorator
@inline function denseOfDirection(side: LiveSide, share: f32, lambda: f32, p: usize, preconditioned: usize, out: usize): void {
  const a = f32x4.splat(share), b = f32x4.splat((1 - share) * lambda);
  for (let j: usize = 0; j < side.rowBytes; j += 16) {
    v128.store(out + j, f32x4.add(f32x4.mul(a, v128.load(preconditioned + j)), f32x4.mul(b, v128.load(p + j))));
  }
  if (side.isExplicit) {
    const bias = <usize>side.ownBias << 2;
    store<f32>(out + bias, side.biasRegularization * load<f32>(p + bias));
  }
}

/** out = b · out + x. */
// @ts-ignore: decorator
@inline function scaleAndAdd(out: usize, b: f32, x: usize, bytes: usize): void {
  const by = f32x4.splat(b);
  for (let j: usize = 0; j < bytes; j += 16) v128.store(out + j, f32x4.add(f32x4.mul(by, v128.load(out + j)), v128.load(x + j)));
}

/** 0 in the place of one's own 1, which is no unknown. */
// @ts-ignore: decorator
@inline function keepOne(side: LiveSide, r: usize): void { if (side.isExplicit) store<f32>(r + (<usize>side.otherBias << 2), 0); }

/** ‖x‖² of the unknowns. */
function squaredNorm(side: LiveSide, x: usize): f32 {
  let sum: f32 = 0;
  for (let j: usize = 0; j < <usize>side.factorCount << 2; j += 4) sum += load<f32>(x + j) * load<f32>(x + j);
  if (side.isExplicit) { const bias = load<f32>(x + (<usize>side.ownBias << 2)); sum += bias * bias; }
  return sum;
}

/**
 * Moves a row by conjugate gradients over its `n` entries, from where it stands. `fixedWeight`: the sum of the weights in
 * fixedGram. The preconditioner P takes the row's entries for a fair sample of the other side:
 * (s + Σ c / fixedWeight) G + λ I, and for the bias n + β.
 *
 * `tolerance` 0: so many `steps`. Else steps until rᵀP⁻¹r ≤ tolerance² λ ‖x‖², which bounds the error relative to ‖x‖ by about
 * the tolerance, since no eigenvalue of the system is below λ; or NOT_CONVERGED after `steps`. The rest as solveLive.
 */
export function moveLive(
  side: LiveSide, row: u32, indices: usize, values: usize, n: u32, gramScale: f64, lambda: f64, weightBefore: f64, weight: f64,
  fixedWeight: f64, steps: u32, tolerance: f32,
): i32 {
  const rowBytes = side.rowBytes, x = side.solved + <usize>row * rowBytes, scratch = layScratch(side.rowScratch, rowBytes, n);
  const preconditionScale = gramScale + setEntries(side, values, n, scratch) / fixedWeight;
  const status = factorPreconditioner(side, preconditionScale, lambda);
  if (status != 0) return status;
  const r = scratch.r, p = scratch.p, product = scratch.product, z = scratch.diagonal, preconditioned = side.vectors;
  const inverseBias = <f32>(1 / (<f64>n + <f64>side.biasRegularization));
  memory.copy(side.pair, x, rowBytes);
  if (side.isExplicit) store<f32>(x + (<usize>side.otherBias << 2), 1);
  listRows(indices, n, side.fixed, rowBytes, scratch);
  memory.fill(r, 0, rowBytes);
  addDense(side, gramScale, <f32>lambda, x, r);
  for (let j: usize = 0; j < rowBytes; j += 16) v128.store(r + j, f32x4.neg(v128.load(r + j)));
  residualPass(scratch, x, rowBytes);
  keepOne(side, r);
  precondition(side, r, inverseBias, p);
  memory.copy(preconditioned, r, rowBytes);
  let rz = dot(r, p, rowBytes), floor = RESIDUAL_FLOOR;
  const share = <f32>(gramScale / preconditionScale), floorScale = tolerance * tolerance * <f32>lambda, isFixed = tolerance == 0;
  if (!isFixed) floor = floorScale * squaredNorm(side, x);
  for (let left = steps; !(rz < floor); left--) {
    if (left == 0) {
      if (isFixed) break;
      memory.copy(x, side.pair, rowBytes);
      return NOT_CONVERGED;
    }
    denseOfDirection(side, share, <f32>lambda, p, preconditioned, product);
    let curvature: f32;
    if (left == 1 && isFixed) {
      curvature = dot(p, product, rowBytes) + curvaturePass(scratch, rowBytes);
    } else {
      productPass(scratch, rowBytes);
      keepOne(side, product);
      curvature = dot(p, product, rowBytes);
    }
    const length = rz / curvature;
    addScaled(x, length, p, rowBytes);
    if (left == 1 && isFixed) break;
    addScaled(r, -length, product, rowBytes);
    precondition(side, r, inverseBias, z);
    const next = dot(r, z, rowBytes), b = next / rz;
    scaleAndAdd(p, b, z, rowBytes);
    scaleAndAdd(preconditioned, b, r, rowBytes);
    rz = next;
    if (!isFixed) floor = floorScale * squaredNorm(side, x);
  }
  return accept(side, x, weightBefore, weight);
}

/** ownGram of a side anew: Σ weight · x xᵀ over `count` rows; `weights`: floats, or 0 for all 1. */
export function sumLive(side: LiveSide, count: u32, weights: usize): void {
  const d = <usize>side.factorCount, widthBytes = factorBytes(side), rowBytes = side.matrixRowBytes;
  memory.fill(side.ownGram, 0, d * rowBytes);
  for (let first: usize = 0; first < <usize>count; first += GRAM_RUN) {
    memory.fill(side.sums, 0, (widthBytes >> 2) * widthBytes);
    addOuterProducts(
      side.solved + first * side.rowBytes, min(GRAM_RUN, <usize>count - first), side.rowBytes, weights ? weights + (first << 2) : 0,
      widthBytes >> 2, side.sums, widthBytes,
    );
    for (let i: usize = 0; i < d; i++) {
      for (let j = i; j < d; j++) {
        const at = side.ownGram + i * rowBytes + (j << 3);
        store<f64>(at, load<f64>(at) + <f64>load<f32>(side.sums + i * widthBytes + (j << 2)));
      }
    }
  }
}

/** A row without entries: zeros, and what it had in ownGram is taken out. */
export function clearLive(side: LiveSide, row: u32, weightBefore: f64): void {
  const x = side.solved + <usize>row * side.rowBytes;
  memory.copy(side.pair, x, side.rowBytes);
  memory.fill(x, 0, side.rowBytes);
  correctGram(side, x, weightBefore, 0);
}

/**
 * How many of `count` rows (not counting `seenCount` listed ones) score more than row `target` for the row at `x`: u32 at
 * `out`; and how many score the same, the target included: u32 at `out` + 4. Where `enough` score more, the rest is not
 * looked at: `enough` and 1. The score is the canonical one.
 */
export function rankLive(x: usize, rows: usize, count: u32, rowBytes: usize, target: u32, seen: usize, seenCount: u32, enough: u32, out: usize): void {
  const wanted = canonicalDot(x, rows + <usize>target * rowBytes, rowBytes);
  let seenGreater: u32 = 0, seenEqual: u32 = 0;
  for (let i: usize = 0; i < <usize>seenCount << 2; i += 4) {
    const score = canonicalDot(x, rows + <usize>load<u32>(seen + i) * rowBytes, rowBytes);
    seenGreater += u32(score > wanted);
    seenEqual += u32(score == wanted);
  }
  // Were all of the seen ones among those, there would still be enough.
  const most = seenGreater + enough, end = rows + <usize>count * rowBytes;
  let greater: u32 = 0, equal: u32 = 0;
  for (let row = rows; row < end && greater < most; row += rowBytes) {
    const score = canonicalDot(x, row, rowBytes);
    greater += u32(score > wanted);
    equal += u32(score == wanted);
  }
  const isEnough = greater >= most;
  store<u32>(out, isEnough ? enough : greater - seenGreater);
  store<u32>(out, isEnough ? 1 : equal - seenEqual, 4);
}

/** x += rate · (error · y - penalty · x) over the factors and, if explicit, x's own bias, whose y is 1. */
// @ts-ignore: decorator
@inline function descend(side: LiveSide, x: usize, y: usize, error: f32, rate: f32, penalty: f32): void {
  for (let j: usize = 0; j < <usize>side.factorCount << 2; j += 4) {
    const value = load<f32>(x + j);
    store<f32>(x + j, value + rate * (error * load<f32>(y + j) - penalty * value));
  }
  if (!side.isExplicit) return;
  const bias = x + (<usize>side.ownBias << 2), value = load<f32>(bias);
  store<f32>(bias, value + rate * (error - penalty * value));
}

/**
 * One step of stochastic gradient descent on the squared error of one pair, both rows from where they stand; `goal`: the
 * rating less μ, or 1 or 0. NOT_FINITE: nothing has changed.
 */
export function descendLive(solved: LiveSide, fixed: LiveSide, row: u32, other: u32, goal: f32, rate: f32, penalty: f32): i32 {
  const rowBytes = solved.rowBytes, x = solved.solved + <usize>row * rowBytes, y = fixed.solved + <usize>other * rowBytes;
  const before = solved.pair, otherBefore = before + rowBytes;
  memory.copy(before, x, rowBytes);
  memory.copy(otherBefore, y, rowBytes);
  const error = goal - dot(x, y, rowBytes);
  descend(solved, x, otherBefore, error, rate, penalty);
  descend(fixed, y, before, error, rate, penalty);
  if (isFiniteRow(x, rowBytes) && isFiniteRow(y, rowBytes)) return 0;
  memory.copy(x, before, rowBytes);
  memory.copy(y, otherBefore, rowBytes);
  return NOT_FINITE;
}
