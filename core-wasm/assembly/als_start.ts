// deno-fmt-ignore-file
// What a fit starts from: noise, and for implicit feedback one propagation of it through the ratings (MATHS.md 1.2).
import { dot } from "./vector";
import { HalfStep, takeNext } from "./layout";
import { addFour, layScratch, listRows } from "./als_rows";

const NOISE_CHUNK: u32 = 64;
const SCALE_CHUNK: u32 = 256;

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

/** Number of entries of a row. */
// @ts-ignore: decorator
@inline function degree(indptr: usize, row: usize): f32 {
  return <f32>(load<u32>(indptr + (row << 2), 4) - load<u32>(indptr + (row << 2)));
}

/** Exported from the module, like the others that work on one row, so that it stays a function (index.ts says why). */
export function fillNoiseRow(row: usize, rowBytes: usize, factorCount: u32, seed: u32, index: u32, deviation: f32): void {
  memory.fill(row, 0, rowBytes);
  for (let j: u32 = 0; j < factorCount; j++) store<f32>(row + (<usize>j << 2), deviation * noise(seed, index, j));
}

/** rows[r, 0..factorCount) = deviation · noise, 0 after it. Chunks of rows by cursor; the same whoever takes them. */
export function fillNoise(rows: usize, rowCount: u32, rowBytes: usize, factorCount: u32, seed: u32, deviation: f32, cursor: usize): void {
  for (let first = takeNext(cursor, NOISE_CHUNK); first < rowCount; first = takeNext(cursor, NOISE_CHUNK)) {
    const end = min(first + NOISE_CHUNK, rowCount);
    for (let r = first; r < end; r++) fillNoiseRow(rows + <usize>r * rowBytes, rowBytes, factorCount, seed, r, deviation);
  }
}

/** Row ← own scale · sum of the fixed rows of its entries; gives its squared norm. */
export function propagateRow(step: HalfStep, row: usize, isMean: bool, scratchAt: usize): f64 {
  const rowBytes = step.rowBytes, x = step.solved + row * rowBytes, begin = <usize>load<u32>(step.indptr + (row << 2));
  const n = <usize>load<u32>(step.indptr + (row << 2), 4) - begin;
  memory.fill(x, 0, rowBytes);
  if (n == 0) return 0;
  const scratch = layScratch(scratchAt, rowBytes, n), whole = n & ~3;
  listRows(step.indices + (begin << 2), n, step.fixed, rowBytes, scratch);
  for (let i: usize = 0; i < whole; i += 4) addFour(scratch.rows, i << 2, f32x4.splat(1), x, rowBytes);
  for (let i = whole; i < n; i++) {
    const y = <usize>load<u32>(scratch.rows + (i << 2));
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(x + j, f32x4.add(v128.load(y + j), v128.load(x + j)));
  }
  scaleRow(x, rowBytes, isMean ? <f32>1 / <f32>n : <f32>1 / sqrt<f32>(<f32>n));
  return <f64>dot(x, x, rowBytes);
}

/**
 * solved = D^-1 R fixed if `isMean`, else D^-½ R fixed, with R the 0/1 matrix of the half-step and D the degrees of its
 * rows. Squared norms of the rows are summed into `losses`.
 */
export function propagate(step: HalfStep, isMean: bool, scratch: usize): void {
  const unitCount = step.unitCount;
  for (let unit = takeNext(step.cursor, 1); unit < unitCount; unit = takeNext(step.cursor, 1)) {
    const first = load<u32>(step.units + (<usize>unit << 2)), end = load<u32>(step.units + (<usize>unit << 2), 4);
    let squares: f64 = 0;
    for (let k = first; k < end; k++) squares += propagateRow(step, <usize>load<u32>(step.order + (<usize>k << 2)), isMean, scratch);
    store<f64>(step.losses + (<usize>unit << 3), squares);
  }
}

/** row ← factor · row. */
export function scaleRow(row: usize, rowBytes: usize, factor: f32): void {
  const by = f32x4.splat(factor);
  for (let at = row, end = row + rowBytes; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), by));
}

/** rows ← factor · rows; with an `indptr`, each also divided by the root of its degree (rows without entries become 0). */
export function scaleRows(rows: usize, rowCount: u32, rowBytes: usize, factor: f32, indptr: usize, cursor: usize): void {
  for (let first = takeNext(cursor, SCALE_CHUNK); first < rowCount; first = takeNext(cursor, SCALE_CHUNK)) {
    const end = min(first + SCALE_CHUNK, rowCount);
    for (let r = <usize>first; r < <usize>end; r++) {
      const n: f32 = indptr ? degree(indptr, r) : 1;
      scaleRow(rows + r * rowBytes, rowBytes, n > 0 ? factor / sqrt<f32>(n) : 0);
    }
  }
}
