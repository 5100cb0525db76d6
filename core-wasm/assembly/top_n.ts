// deno-fmt-ignore-file
// Exact top-N of the canonical score: integers choose candidates, the canonical dot product decides.
import { takeNext } from "./layout";
import { canonicalDot, isFast } from "./vector";
import {
  Block, BLOCK_BYTES, BLOCK_ITEMS, blockCount, Bounds, boundsFrom, boundsOf, GROUP_ITEMS, groupBytesOf, INFLATE, ItemIndex, itemOffset, largestOf,
  lengthAcross, scannedForm, squaredNorm,
} from "./item_index";
import { addToHeap, losesTo, replaceWorst, sortHeap } from "./selection";

/** The canonical score of two rows of `rowBytes` bytes (a multiple of 32). */
export function score(a: usize, b: usize, rowBytes: usize): f32 { return canonicalDot(a, b, rowBytes); }

// Why no item of the answer can be missed. Let x be the searching row and y an item of a block, ‖y‖ ≤ N, with scanned forms
// (item_index.ts) T(x) = t p + f and T(y) = s q + e, p and q integers, ‖f‖ ≤ F, ‖e‖ ≤ E. Then by Cauchy-Schwarz
//   x·y - τ ‖x‖ N ≤ T(x)·T(y) = t s (p·q) + f·(s q) + T(x)·e ≤ t s (p·q) + F ((1 + τ) N + E) + (1 + τ) ‖x‖ E.
// The canonical dot product z adds rounding: each product goes through one multiplication and at most k - 1 additions,
// k = stride / 8 + 5, each with a relative error of at most 2⁻²⁴ (and 2⁻¹⁴⁹ absolute where a product is subnormal), so
//   |z - x·y| ≤ γ Σ|x_j y_j| + stride · 2⁻¹⁴⁸ ≤ γ ‖x‖ N + stride · 2⁻¹⁴⁸,   γ = k 2⁻²⁴ / (1 - k 2⁻²⁴).
// An item whose z reaches the n-th best score so far, z*, must therefore have
//   p·q ≥ (z* - R) / (t s),   R = F ((1 + τ) N + E) + ‖x‖ ((1 + τ) E + (γ + τ) N) + stride · 2⁻¹⁴⁸ (1 + columns (‖x‖ + N)).
// p·q is an exact integer; the right side is computed in f64, whose error in units of p·q is far below the 1 that is
// subtracted from it. A whole block is passed over where (a·x)(a·y) at its most, with ‖x‖ and ‖y‖ across a, does not reach z*:
// the index's direction a is a scanned form of two columns, with its own τ.

/**
 * Greatest level of the searching row. `fast`: i8, such that four products with an item's 127 stay in i16; `portable`: i16,
 * such that 1,032 products with 127 stay in i32.
 */
// @ts-ignore: decorator
@inline function rowLevels(): i32 { return isFast() ? 64 : 8191; }

const SUBNORMAL: f64 = 2.802596928649634e-45;

/** One search: a row, what was found so far, what is left out. */
@unmanaged export class Search {
  /** The row, rowBytes floats. */
  row: usize;
  /** Its levels, one or two bytes each. */
  levels: usize;
  /** A bit for each item index, 1: leave out. */
  marks: usize;
  /** Room for the scanned form of the row. */
  form: usize;
  /** Heap of the best (selection.ts): room for n each. */
  indexes: usize;
  scores: usize;
  n: i32;
  count: i32;
  /** p·q (and what the offset of the items' levels adds to it) must reach this in the current block. */
  threshold: i32;
  offset: i32;
  inverseScale: f64;
  norm: f64;
  error: f64;
  /** Of the current block: R, and 1 / (t s). */
  rest: f64;
  inverseUnit: f64;
  /** a·x, a the index's direction, and ≥ the length of x across it. */
  along: f64;
  across: f64;
}
export const SEARCH_BYTES: usize = 128;

