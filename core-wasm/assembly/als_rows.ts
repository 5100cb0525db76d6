// deno-fmt-ignore-file
// The system of one row of ALS, by preconditioned conjugate gradients from where the row stands (MATHS.md 1.3).
//
// Both kinds of feedback minimise f(x) = xᵀ D x + Σ c (g - x·y)² over the row's entries: they solve (D + Σ c y yᵀ) x = Σ c g y.
// They differ in D, in the weights c and goals g, and in the preconditioner: als_implicit.ts and als_explicit.ts.
import { clear, dot, mulAdd, sumLanes } from "./vector";

/** Squared residual norms below this are rounding: the row is solved. */
export const RESIDUAL_FLOOR: f32 = 1e-25;

/**
 * A worker's scratch while it works on a row: five vectors of `rowBytes`, then three lists of one word an entry. Lists are
 * filled up to a multiple of four entries with ones that weigh nothing.
 */
@unmanaged export class RowScratch {
  /** D and the inverse preconditioner. */
  diagonal: usize;
  inverse: usize;
  /** Residual, search direction, product of the matrix with it. */
  r: usize;
  p: usize;
  product: usize;
  /** Address of each entry's fixed row, its weight c, its goal g. */
  rows: usize;
  weights: usize;
  goals: usize;
  /** Entries, filled up to a multiple of four. */
  count: usize;
}

/** Bytes of the record itself, a multiple of 64. */
const RECORD_BYTES: usize = 64;

/** Lays the lists out for n entries. */
// @ts-ignore: decorator
@inline export function layLists(scratch: RowScratch, address: usize, n: usize): void {
  const count = (n + 3) & ~3, listBytes = count << 2;
  scratch.rows = address;
  scratch.weights = address + listBytes;
  scratch.goals = scratch.weights + listBytes;
  scratch.count = count;
}

/** The scratch at `address`, laid out for a row of `n` entries. */
// @ts-ignore: decorator
@inline export function layScratch(address: usize, rowBytes: usize, n: usize): RowScratch {
  const scratch = changetype<RowScratch>(address);
  scratch.diagonal = address + RECORD_BYTES;
  scratch.inverse = scratch.diagonal + rowBytes;
  scratch.r = scratch.inverse + rowBytes;
  scratch.p = scratch.r + rowBytes;
  scratch.product = scratch.p + rowBytes;
  layLists(scratch, scratch.product + rowBytes, n);
  return scratch;
}

/** Makes what fills up the lists of weights and goals weigh nothing; call it before they are written. */
// @ts-ignore: decorator
@inline export function clearLastEntries(scratch: RowScratch): void {
  const last = (scratch.count - 4) << 2;
  v128.store(scratch.weights + last, f32x4.splat(0));
  v128.store(scratch.goals + last, f32x4.splat(0));
}

/** Fills the list of addresses; what fills it up points to the last entry's row. */
// @ts-ignore: decorator
@inline export function listRows(indices: usize, n: usize, fixed: usize, rowBytes: usize, scratch: RowScratch): void {
  const rows = scratch.rows;
  let row: usize = 0;
  for (let i: usize = 0; i < n << 2; i += 4) {
    row = fixed + <usize>load<u32>(indices + i) * rowBytes;
    store<u32>(rows + i, <u32>row);
  }
  for (let i = n << 2; i < scratch.count << 2; i += 4) store<u32>(rows + i, <u32>row);
}

/** Sums of the lanes of four vectors, as one vector. */
// @ts-ignore: decorator
@inline function sumFour(s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const t0 = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), v128.shuffle<f32>(s0, s1, 2, 6, 3, 7));
  const t1 = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), v128.shuffle<f32>(s2, s3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(t0, t1, 0, 1, 4, 5), v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
}

