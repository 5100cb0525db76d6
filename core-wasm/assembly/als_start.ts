// deno-fmt-ignore-file
// What an implicit or explicit fit starts from.
import { dot, mulAdd } from "./vector";
import { HalfStep, takeNext } from "./layout";

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
