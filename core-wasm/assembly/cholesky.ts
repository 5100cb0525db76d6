// deno-fmt-ignore-file
// Small symmetric positive definite systems A x = b, solved in place.
//
// A is n x n, row-major, `rowBytes` from row to row (a multiple of 32); only its upper triangle is read, and it becomes
// U with A = UᵀU. Storage holds n rounded up to a multiple of 4 rows (`choleskyRows`), each at least that long; `b` too.
// The padding is written here: a unit diagonal, so that blocks of four rows need no special case.
// What lies below the diagonal is overwritten with values that mean nothing.
import { sumLanes } from "./vector";

/** Rows of storage that a system of n unknowns needs. */
// @ts-ignore: decorator
@inline export function choleskyRows(n: i32): i32 { return (n + 3) & ~3; }

/** A pivot below this share of its diagonal entry is rounding noise: the system counts as singular. */
// @ts-ignore: decorator
@inline function smallestPivot<T>(): T { return sizeof<T>() == 8 ? <T>1e-15 : <T>2.5e-7; }

// @ts-ignore: decorator
@inline function minusProduct<T>(a: v128, b: v128, c: v128): v128 {
  if (FAST) return v128.relaxed_nmadd<T>(a, b, c);
  return v128.sub<T>(c, v128.mul<T>(a, b));
}

// @ts-ignore: decorator
@inline function addLanes<T>(a: v128): T {
  if (sizeof<T>() == 8) return <T>(f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1));
  return <T>sumLanes(a);
}

function pad<T>(a: usize, n: i32, rowBytes: usize): void {
  const rows = choleskyRows(n);
  for (let r = 0; r < n; r++) {
    for (let c = n; c < rows; c++) store<T>(a + <usize>r * rowBytes + <usize>c * sizeof<T>(), <T>0);
  }
  for (let r = n; r < rows; r++) {
    for (let c = r; c < rows; c++) store<T>(a + <usize>r * rowBytes + <usize>c * sizeof<T>(), c == r ? <T>1 : <T>0);
  }
}

/** Rows p..p+3 minus what the finished rows above contribute, from column p on: a register tile of 4 rows x 32 bytes. */
// @ts-ignore: decorator
@inline function subtractFinishedRows<T>(a: usize, p: usize, rows: usize, rowBytes: usize): void {
  const end = rows * sizeof<T>(), pivotColumn = p * sizeof<T>(), lastRow = a + p * rowBytes;
  for (let j: usize = pivotColumn & ~31; j < end; j += 32) {
    let t = lastRow + j;
    let c00 = v128.load(t), c01 = v128.load(t, 16); t += rowBytes;
    let c10 = v128.load(t), c11 = v128.load(t, 16); t += rowBytes;
    let c20 = v128.load(t), c21 = v128.load(t, 16); t += rowBytes;
    let c30 = v128.load(t), c31 = v128.load(t, 16);
    for (let k = a; k < lastRow; k += rowBytes) {
      const b0 = v128.load(k + j), b1 = v128.load(k + j, 16), f = k + pivotColumn;
      let x = v128.load_splat<T>(f); c00 = minusProduct<T>(x, b0, c00); c01 = minusProduct<T>(x, b1, c01);
      x = v128.load_splat<T>(f, sizeof<T>()); c10 = minusProduct<T>(x, b0, c10); c11 = minusProduct<T>(x, b1, c11);
      x = v128.load_splat<T>(f, 2 * sizeof<T>()); c20 = minusProduct<T>(x, b0, c20); c21 = minusProduct<T>(x, b1, c21);
      x = v128.load_splat<T>(f, 3 * sizeof<T>()); c30 = minusProduct<T>(x, b0, c30); c31 = minusProduct<T>(x, b1, c31);
    }
    t = lastRow + j;
    v128.store(t, c00); v128.store(t, c01, 16); t += rowBytes;
    v128.store(t, c10); v128.store(t, c11, 16); t += rowBytes;
    v128.store(t, c20); v128.store(t, c21, 16); t += rowBytes;
    v128.store(t, c30); v128.store(t, c31, 16);
  }
}

