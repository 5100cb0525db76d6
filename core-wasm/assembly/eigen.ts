// deno-fmt-ignore-file
// Symmetric eigenproblem A = Q Λ Qᵀ in f64: Householder tridiagonalisation, then implicit QL (the algorithms of EISPACK's
// tred2 and tql2, Bowdler, Martin, Reinsch and Wilkinson 1968).
//
// What costs n³ and can be shared is shared: the rotations of QL are recorded, and workers apply them to slabs of eight
// rows of Q each. A slab is n x 8 doubles, column after column, so that a rotation of two columns is four vector operations.
import { takeNext } from "./layout";
import { sumGram } from "./matrix";

const EPSILON: f64 = 2.220446049250313e-16;
/** Rows of Q in a slab. */
const SLAB_ROWS: usize = 8;
/** QL needs about two sweeps an eigenvalue; more than this many means that it does not converge. */
const MAX_SWEEPS: i32 = 60;
/** Directions that are weaker than this beside the strongest are hardly more than rounding; they are not made longer than one of it. */
const WEAKEST: f64 = 1e-6;

/** Addresses of one eigenproblem; src/kernels/eigenbasis.ts writes it, field by field in this order, 4 bytes each. */
@unmanaged export class Eigenproblem {
  n: u32;
  /** Columns of the packed Q: n rounded up to a multiple of 8. */
  width: u32;
  /** n rows of doubles, n rounded up to even apart: A, destroyed. */
  matrix: usize;
  /** As many rows again: Householder vectors. */
  reflectors: usize;
  /** Doubles, n + 2 of each: factors β of the reflections, diagonal (at the end the eigenvalues), subdiagonal, work. */
  betas: usize;
  diagonal: usize;
  subdiagonal: usize;
  work: usize;
  /** Recorded rotations: sweeps of [m, l, (c, s) for i = m-1 .. l], and how many doubles are in use of how many. */
  rotations: usize;
  rotationCount: u32;
  rotationCapacity: u32;
  /** Where QL stands: the eigenvalue it works on, n when it is done. */
  position: u32;
  sweeps: u32;
  /** f64: the shift so far, and the greatest |d| + |e| met. */
  shift: usize;
  /** Slabs of Q (n x 8 doubles each). */
  slabs: usize;
  /** Results: Q as panels (see rotateRows), and Λ, `width` floats, not below 0. */
  panels: usize;
  eigenvalues: usize;
  cursor: usize;
}

// @ts-ignore: decorator
@inline function mulAdd64(a: v128, b: v128, c: v128): v128 {
  if (FAST) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

// @ts-ignore: decorator
@inline function mulSub64(a: v128, b: v128, c: v128): v128 {
  if (FAST) return f64x2.relaxed_nmadd(a, b, c);
  return f64x2.sub(c, f64x2.mul(a, b));
}

// @ts-ignore: decorator
@inline function sum64(a: v128): f64 { return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1); }

/**
 * One row: a[j] -= vi·w[j] + wi·v[j] for j in [from, to) bytes; gives Σ a[j]·next[j].
 */
// @ts-ignore: decorator
@inline function updateRow(a: usize, from: usize, to: usize, vi: f64, wi: f64, v: usize, w: usize, next: usize): f64 {
  const x = f64x2.splat(vi), y = f64x2.splat(wi);
  let sum = f64x2.splat(0);
  for (let j = from; j < to; j += 16) {
    const t = mulSub64(y, v128.load(v + j), mulSub64(x, v128.load(w + j), v128.load(a + j)));
    v128.store(a + j, t);
    sum = mulAdd64(t, v128.load(next + j), sum);
  }
  return sum64(sum);
}