/** y·p of the four rows at list position i. */
// @ts-ignore: decorator
@inline function dotFour(rows: usize, i: usize, p: usize, rowBytes: usize): v128 {
  const y0 = <usize>load<u32>(rows + i), y1 = <usize>load<u32>(rows + i, 4), y2 = <usize>load<u32>(rows + i, 8), y3 = <usize>load<u32>(rows + i, 12);
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let j: usize = 0; j < rowBytes; j += 32) {
    let x = v128.load(p + j);
    s0 = mulAdd(v128.load(y0 + j), x, s0); s1 = mulAdd(v128.load(y1 + j), x, s1);
    s2 = mulAdd(v128.load(y2 + j), x, s2); s3 = mulAdd(v128.load(y3 + j), x, s3);
    x = v128.load(p + j, 16);
    s0 = mulAdd(v128.load(y0 + j, 16), x, s0); s1 = mulAdd(v128.load(y1 + j, 16), x, s1);
    s2 = mulAdd(v128.load(y2 + j, 16), x, s2); s3 = mulAdd(v128.load(y3 + j, 16), x, s3);
  }
  return sumFour(s0, s1, s2, s3);
}

/** out += Σ coefficient · y over the four rows at list position i. */
// @ts-ignore: decorator
@inline export function addFour(rows: usize, i: usize, c: v128, out: usize, rowBytes: usize): void {
  const y0 = <usize>load<u32>(rows + i), y1 = <usize>load<u32>(rows + i, 4), y2 = <usize>load<u32>(rows + i, 8), y3 = <usize>load<u32>(rows + i, 12);
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

/** r += Σ c (g - y·x) y; gives Σ c (g - y·x)². */
export function residualPass(scratch: RowScratch, x: usize, rowBytes: usize): f32 {
  const rows = scratch.rows, weights = scratch.weights, goals = scratch.goals, r = scratch.r, end = scratch.count << 2;
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16) {
    const miss = f32x4.sub(v128.load(goals + i), dotFour(rows, i, x, rowBytes)), c = f32x4.mul(v128.load(weights + i), miss);
    sum = mulAdd(c, miss, sum);
    addFour(rows, i, c, r, rowBytes);
  }
  return sumLanes(sum);
}

/** What `residualPass` does for x = 0: r += Σ c g y; gives Σ c g². */
export function goalPass(scratch: RowScratch, rowBytes: usize): f32 {
  const rows = scratch.rows, weights = scratch.weights, goals = scratch.goals, r = scratch.r, end = scratch.count << 2;
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16) {
    const goal = v128.load(goals + i), c = f32x4.mul(v128.load(weights + i), goal);
    sum = mulAdd(c, goal, sum);
    addFour(rows, i, c, r, rowBytes);
  }
  return sumLanes(sum);
}

/** product += Σ c (y·p) y. */
export function productPass(scratch: RowScratch, rowBytes: usize): void {
  const rows = scratch.rows, weights = scratch.weights, p = scratch.p, product = scratch.product, end = scratch.count << 2;
  for (let i: usize = 0; i < end; i += 16) {
    addFour(rows, i, f32x4.mul(v128.load(weights + i), dotFour(rows, i, p, rowBytes)), product, rowBytes);
  }
}

/** Σ c (y·p)²: all that the last step needs, half a pass. */
export function curvaturePass(scratch: RowScratch, rowBytes: usize): f32 {
  const rows = scratch.rows, weights = scratch.weights, p = scratch.p, end = scratch.count << 2;
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16) {
    const t = dotFour(rows, i, p, rowBytes);
    sum = mulAdd(f32x4.mul(v128.load(weights + i), t), t, sum);
  }
  return sumLanes(sum);
}

/** out += a · x, `bytes` long. */
// @ts-ignore: decorator
@inline export function addScaled(out: usize, a: f32, x: usize, bytes: usize): void {
  const by = f32x4.splat(a);
  for (let j: usize = 0; j < bytes; j += 16) v128.store(out + j, mulAdd(by, v128.load(x + j), v128.load(out + j)));
}

/** out = a · b, element by element. */
// @ts-ignore: decorator
@inline function multiply(out: usize, a: usize, b: usize, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += 16) v128.store(out + j, f32x4.mul(v128.load(a + j), v128.load(b + j)));
}

/** x = r = 0: what `startResidual` does for rows that start from 0. */
// @ts-ignore: decorator
@inline export function startFromZero(scratch: RowScratch, x: usize, rowBytes: usize): void {
  clear(x, rowBytes);
  clear(scratch.r, rowBytes);
}