/** A = UᵀU in place. Gives 0, or 1 + the index of the first pivot that is not positive (A is then half overwritten). */
export function factorCholesky<T>(a: usize, n: i32, rowBytes: usize): i32 {
  const S = sizeof<T>(), rows = <usize>choleskyRows(n), end = rows * S;
  pad<T>(a, n, rowBytes);
  for (let p: usize = 0; p < rows; p += 4) {
    const r0 = a + p * rowBytes, r1 = r0 + rowBytes, r2 = r1 + rowBytes, r3 = r2 + rowBytes, d = p * S;
    const floor0 = load<T>(r0 + d) * smallestPivot<T>(), floor1 = load<T>(r1 + d, S) * smallestPivot<T>();
    const floor2 = load<T>(r2 + d, 2 * S) * smallestPivot<T>(), floor3 = load<T>(r3 + d, 3 * S) * smallestPivot<T>();
    subtractFinishedRows<T>(a, p, rows, rowBytes);
    // The 4 x 4 block on the diagonal, in scalars. `!(x > 0)` also catches NaN.
    const p0 = load<T>(r0 + d);
    if (!(p0 > floor0) || !(p0 > <T>0)) return <i32>p + 1;
    const i0 = <T>1 / sqrt<T>(p0);
    const u01 = load<T>(r0 + d, S) * i0, u02 = load<T>(r0 + d, 2 * S) * i0, u03 = load<T>(r0 + d, 3 * S) * i0;
    const p1 = load<T>(r1 + d, S) - u01 * u01;
    if (!(p1 > floor1) || !(p1 > <T>0)) return <i32>p + 2;
    const i1 = <T>1 / sqrt<T>(p1);
    const u12 = (load<T>(r1 + d, 2 * S) - u01 * u02) * i1, u13 = (load<T>(r1 + d, 3 * S) - u01 * u03) * i1;
    const p2 = load<T>(r2 + d, 2 * S) - u02 * u02 - u12 * u12;
    if (!(p2 > floor2) || !(p2 > <T>0)) return <i32>p + 3;
    const i2 = <T>1 / sqrt<T>(p2);
    const u23 = (load<T>(r2 + d, 3 * S) - u02 * u03 - u12 * u13) * i2;
    const p3 = load<T>(r3 + d, 3 * S) - u03 * u03 - u13 * u13 - u23 * u23;
    if (!(p3 > floor3) || !(p3 > <T>0)) return <i32>p + 4;
    const i3 = <T>1 / sqrt<T>(p3);
    // The same elimination for whole rows, a vector of columns at a time.
    const v01 = v128.splat<T>(u01), v02 = v128.splat<T>(u02), v03 = v128.splat<T>(u03), v12 = v128.splat<T>(u12);
    const v13 = v128.splat<T>(u13), v23 = v128.splat<T>(u23);
    const s0 = v128.splat<T>(i0), s1 = v128.splat<T>(i1), s2 = v128.splat<T>(i2), s3 = v128.splat<T>(i3);
    for (let j: usize = d; j < end; j += 16) {
      const x0 = v128.mul<T>(v128.load(r0 + j), s0);
      const x1 = v128.mul<T>(minusProduct<T>(v01, x0, v128.load(r1 + j)), s1);
      const x2 = v128.mul<T>(minusProduct<T>(v12, x1, minusProduct<T>(v02, x0, v128.load(r2 + j))), s2);
      const x3 = v128.mul<T>(minusProduct<T>(v23, x2, minusProduct<T>(v13, x1, minusProduct<T>(v03, x0, v128.load(r3 + j)))), s3);
      v128.store(r0 + j, x0); v128.store(r1 + j, x1); v128.store(r2 + j, x2); v128.store(r3 + j, x3);
    }
  }
  return 0;
}