/** Rows [first, n): the rank-2 update by the last reflection, and the product with the next one, in one pass over A. */
function updateAndMultiply(matrix: usize, rowBytes: usize, first: usize, n: usize, v: usize, w: usize, next: usize, product: usize): void {
  const from = (first << 3) & ~15, to = rowBytes;
  let i = first;
  for (; i + 4 <= n; i += 4) {
    const a0 = matrix + i * rowBytes, a1 = a0 + rowBytes, a2 = a1 + rowBytes, a3 = a2 + rowBytes, vi = v + (i << 3), wi = w + (i << 3);
    const x0 = v128.load_splat<f64>(vi), x1 = v128.load_splat<f64>(vi, 8), x2 = v128.load_splat<f64>(vi, 16), x3 = v128.load_splat<f64>(vi, 24);
    const y0 = v128.load_splat<f64>(wi), y1 = v128.load_splat<f64>(wi, 8), y2 = v128.load_splat<f64>(wi, 16), y3 = v128.load_splat<f64>(wi, 24);
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let j = from; j < to; j += 16) {
      const vj = v128.load(v + j), wj = v128.load(w + j), nj = v128.load(next + j);
      let t = mulSub64(y0, vj, mulSub64(x0, wj, v128.load(a0 + j))); v128.store(a0 + j, t); s0 = mulAdd64(t, nj, s0);
      t = mulSub64(y1, vj, mulSub64(x1, wj, v128.load(a1 + j))); v128.store(a1 + j, t); s1 = mulAdd64(t, nj, s1);
      t = mulSub64(y2, vj, mulSub64(x2, wj, v128.load(a2 + j))); v128.store(a2 + j, t); s2 = mulAdd64(t, nj, s2);
      t = mulSub64(y3, vj, mulSub64(x3, wj, v128.load(a3 + j))); v128.store(a3 + j, t); s3 = mulAdd64(t, nj, s3);
    }
    const p = product + (i << 3);
    store<f64>(p, sum64(s0)); store<f64>(p, sum64(s1), 8); store<f64>(p, sum64(s2), 16); store<f64>(p, sum64(s3), 24);
  }
  for (; i < n; i++) {
    store<f64>(product + (i << 3), updateRow(matrix + i * rowBytes, from, to, load<f64>(v + (i << 3)), load<f64>(w + (i << 3)), v, w, next));
  }
}

/**
 * The reflection I - β v vᵀ that maps x[first, n) onto its first axis. Writes v (zero below `first`), gives β and puts the
 * image's length, with its sign, into `image`. β = 0 where there is nothing to reflect.
 */
function reflectorOf(x: usize, first: usize, n: usize, v: usize, image: usize): f64 {
  const head = load<f64>(x + (first << 3));
  let tail: f64 = 0;
  for (let j = first + 1; j < n; j++) { const value = load<f64>(x + (j << 3)); tail += value * value; }
  memory.fill(v, 0, ((n + 1) & ~1) << 3);
  if (tail == 0) { store<f64>(image, head); return 0; }
  const length = sqrt<f64>(head * head + tail), end = head > 0 ? -length : length;
  for (let j = first + 1; j < n; j++) store<f64>(v + (j << 3), load<f64>(x + (j << 3)));
  store<f64>(v + (first << 3), head - end);
  store<f64>(image, end);
  return 2 / ((head - end) * (head - end) + tail);
}