/** r = -D x: the residual before any entry is added. Gives xᵀ D x. */
// @ts-ignore: decorator
@inline export function startResidual(scratch: RowScratch, x: usize, rowBytes: usize): f64 {
  const r = scratch.r, diagonal = scratch.diagonal;
  for (let j: usize = 0; j < rowBytes; j += 16) v128.store(r + j, f32x4.neg(f32x4.mul(v128.load(diagonal + j), v128.load(x + j))));
  return weightedNorm(diagonal, x, rowBytes);
}

/** p = the preconditioned residual; gives pᵀ r. */
// @ts-ignore: decorator
@inline export function startDirection(scratch: RowScratch, rowBytes: usize): f32 {
  multiply(scratch.p, scratch.r, scratch.inverse, rowBytes);
  return dot(scratch.r, scratch.p, rowBytes);
}

/** product = D p; gives pᵀ D p. */
// @ts-ignore: decorator
@inline export function startProduct(scratch: RowScratch, rowBytes: usize): f32 {
  multiply(scratch.product, scratch.diagonal, scratch.p, rowBytes);
  return dot(scratch.p, scratch.product, rowBytes);
}

/** After a step of `length`: the next direction, conjugate to the last; gives its pᵀ r. */
// @ts-ignore: decorator
@inline export function nextDirection(scratch: RowScratch, length: f32, rz: f32, rowBytes: usize): f32 {
  const r = scratch.r, p = scratch.p, product = scratch.product;
  addScaled(r, -length, product, rowBytes);
  multiply(product, r, scratch.inverse, rowBytes);
  const next = dot(r, product, rowBytes), b = f32x4.splat(next / rz);
  for (let j: usize = 0; j < rowBytes; j += 16) v128.store(p + j, mulAdd(b, v128.load(p + j), v128.load(product + j)));
  return next;
}

/** r for the x that the row starts from; gives f of it. */
// @ts-ignore: decorator
@inline function findResidual(scratch: RowScratch, x: usize, rowBytes: usize, isFromZero: bool): f64 {
  if (!isFromZero) return startResidual(scratch, x, rowBytes) + <f64>residualPass(scratch, x, rowBytes);
  startFromZero(scratch, x, rowBytes);
  return <f64>goalPass(scratch, rowBytes);
}

/**
 * Moves x by `steps` steps of conjugate gradients; gives f of the new x. A step of length α along p takes α pᵀr off f, so
 * no pass is needed to know it. The last step needs pᵀ A p alone: half a pass.
 */
export function moveRow(scratch: RowScratch, x: usize, rowBytes: usize, steps: u32, isFromZero: bool): f64 {
  let f = findResidual(scratch, x, rowBytes, isFromZero);
  let rz = startDirection(scratch, rowBytes);
  for (let left = steps; left > 0 && !(rz < RESIDUAL_FLOOR); left--) {
    let curvature = startProduct(scratch, rowBytes);
    if (left > 1) {
      productPass(scratch, rowBytes);
      curvature = dot(scratch.p, scratch.product, rowBytes);
    } else {
      curvature += curvaturePass(scratch, rowBytes);
    }
    const length = rz / curvature;
    addScaled(x, length, scratch.p, rowBytes);
    f -= <f64>length * <f64>rz;
    if (left > 1) rz = nextDirection(scratch, length, rz, rowBytes);
  }
  return f;
}

/** Σ_j d_j x_j² in f64. */
// @ts-ignore: decorator
@inline export function weightedNorm(d: usize, x: usize, rowBytes: usize): f64 {
  let low = f64x2.splat(0), high = low;
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const a = v128.load(d + j), b = v128.load(x + j), c = v128.shuffle<f32>(a, a, 2, 3, 2, 3), e = v128.shuffle<f32>(b, b, 2, 3, 2, 3);
    let y = f64x2.promote_low_f32x4(b);
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.mul(y, y)));
    y = f64x2.promote_low_f32x4(e);
    high = f64x2.add(high, f64x2.mul(f64x2.promote_low_f32x4(c), f64x2.mul(y, y)));
  }
  low = f64x2.add(low, high);
  return f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
}