/** Solves UᵀU x = b after `factorCholesky`; x replaces b. */
export function solveCholesky<T>(u: usize, n: i32, rowBytes: usize, b: usize): void {
  const S = sizeof<T>(), rows = <usize>choleskyRows(n), end = rows * S;
  for (let i = <usize>n; i < rows; i++) store<T>(b + i * S, <T>0);
  // Uᵀ y = b, four unknowns at a time.
  for (let p: usize = 0; p < rows; p += 4) {
    const d = p * S, r0 = u + p * rowBytes, r1 = r0 + rowBytes, r2 = r1 + rowBytes, r3 = r2 + rowBytes;
    const y0 = load<T>(b + d) / load<T>(r0 + d);
    const y1 = (load<T>(b + d, S) - load<T>(r0 + d, S) * y0) / load<T>(r1 + d, S);
    const y2 = (load<T>(b + d, 2 * S) - load<T>(r0 + d, 2 * S) * y0 - load<T>(r1 + d, 2 * S) * y1) / load<T>(r2 + d, 2 * S);
    const y3 = (load<T>(b + d, 3 * S) - load<T>(r0 + d, 3 * S) * y0 - load<T>(r1 + d, 3 * S) * y1 - load<T>(r2 + d, 3 * S) * y2) / load<T>(r3 + d, 3 * S);
    store<T>(b + d, y0); store<T>(b + d, y1, S); store<T>(b + d, y2, 2 * S); store<T>(b + d, y3, 3 * S);
    const v0 = v128.splat<T>(y0), v1 = v128.splat<T>(y1), v2 = v128.splat<T>(y2), v3 = v128.splat<T>(y3);
    for (let j: usize = d + 4 * S; j < end; j += 16) {
      let x = v128.load(b + j);
      x = minusProduct<T>(v0, v128.load(r0 + j), x); x = minusProduct<T>(v1, v128.load(r1 + j), x);
      x = minusProduct<T>(v2, v128.load(r2 + j), x); x = minusProduct<T>(v3, v128.load(r3 + j), x);
      v128.store(b + j, x);
    }
  }
  // U x = y, from the end.
  for (let p = <isize>rows - 4; p >= 0; p -= 4) {
    const d = <usize>p * S, r0 = u + <usize>p * rowBytes, r1 = r0 + rowBytes, r2 = r1 + rowBytes, r3 = r2 + rowBytes;
    let t0 = v128.splat<T>(0), t1 = t0, t2 = t0, t3 = t0;
    for (let j: usize = d + 4 * S; j < end; j += 16) {
      const x = v128.load(b + j);
      t0 = minusProduct<T>(v128.load(r0 + j), x, t0); t1 = minusProduct<T>(v128.load(r1 + j), x, t1);
      t2 = minusProduct<T>(v128.load(r2 + j), x, t2); t3 = minusProduct<T>(v128.load(r3 + j), x, t3);
    }
    const x3 = (load<T>(b + d, 3 * S) + addLanes<T>(t3)) / load<T>(r3 + d, 3 * S);
    const x2 = (load<T>(b + d, 2 * S) + addLanes<T>(t2) - load<T>(r2 + d, 3 * S) * x3) / load<T>(r2 + d, 2 * S);
    const x1 = (load<T>(b + d, S) + addLanes<T>(t1) - load<T>(r1 + d, 2 * S) * x2 - load<T>(r1 + d, 3 * S) * x3) / load<T>(r1 + d, S);
    const x0 = (load<T>(b + d) + addLanes<T>(t0) - load<T>(r0 + d, S) * x1 - load<T>(r0 + d, 2 * S) * x2 - load<T>(r0 + d, 3 * S) * x3) / load<T>(r0 + d);
    store<T>(b + d, x0); store<T>(b + d, x1, S); store<T>(b + d, x2, 2 * S); store<T>(b + d, x3, 3 * S);
  }
}

/** Factors A and solves for b. Status as `factorCholesky`; b is untouched unless it is 0. */
// @ts-ignore: decorator
@inline export function solveSystem<T>(a: usize, n: i32, rowBytes: usize, b: usize): i32 {
  const status = factorCholesky<T>(a, n, rowBytes);
  if (status == 0) solveCholesky<T>(a, n, rowBytes, b);
  return status;
}

/** Exported forms: single and double precision. */
export function solveSystem32(a: usize, n: i32, rowBytes: usize, b: usize): i32 { return solveSystem<f32>(a, n, rowBytes, b); }
export function solveSystem64(a: usize, n: i32, rowBytes: usize, b: usize): i32 { return solveSystem<f64>(a, n, rowBytes, b); }