/** matrix → diagonal, subdiagonal, reflectors. A is symmetric, both triangles given, padding columns zero. */
function tridiagonalize(problem: Eigenproblem): void {
  const n = <usize>problem.n, rowBytes = ((n + 1) & ~1) << 3, a = problem.matrix;
  const w = problem.work;
  let v = problem.reflectors; // of the step before: zero at first, so the first update changes nothing
  memory.fill(v, 0, rowBytes);
  memory.fill(w, 0, rowBytes);
  for (let k: usize = 0; k < n; k++) {
    const row = a + k * rowBytes, vk = load<f64>(v + (k << 3)), wk = load<f64>(w + (k << 3));
    updateRow(row, (k << 3) & ~15, rowBytes, vk, wk, v, w, row);
    store<f64>(problem.diagonal + (k << 3), load<f64>(row + (k << 3)));
    if (k + 1 >= n) break;
    // Column k is used up, so its place may hold the next reflector while the last one is still read.
    const next = problem.reflectors + (k + 1) * rowBytes, product = row;
    const beta = reflectorOf(row, k + 1, n, next, problem.subdiagonal + (k << 3));
    store<f64>(problem.betas + (k << 3), beta);
    updateAndMultiply(a, rowBytes, k + 1, n, v, w, next, product);
    let inner: f64 = 0;
    for (let j = k + 1; j < n; j++) inner += load<f64>(product + (j << 3)) * load<f64>(next + (j << 3));
    const half = beta * beta * inner * 0.5;
    memory.fill(w, 0, (k + 1) << 3);
    for (let j = k + 1; j < n; j++) store<f64>(w + (j << 3), beta * load<f64>(product + (j << 3)) - half * load<f64>(next + (j << 3)));
    v = next;
  }
  store<f64>(problem.subdiagonal + ((n - 1) << 3), 0);
  store<f64>(problem.subdiagonal + (n << 3), 0);
  problem.position = 0;
  problem.sweeps = 0;
  store<f64>(problem.shift, 0);
  store<f64>(problem.shift, 0, 8);
}

/** One sweep of implicit QL over [l, m], recorded at `out`. */
function sweep(problem: Eigenproblem, l: usize, m: usize, out: usize): void {
  const d = problem.diagonal, e = problem.subdiagonal, n = <usize>problem.n;
  let g = load<f64>(d + (l << 3));
  const el = load<f64>(e + (l << 3));
  let p = (load<f64>(d + (l << 3), 8) - g) / (2 * el);
  let r = sqrt<f64>(p * p + 1);
  if (p < 0) r = -r;
  store<f64>(d + (l << 3), el / (p + r));
  store<f64>(d + (l << 3), el * (p + r), 8);
  const dl1 = el * (p + r);
  let h = g - el / (p + r);
  for (let i = l + 2; i < n; i++) store<f64>(d + (i << 3), load<f64>(d + (i << 3)) - h);
  store<f64>(problem.shift, load<f64>(problem.shift) + h);
  p = load<f64>(d + (m << 3));
  let c: f64 = 1, c2: f64 = 1, c3: f64 = 1, s: f64 = 0, s2: f64 = 0;
  const el1 = load<f64>(e + (l << 3), 8);
  store<f64>(out, <f64>m); store<f64>(out, <f64>l, 8);
  out += 16;
  for (let i = m - 1; <isize>i >= <isize>l; i--, out += 16) {
    const ei = e + (i << 3), di = d + (i << 3);
    c3 = c2; c2 = c; s2 = s;
    g = c * load<f64>(ei);
    h = c * p;
    r = sqrt<f64>(p * p + load<f64>(ei) * load<f64>(ei));
    store<f64>(ei, s * r, 8);
    s = load<f64>(ei) / r;
    c = p / r;
    p = c * load<f64>(di) - s * g;
    store<f64>(di, h + s * (c * g + s * load<f64>(di)), 8);
    store<f64>(out, c); store<f64>(out, s, 8);
  }
  p = -s * s2 * c3 * el1 * load<f64>(e + (l << 3)) / dl1;
  store<f64>(e + (l << 3), s * p);
  store<f64>(d + (l << 3), c * p);
}