/** No greater norm is searched with or for: beyond it a score could leave the finite numbers. */
const NORM_LIMIT: f64 = 1e18;

/** Rounds the row's scanned form to levels. False if the row is not finite or too great: nothing is found then. */
function begin(s: Search, index: ItemIndex): bool {
  const form = scannedForm(index, s.row, s.form), bytes = <usize>index.columns << 2, largest = largestOf(form, bytes);
  const scale = largest > 0 ? <f64>largest / <f64>rowLevels() : 1, inverseScale = 1 / scale;
  let error: f64 = 0, sum = 0;
  for (let j: usize = 0; j < bytes; j += 4) {
    const value = <f64>load<f32>(form + j), level = nearest(value * inverseScale), rest = value - scale * level;
    error += rest * rest;
    sum += <i32>level;
    if (isFast()) store<i8>(s.levels + (j >> 2), <i8>level); else store<i16>(s.levels + (j >> 1), <i16>level);
  }
  const whole = squaredNorm(s.row, index.rowBytes);
  s.inverseScale = inverseScale;
  s.along = <f64>canonicalDot(index.direction, s.row, index.rowBytes);
  s.across = lengthAcross(whole, s.along * s.along, index.directionSlack);
  s.norm = sqrt(whole) * INFLATE;
  s.error = sqrt(error) * INFLATE;
  s.offset = sum * itemOffset();
  s.count = 0;
  return s.norm <= NORM_LIMIT;
}

// @ts-ignore: decorator
@inline function roundingOf(rowBytes: usize): f64 {
  const k = <f64>(rowBytes / 32 + 5) / 16777216.0;
  return k / (1 - k);
}

/** Whether a row within these bounds can be one of the answer. */
function canReach(s: Search, bounds: Bounds, index: ItemIndex): bool {
  if (s.count < s.n) return true;
  const rowBytes = index.rowBytes, subnormal = <f64>(rowBytes / 4) * SUBNORMAL;
  const most = max(s.along * bounds.alongMost, s.along * bounds.alongLeast) + s.across * bounds.across
    + s.norm * bounds.norm * (roundingOf(rowBytes) + index.directionSlack) + subnormal * (1 + 2 * (s.norm + bounds.norm));
  return most >= <f64>load<f32>(s.scores);
}

/** Prepares for the levels of a block. */
function enterBlock(s: Search, block: Block, index: ItemIndex): void {
  const rowBytes = index.rowBytes, subnormal = <f64>(rowBytes / 4) * SUBNORMAL, rounding = roundingOf(rowBytes);
  const slack = index.slack, longer = 1 + slack, norm = boundsOf(block).norm;
  s.rest = s.error * (longer * norm + block.error) + s.norm * (longer * block.error + (rounding + slack) * norm)
    + subnormal * (1 + <f64>index.columns * (s.norm + norm));
  s.inverseUnit = s.inverseScale * block.inverseScale;
  setThreshold(s);
}

/** Derives the threshold from the n-th best score so far. */
// @ts-ignore: decorator
@inline function setThreshold(s: Search): void {
  if (s.count < s.n) { s.threshold = i32.MIN_VALUE; return; }
  const least = (<f64>load<f32>(s.scores) - s.rest) * s.inverseUnit - 1;
  s.threshold = <i32>max<f64>(min<f64>(ceil(least), 1.2e9), -1.2e9) + s.offset;
}

/** Looks at the items of a group whose bit in `lanes` is set. */
function consider(s: Search, index: ItemIndex, first: i32, lanes: i32): void {
  while (lanes) {
    const position = first + ctz(lanes);
    lanes &= lanes - 1;
    if (position >= index.count) return;
    const item = load<u32>(index.order + (<usize>position << 2));
    if (load<u8>(s.marks + (item >> 3)) >> <u8>(item & 7) & 1) continue;
    const z = canonicalDot(s.row, index.rows + <usize>position * index.rowBytes, index.rowBytes);
    if (s.count < s.n) {
      addToHeap(s.indexes, s.scores, s.count++, item, z);
      setThreshold(s);
    } else if (losesTo(load<f32>(s.scores), load<u32>(s.indexes), z, item)) {
      replaceWorst(s.indexes, s.scores, s.count, item, z);
      setThreshold(s);
    }
  }
}

