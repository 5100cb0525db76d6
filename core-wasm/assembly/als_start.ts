// deno-fmt-ignore-file
// What a fit starts from: explicit feedback from noise, implicit from a sketch of the ratings that is propagated through them.
import { clear } from "./vector";
import { HalfStep, takeNext } from "./layout";
import { addFour, layScratch, listRows } from "./als_rows";

const NOISE_CHUNK: u32 = 64;
const CLEAR_CHUNK: u32 = 256;

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

/** Row ← n^-1 (`isMean`) or n^-½ times the sum of the fixed rows of its n entries. */
export function propagateRow(step: HalfStep, row: usize, isMean: bool, scratchAt: usize): void {
  const rowBytes = step.rowBytes, x = step.solved + row * rowBytes, begin = <usize>load<u32>(step.indptr + (row << 2));
  const n = <usize>load<u32>(step.indptr + (row << 2), 4) - begin;
  clear(x, rowBytes);
  if (n == 0) return;
  const scratch = layScratch(scratchAt, rowBytes, n), whole = n & ~3;
  listRows(step.indices + (begin << 2), n, step.fixed, rowBytes, scratch);
  for (let i: usize = 0; i < whole; i += 4) addFour(scratch.rows, i << 2, f32x4.splat(1), x, rowBytes);
  for (let i = whole; i < n; i++) {
    const y = <usize>load<u32>(scratch.rows + (i << 2));
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(x + j, f32x4.add(v128.load(y + j), v128.load(x + j)));
  }
  const by = f32x4.splat(isMean ? <f32>1 / <f32>n : <f32>1 / sqrt<f32>(<f32>n));
  for (let j: usize = 0; j < rowBytes; j += 16) v128.store(x + j, f32x4.mul(v128.load(x + j), by));
}

/** solved = D^-1 R fixed if `isMean`, else D^-½ R fixed, with R the 0/1 matrix of the half-step and D the degrees of its rows. */
export function propagate(step: HalfStep, isMean: bool, scratch: usize): void {
  const unitCount = step.unitCount;
  for (let unit = takeNext(step.cursor, 1); unit < unitCount; unit = takeNext(step.cursor, 1)) {
    const first = load<u32>(step.units + (<usize>unit << 2)), end = load<u32>(step.units + (<usize>unit << 2), 4);
    for (let k = first; k < end; k++) propagateRow(step, <usize>load<u32>(step.order + (<usize>k << 2)), isMean, scratch);
  }
}

/**
 * What column `y` mod d of row y of the sketch Ω holds, its only number: of either sign, ½ to 1½ large. Not ±1, of which few
 * would add up to 0 too easily.
 */
// @ts-ignore: decorator
@inline function sketched(seed: u32, y: u32): f32 {
  const h = mix(seed ^ mix(y + 0x9e3779b9)), size = <f32>0.5 + <f32>(h >> 16) * <f32>1.52587890625e-5;
  return h & 1 ? size : -size;
}

/** Row ← its row of D^-1 R D'^-½ Ω, with D' the degrees of the fixed side, whose `indptr` that is. */
export function sketchRow(step: HalfStep, row: usize, fixedIndptr: usize, seed: u32): void {
  const x = step.solved + row * step.rowBytes, begin = load<u32>(step.indptr + (row << 2)), end = load<u32>(step.indptr + (row << 2), 4);
  clear(x, step.rowBytes);
  const by: f32 = <f32>1 / <f32>(end - begin), d = step.factorCount;
  for (let at = begin; at < end; at++) {
    const y = load<u32>(step.indices + (<usize>at << 2)), to = x + (<usize>(y % d) << 2);
    store<f32>(to, load<f32>(to) + by * sketched(seed, y) / sqrt<f32>(degree(fixedIndptr, y)));
  }
}

/** solved = D^-1 R D'^-½ Ω: what `propagate` makes of the fixed rows D'^-½ Ω, without their having been written. */
export function sketch(step: HalfStep, fixedIndptr: usize, seed: u32): void {
  const unitCount = step.unitCount;
  for (let unit = takeNext(step.cursor, 1); unit < unitCount; unit = takeNext(step.cursor, 1)) {
    const first = load<u32>(step.units + (<usize>unit << 2)), end = load<u32>(step.units + (<usize>unit << 2), 4);
    for (let k = first; k < end; k++) sketchRow(step, <usize>load<u32>(step.order + (<usize>k << 2)), fixedIndptr, seed);
  }
}

/** rows ← 0. */
export function clearRows(rows: usize, rowCount: u32, rowBytes: usize, cursor: usize): void {
  for (let first = takeNext(cursor, CLEAR_CHUNK); first < rowCount; first = takeNext(cursor, CLEAR_CHUNK)) {
    const end = min(first + CLEAR_CHUNK, rowCount);
    memory.fill(rows + <usize>first * rowBytes, 0, <usize>(end - first) * rowBytes);
  }
}