/** QL until it is done (gives 0), the room for rotations is used up (1), or it does not converge (-1). */
function iterate(problem: Eigenproblem): i32 {
  const n = <usize>problem.n, d = problem.diagonal, e = problem.subdiagonal;
  problem.rotationCount = 0;
  for (let l = <usize>problem.position; l < n; l++) {
    const scale = max(load<f64>(problem.shift, 8), abs(load<f64>(d + (l << 3))) + abs(load<f64>(e + (l << 3))));
    store<f64>(problem.shift, scale, 8);
    while (abs(load<f64>(e + (l << 3))) > EPSILON * scale) {
      let m = l;
      while (m < n - 1 && abs(load<f64>(e + (m << 3))) > EPSILON * scale) m++;
      const need = 2 + 2 * <u32>(m - l);
      if (problem.rotationCount + need > problem.rotationCapacity) { problem.position = <u32>l; return 1; }
      if (++problem.sweeps > <u32>MAX_SWEEPS) return -1;
      sweep(problem, l, m, problem.rotations + (<usize>problem.rotationCount << 3));
      problem.rotationCount += need;
    }
    problem.sweeps = 0;
    store<f64>(d + (l << 3), load<f64>(d + (l << 3)) + load<f64>(problem.shift));
    store<f64>(e + (l << 3), 0);
  }
  problem.position = <u32>n;
  return 0;
}

/**
 * By whichever worker comes first: sums partial Gram matrices (`sumGram`) into the problem's matrix, makes it tridiagonal
 * and runs QL. `partialCount` 0 goes on with a QL that had no room for its rotations. Status of that worker: 0 done, 1 call
 * `eigenVectors` and then this again, -1 no convergence; of the others 0.
 */
export function eigenValues(problem: Eigenproblem, partials: usize, partialCount: u32, partialWidth: u32, scale: f64): i32 {
  if (takeNext(problem.cursor, 1) != 0) return 0;
  if (partialCount > 0) {
    sumGram(partials, partialCount, partialWidth, problem.n, scale, problem.matrix);
    tridiagonalize(problem);
  }
  return iterate(problem);
}

/** Slab ← its rows of the product of all reflections, H₀ H₁ ... (applied to rows of the unit matrix from the right). */
function startSlab(problem: Eigenproblem, slab: usize, firstRow: usize): void {
  const n = <usize>problem.n, rowBytes = ((n + 1) & ~1) << 3;
  memory.fill(slab, 0, n * SLAB_ROWS << 3);
  for (let r: usize = 0; r < SLAB_ROWS; r++) {
    if (firstRow + r < n) store<f64>(slab + (((firstRow + r) * SLAB_ROWS + r) << 3), 1);
  }
  for (let k: usize = 0; k + 1 < n; k++) {
    const v = problem.reflectors + (k + 1) * rowBytes, beta = f64x2.splat(load<f64>(problem.betas + (k << 3)));
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let j = k + 1; j < n; j++) {
      const x = v128.load_splat<f64>(v + (j << 3)), z = slab + (j * SLAB_ROWS << 3);
      s0 = mulAdd64(x, v128.load(z), s0); s1 = mulAdd64(x, v128.load(z, 16), s1);
      s2 = mulAdd64(x, v128.load(z, 32), s2); s3 = mulAdd64(x, v128.load(z, 48), s3);
    }
    s0 = f64x2.mul(s0, beta); s1 = f64x2.mul(s1, beta); s2 = f64x2.mul(s2, beta); s3 = f64x2.mul(s3, beta);
    for (let j = k + 1; j < n; j++) {
      const x = v128.load_splat<f64>(v + (j << 3)), z = slab + (j * SLAB_ROWS << 3);
      v128.store(z, mulSub64(x, s0, v128.load(z))); v128.store(z, mulSub64(x, s1, v128.load(z, 16)), 16);
      v128.store(z, mulSub64(x, s2, v128.load(z, 32)), 32); v128.store(z, mulSub64(x, s3, v128.load(z, 48)), 48);
    }
  }
}