/**
 * Adds the products of 8 columns to the sums of 4 items (`fast`): columns 0..3 of the items in q0, 4..7 in q1. Sums of four
 * in i16 before they are widened: where a CPU has no dot product of bytes (AVX-VNNI), i32x4.relaxed_dot costs five
 * instructions for 16 products, this five for 32; where it has, both are as fast.
 */
// @ts-ignore: decorator
@inline function addProducts(sums: v128, p0: v128, q0: v128, p1: v128, q1: v128): v128 {
  const pairs = i16x8.add(i16x8.relaxed_dot_i8x16_i7x16_s(p0, q0), i16x8.relaxed_dot_i8x16_i7x16_s(p1, q1));
  return i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(pairs));
}

// @ts-ignore: decorator
@inline function lanesAtLeast(low: v128, high: v128, threshold: i32): i32 {
  const t = i32x4.splat(threshold);
  return i32x4.bitmask(i32x4.ge_s(low, t)) | i32x4.bitmask(i32x4.ge_s(high, t)) << 4;
}

/** One search over the groups of a block. */
function scanBlock(s: Search, index: ItemIndex, first: i32, end: i32): void {
  const groupBytes = groupBytesOf(index);
  let g = index.levels + <usize>(first >> 3) * groupBytes;
  for (let at = first; at < end; at += GROUP_ITEMS) {
    const next = g + groupBytes;
    let p = s.levels, low = i32x4.splat(0), high = low;
    if (isFast()) {
      for (; g < next; g += 64, p += 8) {
        const x = v128.load32_splat(p), y = v128.load32_splat(p, 4);
        low = addProducts(low, x, v128.load(g), y, v128.load(g, 32));
        high = addProducts(high, x, v128.load(g, 16), y, v128.load(g, 48));
      }
    } else {
      let a = low, b = low, c = low, d = low;
      for (; g < next; g += 32, p += 8) {
        const x = v128.load64_splat(p);
        a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(g), x));
        b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(g, 8), x));
        c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load8x8_s(g, 16), x));
        d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load8x8_s(g, 24), x));
      }
      low = i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7));
      high = i32x4.add(v128.shuffle<i32>(c, d, 0, 2, 4, 6), v128.shuffle<i32>(c, d, 1, 3, 5, 7));
    }
    const lanes = lanesAtLeast(low, high, s.threshold);
    if (lanes) consider(s, index, at, lanes);
  }
}

/** Four searches at once over the groups of a block (`fast` only). */
function scanBlockBy4(s0: Search, s1: Search, s2: Search, s3: Search, index: ItemIndex, first: i32, end: i32): void {
  const groupBytes = groupBytesOf(index);
  let g = index.levels + <usize>(first >> 3) * groupBytes;
  const p0 = s0.levels, p1 = s1.levels, p2 = s2.levels, p3 = s3.levels;
  for (let at = first; at < end; at += GROUP_ITEMS) {
    let a0 = i32x4.splat(0), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0;
    const next = g + groupBytes;
    for (let j: usize = 0; g < next; g += 64, j += 8) {
      const q0 = v128.load(g), r0 = v128.load(g, 16), q1 = v128.load(g, 32), r1 = v128.load(g, 48);
      let x = v128.load32_splat(p0 + j), y = v128.load32_splat(p0 + j, 4);
      a0 = addProducts(a0, x, q0, y, q1); b0 = addProducts(b0, x, r0, y, r1);
      x = v128.load32_splat(p1 + j); y = v128.load32_splat(p1 + j, 4);
      a1 = addProducts(a1, x, q0, y, q1); b1 = addProducts(b1, x, r0, y, r1);
      x = v128.load32_splat(p2 + j); y = v128.load32_splat(p2 + j, 4);
      a2 = addProducts(a2, x, q0, y, q1); b2 = addProducts(b2, x, r0, y, r1);
      x = v128.load32_splat(p3 + j); y = v128.load32_splat(p3 + j, 4);
      a3 = addProducts(a3, x, q0, y, q1); b3 = addProducts(b3, x, r0, y, r1);
    }
    const l0 = lanesAtLeast(a0, b0, s0.threshold), l1 = lanesAtLeast(a1, b1, s1.threshold);
    const l2 = lanesAtLeast(a2, b2, s2.threshold), l3 = lanesAtLeast(a3, b3, s3.threshold);
    if (l0 | l1 | l2 | l3) {
      if (l0) consider(s0, index, at, l0);
      if (l1) consider(s1, index, at, l1);
      if (l2) consider(s2, index, at, l2);
      if (l3) consider(s3, index, at, l3);
    }
  }
}