/** One recorded sweep on a slab: columns m, m-1, ... l, the last one carried in registers. Gives the next sweep's address. */
function rotateSlab(slab: usize, sweepAt: usize): usize {
  const m = <usize>load<f64>(sweepAt), l = <usize>load<f64>(sweepAt, 8);
  let z = slab + (m * SLAB_ROWS << 3);
  const last = slab + (l * SLAB_ROWS << 3);
  let h0 = v128.load(z), h1 = v128.load(z, 16), h2 = v128.load(z, 32), h3 = v128.load(z, 48), at = sweepAt + 16;
  while (z > last) {
    const c = v128.load_splat<f64>(at), s = v128.load_splat<f64>(at, 8), to = z;
    z -= SLAB_ROWS << 3; at += 16;
    let t = v128.load(z); v128.store(to, mulAdd64(s, t, f64x2.mul(c, h0))); h0 = mulSub64(s, h0, f64x2.mul(c, t));
    t = v128.load(z, 16); v128.store(to, mulAdd64(s, t, f64x2.mul(c, h1)), 16); h1 = mulSub64(s, h1, f64x2.mul(c, t));
    t = v128.load(z, 32); v128.store(to, mulAdd64(s, t, f64x2.mul(c, h2)), 32); h2 = mulSub64(s, h2, f64x2.mul(c, t));
    t = v128.load(z, 48); v128.store(to, mulAdd64(s, t, f64x2.mul(c, h3)), 48); h3 = mulSub64(s, h3, f64x2.mul(c, t));
  }
  v128.store(last, h0); v128.store(last, h1, 16); v128.store(last, h2, 32); v128.store(last, h3, 48);
  return at;
}

function greatestEigenvalue(problem: Eigenproblem): f64 {
  let greatest: f64 = 0;
  for (let j: usize = 0; j < <usize>problem.n; j++) greatest = max(greatest, load<f64>(problem.diagonal + (j << 3)));
  return greatest;
}

/**
 * Rows [firstRow, firstRow + 8) of Q from a slab into the panels; beyond n the unit matrix, so that what stands there stays.
 * With a `length`, column j times length/√λ_j.
 */
function writePanels(problem: Eigenproblem, slab: usize, firstRow: usize, length: f64): void {
  const n = <usize>problem.n, width = <usize>problem.width, weakest = WEAKEST * greatestEigenvalue(problem);
  for (let j: usize = 0; j < width; j++) {
    let by: f64 = 1;
    if (length > 0 && j < n) by = weakest > 0 ? length / sqrt<f64>(max(weakest, load<f64>(problem.diagonal + (j << 3)))) : 0;
    let to = problem.panels + (((j >> 3) * width + firstRow) << 5) + ((j & 7) << 2);
    for (let r: usize = 0; r < SLAB_ROWS; r++, to += 32) {
      const isInside = j < n && firstRow + r < n;
      store<f32>(to, isInside ? <f32>(by * load<f64>(slab + ((j * SLAB_ROWS + r) << 3))) : j == firstRow + r ? 1 : 0);
    }
  }
}

function writeEigenvalues(problem: Eigenproblem): void {
  for (let j: usize = 0; j < <usize>problem.width; j++) {
    const value = j < <usize>problem.n ? load<f64>(problem.diagonal + (j << 3)) : 0;
    // A Gram matrix has none below 0; rounding may say otherwise.
    store<f32>(problem.eigenvalues + (j << 2), value > 0 ? <f32>value : 0);
  }
}

/**
 * Applies the recorded rotations to Q, slab by slab; `isFirst`: makes the slabs; `isLast`: writes the results, with a `length`
 * above 0 Q Λ^-½ times it instead of Q.
 */
export function eigenVectors(problem: Eigenproblem, isFirst: bool, isLast: bool, length: f64): void {
  const slabCount = problem.width / <u32>SLAB_ROWS, slabBytes = <usize>problem.n * SLAB_ROWS << 3;
  const end = problem.rotations + (<usize>problem.rotationCount << 3);
  for (let t = takeNext(problem.cursor, 1); t < slabCount; t = takeNext(problem.cursor, 1)) {
    const slab = problem.slabs + <usize>t * slabBytes, firstRow = <usize>t * SLAB_ROWS;
    if (isFirst) startSlab(problem, slab, firstRow);
    for (let at = problem.rotations; at < end;) at = rotateSlab(slab, at);
    if (isLast) writePanels(problem, slab, firstRow, length);
    if (isLast && t == 0) writeEigenvalues(problem);
  }
}