// @ts-ignore: decorator
@inline function mark(marks: usize, items: usize, count: i32, itemCount: i32): void {
  for (let e: usize = 0; e < <usize>count; e++) {
    const item = load<u32>(items + (e << 2));
    if (item < <u32>itemCount) { const at = marks + (item >> 3); store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (item & 7))); }
  }
}

// @ts-ignore: decorator
@inline function unmark(marks: usize, items: usize, count: i32, itemCount: i32): void {
  for (let e: usize = 0; e < <usize>count; e++) {
    const item = load<u32>(items + (e << 2));
    if (item < <u32>itemCount) store<u8>(marks + (item >> 3), 0);
  }
}

/**
 * The n best items for the row of `search` (row, levels, marks, indexes, scores, n filled in). `marks`: all 0, and 0
 * again afterwards. Excluded item indexes in any order. Gives how many were found; they stand best first. -1: refused.
 */
export function topNRow(search: Search, index: ItemIndex, excluded: usize, excludedCount: i32): i32 {
  if (!begin(search, index)) return -1;
  mark(search.marks, excluded, excludedCount, index.count);
  for (let b = 0, blocks = blockCount(index.count); b < blocks; b++) {
    const block = changetype<Block>(index.blocks + <usize>b * BLOCK_BYTES), first = b * BLOCK_ITEMS;
    if (canReach(search, boundsOf(block), index)) {
      enterBlock(search, block, index);
      scanBlock(search, index, first, min(first + BLOCK_ITEMS, index.count));
    } else if (!canReach(search, boundsFrom(block), index)) break;
  }
  sortHeap(search.indexes, search.scores, search.count);
  unmark(search.marks, excluded, excludedCount, index.count);
  return search.count;
}

/** Users that a worker takes at once. Their items are read together, a block of them after the other. */
const BATCH: i32 = 16;

/** Fills places that are left over: ports/recommendation_store.ts. */
const NO_ITEM: u32 = 0xffffffff;

function topNBatch(
  searches: usize, index: ItemIndex, users: usize, userCount: i32, indptr: usize, indices: usize, n: i32,
  outIndexes: usize, outScores: usize,
): i32 {
  const places = <usize>n << 2;
  // Addresses of the searches that go on, and of those that must look at a block.
  const all = searches + <usize>BATCH * SEARCH_BYTES, active = all + <usize>BATCH * 4;
  let allCount = 0, refused = 0;
  for (let u = 0; u < userCount; u++) {
    const s = changetype<Search>(searches + <usize>u * SEARCH_BYTES), from = load<u32>(indptr + (<usize>u << 2));
    s.row = users + <usize>u * index.rowBytes;
    s.indexes = outIndexes + <usize>u * places;
    s.scores = outScores + <usize>u * places;
    s.n = min(n, index.count);
    mark(s.marks, indices + (<usize>from << 2), load<u32>(indptr + (<usize>u << 2), 4) - from, index.count);
    if (!begin(s, index)) refused++;
    else if (s.norm > 0) { store<u32>(all + (<usize>allCount << 2), <u32>changetype<usize>(s)); allCount++; }
  }
  for (let b = 0, blocks = blockCount(index.count); b < blocks && allCount > 0; b++) {
    const block = changetype<Block>(index.blocks + <usize>b * BLOCK_BYTES), first = b * BLOCK_ITEMS;
    allCount = stillGoing(all, allCount, block, index);
    const activeCount = entering(all, allCount, active, block, index);
    scanBlockForAll(active, activeCount, index, first, min(first + BLOCK_ITEMS, index.count));
  }
  for (let u = 0; u < userCount; u++) {
    const s = changetype<Search>(searches + <usize>u * SEARCH_BYTES), from = load<u32>(indptr + (<usize>u << 2));
    sortHeap(s.indexes, s.scores, s.count);
    for (let k = <usize>s.count; k < <usize>n; k++) { store<u32>(s.indexes + (k << 2), NO_ITEM); store<f32>(s.scores + (k << 2), 0); }
    unmark(s.marks, indices + (<usize>from << 2), load<u32>(indptr + (<usize>u << 2), 4) - from, index.count);
  }
  return refused;
}

/** Keeps those of `all` that this block or a later one can matter to; gives how many. */
function stillGoing(all: usize, count: i32, block: Block, index: ItemIndex): i32 {
  let kept = 0;
  for (let a = 0; a < count; a++) {
    if (!canReach(activeSearch(all, a), boundsFrom(block), index)) continue;
    store<u32>(all + (<usize>kept << 2), load<u32>(all + (<usize>a << 2)));
    kept++;
  }
  return kept;
}

/** Lists those of `all` that must look at this block at `active`, prepared; gives how many. */
function entering(all: usize, count: i32, active: usize, block: Block, index: ItemIndex): i32 {
  let entered = 0;
  for (let a = 0; a < count; a++) {
    const s = activeSearch(all, a);
    if (!canReach(s, boundsOf(block), index)) continue;
    enterBlock(s, block, index);
    store<u32>(active + (<usize>entered << 2), <u32>changetype<usize>(s));
    entered++;
  }
  return entered;
}

// @ts-ignore: decorator
@inline function activeSearch(active: usize, a: i32): Search { return changetype<Search>(<usize>load<u32>(active + (<usize>a << 2))); }

function scanBlockForAll(active: usize, count: i32, index: ItemIndex, first: i32, end: i32): void {
  let a = 0;
  if (isFast()) {
    for (; a + 4 <= count; a += 4) {
      scanBlockBy4(activeSearch(active, a), activeSearch(active, a + 1), activeSearch(active, a + 2), activeSearch(active, a + 3), index, first, end);
    }
  }
  for (; a < count; a++) scanBlock(activeSearch(active, a), index, first, end);
}

/**
 * `topNRow` for the rows at `users`, taken 16 at a time by `cursor` (0 at first) until `userCount`; without the
 * items in their CSR rows. Several workers may do this at once, each with its own `searches`: 16 `Search`es with `levels`
 * and `marks` filled in, and 128 bytes more. User u's list is written to place u·n of `outIndexes` and `outScores`, the
 * places left over as 0xffffffff and 0; so is the whole list where the row is all zeros. Gives how many rows were refused.
 */
export function topNUsers(
  cursor: usize, searches: usize, index: ItemIndex, users: usize, userCount: i32, indptr: usize, indices: usize, n: i32,
  outIndexes: usize, outScores: usize,
): i32 {
  let refused = 0;
  for (let u = <i32>takeNext(cursor, BATCH); u < userCount; u = <i32>takeNext(cursor, BATCH)) {
    const places = <usize>u * <usize>n << 2;
    refused += topNBatch(
      searches, index, users + <usize>u * index.rowBytes, min(BATCH, userCount - u), indptr + (<usize>u << 2), indices, n,
      outIndexes + places, outScores + places,
    );
  }
  return refused;
}
