// deno-fmt-ignore-file
// Item rows as the scan reads them: promising ones first, in few columns where that is possible ("scanned form"), rounded to
// small integers ("levels") with one scale a block.
import { canonicalDot, isFast } from "./vector";

/** Items of a block: they share a scale and bounds, so that a search can pass over all of them. */
export const BLOCK_ITEMS: i32 = 256;
/** Items that the scan treats at once. */
export const GROUP_ITEMS: i32 = 8;

/** Greatest item level. The relaxed dot product of `fast` takes its second operand in 7 bits without a sign, hence the offset. */
// @ts-ignore: decorator
@inline export function itemLevels(): i32 { return isFast() ? 63 : 127; }
/** What is added to an item's level where it is stored. */
// @ts-ignore: decorator
@inline export function itemOffset(): i32 { return isFast() ? 64 : 0; }

/** Bounds of some rows, in f64. */
@unmanaged export class Bounds {
  /** ≥ ‖y‖ of each row y. */
  norm: f64;
  /** Greatest and least a·y, a the index's direction; and ≥ the length of what is across it. */
  alongMost: f64;
  alongLeast: f64;
  across: f64;
}
const BOUNDS_BYTES: usize = 32;

/** What is known of a block, in f64. */
@unmanaged export class Block {
  /** Of the scanned forms: value = scale · level + error, ‖error‖ of each form ≤ `error`. */
  scale: f64;
  inverseScale: f64;
  error: f64;
  padding: f64;
  // Followed by the Bounds of its rows, and by those of its rows and all rows of later blocks.
}
export const BLOCK_BYTES: usize = 96;

// @ts-ignore: decorator
@inline export function boundsOf(block: Block): Bounds { return changetype<Bounds>(changetype<usize>(block) + 32); }
// @ts-ignore: decorator
@inline export function boundsFrom(block: Block): Bounds { return changetype<Bounds>(changetype<usize>(block) + 32 + BOUNDS_BYTES); }

/** Filled in by TypeScript; the regions it points to too, except `levels` and `blocks`, which `indexItems` writes. */
@unmanaged export class ItemIndex {
  /** Rows of floats, promising ones first: `count` x `rowBytes`. */
  rows: usize;
  rowBytes: usize;
  count: i32;
  /** Item index of each position. */
  order: usize;
  /** For each group of 8 items and each 4 columns: 4 levels of item 0, 4 of item 1, ... of item 7. One byte a level. */
  levels: usize;
  /** ceil(count / 256) `Block`s. */
  blocks: usize;
  /** Of the scanned form: a multiple of 8. */
  columns: i32;
  /** columns - 1 rows of floats, nearly orthonormal; 0: the scanned form is the row itself, columns · 4 = rowBytes. */
  axes: usize;
  /** Room for the scanned form of one row. */
  form: usize;
  /** A row of length 1, or of zeros: which way searching rows point in the mean. */
  direction: usize;
  /** τ: how far the scanned forms are from what they stand for, for each unit of ‖x‖ ‖y‖; 0 without axes. */
  slack: f64;
  /** The same of the direction, which is one axis. */
  directionSlack: f64;
}

// The scanned form of a row y is T(y) = [B y, ‖y - Bᵀ B y‖], B the axes: by Cauchy-Schwarz x·y ≤ T(x)·T(y). In practice B is
// orthonormal up to ‖B Bᵀ - I‖ ≤ δ, and B y is a canonical dot product a column, each with an error of at most γ ‖y‖ (top_n.ts).
// What stands in the last column is at least ‖y - Bᵀ B y‖ since (3 γ √columns + 2 δ) ‖y‖² is added before the root, and
//   x·y ≤ T(x)·T(y) + τ ‖x‖ ‖y‖,   ‖T(y)‖ ≤ (1 + τ) ‖y‖,   τ = 4 (γ √columns + δ)
// apart from what is lost where values are subnormal: columns · rowBytes · 2⁻¹⁴⁹ (‖x‖ + ‖y‖) covers that.

/** More than the rounding of the last column to f32. */
const TAIL_INFLATE: f64 = 1 + 1.0 / 1048576.0;
const SMALLEST: f64 = 1.401298464324817e-45;

/** ≥ ‖y - Bᵀ B y‖, from ‖y‖² and the ‖B y‖² that was computed. */
// @ts-ignore: decorator
@inline export function lengthAcross(whole: f64, along: f64, slack: f64): f64 {
  return sqrt(max(0, whole - along) + slack * whole) * TAIL_INFLATE;
}

/** The scanned form of a row: where it is. `out`: room for it. */
export function scannedForm(index: ItemIndex, row: usize, out: usize): usize {
  if (index.axes == 0) return row;
  const rowBytes = index.rowBytes, last = <usize>(index.columns - 1);
  let squares: f64 = 0;
  for (let c: usize = 0; c < last; c++) {
    const h = canonicalDot(index.axes + c * rowBytes, row, rowBytes);
    store<f32>(out + (c << 2), h);
    squares += <f64>h * <f64>h;
  }
  const whole = squaredNorm(row, rowBytes);
  store<f32>(out + (last << 2), <f32>(lengthAcross(whole, squares, index.slack) + SMALLEST));
  return out;
}

/** Norms computed in f64 are this much too small at most: (1 + 2⁻³⁰) covers thousands of roundings of 2⁻⁵³. */
export const INFLATE: f64 = 1 + 1.0 / 1073741824.0;

// @ts-ignore: decorator
@inline export function blockCount(count: i32): i32 { return (count + BLOCK_ITEMS - 1) / BLOCK_ITEMS; }

/** Greatest absolute value of `rowBytes` of floats. */
export function largestOf(row: usize, rowBytes: usize): f32 {
  let largest: f32 = 0;
  for (let j: usize = 0; j < rowBytes; j += 4) largest = max(largest, abs(load<f32>(row + j)));
  return largest;
}

/** Writes the levels of one scanned form; gives ‖form - scale · levels‖². */
function writeLevels(row: usize, rowBytes: usize, scale: f64, inverseScale: f64, out: usize): f64 {
  let squares: f64 = 0;
  for (let j: usize = 0; j < rowBytes; j += 4) {
    const value = <f64>load<f32>(row + j), level = nearest(value * inverseScale), error = value - scale * level;
    squares += error * error;
    store<i8>(out + ((j >> 4) << 5) + ((j >> 2) & 3), <i8>(<i32>level + itemOffset()));
  }
  return squares;
}

export function squaredNorm(row: usize, rowBytes: usize): f64 {
  let squares: f64 = 0;
  for (let j: usize = 0; j < rowBytes; j += 4) { const x = <f64>load<f32>(row + j); squares += x * x; }
  return squares;
}

/** Levels of rows that are in place, and their blocks. Room for levels: ceil(count / 8) · 8 · columns bytes. */
export function indexItems(index: ItemIndex): void {
  const groupBytes = groupBytesOf(index);
  memory.fill(index.levels, <u8>itemOffset(), <usize>((index.count + GROUP_ITEMS - 1) / GROUP_ITEMS) * groupBytes);
  for (let b = blockCount(index.count) - 1; b >= 0; b--) indexBlock(index, b);
}

/** Levels of the rows of block `b`, and the block; later blocks are in place. */
export function indexBlock(index: ItemIndex, b: i32): void {
  const from = b * BLOCK_ITEMS, to = min(from + BLOCK_ITEMS, index.count), formBytes = <usize>index.columns << 2;
  const block = blockAt(index, b), bounds = boundsOf(block), all = boundsFrom(block);
  clear(bounds);
  let largest: f32 = 0;
  for (let i = from; i < to; i++) {
    largest = max(largest, largestOf(formAt(index, i), formBytes));
    takeRow(bounds, index, rowAt(index, i));
  }
  clear(all);
  take(all, bounds);
  if (b + 1 < blockCount(index.count)) take(all, boundsFrom(blockAt(index, b + 1)));
  tellEarlier(index, b);
  block.error = 0;
  block.scale = largest > 0 ? <f64>largest / <f64>itemLevels() : 1;
  block.inverseScale = 1 / block.scale;
  for (let i = from; i < to; i++) takeLevels(index, block, i, formAt(index, i));
}

/** Writes the levels of the form at a position, which the block's scale can say. */
function takeLevels(index: ItemIndex, block: Block, position: i32, form: usize): void {
  const error = writeLevels(form, <usize>index.columns << 2, block.scale, block.inverseScale, levelsAt(index, position));
  block.error = max(block.error, sqrt(error) * INFLATE);
}

function clear(bounds: Bounds): void {
  bounds.norm = bounds.across = 0;
  bounds.alongMost = -Infinity;
  bounds.alongLeast = Infinity;
}

/** Makes bounds hold for a row. */
function takeRow(bounds: Bounds, index: ItemIndex, row: usize): void {
  const whole = squaredNorm(row, index.rowBytes), along = <f64>canonicalDot(index.direction, row, index.rowBytes);
  bounds.norm = max(bounds.norm, sqrt(whole) * INFLATE);
  bounds.alongMost = max(bounds.alongMost, along);
  bounds.alongLeast = min(bounds.alongLeast, along);
  bounds.across = max(bounds.across, lengthAcross(whole, along * along, index.directionSlack));
}

/** Makes bounds hold for what others hold for. */
function take(bounds: Bounds, others: Bounds): void {
  bounds.norm = max(bounds.norm, others.norm);
  bounds.alongMost = max(bounds.alongMost, others.alongMost);
  bounds.alongLeast = min(bounds.alongLeast, others.alongLeast);
  bounds.across = max(bounds.across, others.across);
}

/** What holds from block `b` on holds from earlier ones on too. */
function tellEarlier(index: ItemIndex, b: i32): void {
  const from = boundsFrom(blockAt(index, b));
  while (--b >= 0) take(boundsFrom(blockAt(index, b)), from);
}

/**
 * Takes in the row at a position, which has been written: its levels, and what bounds it. 1 if the whole block had to be
 * done anew because a value is greater than the block's scale can say; else 0, and the block's bounds have only grown.
 */
export function setItem(index: ItemIndex, position: i32): i32 {
  const b = position / BLOCK_ITEMS, block = blockAt(index, b), formBytes = <usize>index.columns << 2;
  if (position % BLOCK_ITEMS == 0 && position == index.count - 1) {
    const groupBytes = groupBytesOf(index);
    memory.fill(index.levels + <usize>(position >> 3) * groupBytes, <u8>itemOffset(), <usize>(BLOCK_ITEMS / GROUP_ITEMS) * groupBytes);
    indexBlock(index, b);
    return 1;
  }
  const form = formAt(index, position);
  if (<f64>largestOf(form, formBytes) * block.inverseScale > <f64>itemLevels()) {
    indexBlock(index, b);
    return 1;
  }
  takeLevels(index, block, position, form);
  takeRow(boundsOf(block), index, rowAt(index, position));
  take(boundsFrom(block), boundsOf(block));
  tellEarlier(index, b);
  return 0;
}

// @ts-ignore: decorator
@inline function blockAt(index: ItemIndex, b: i32): Block { return changetype<Block>(index.blocks + <usize>b * BLOCK_BYTES); }

/** Bytes of the levels of 8 items. */
// @ts-ignore: decorator
@inline export function groupBytesOf(index: ItemIndex): usize { return <usize>index.columns << 3; }

// @ts-ignore: decorator
@inline function rowAt(index: ItemIndex, position: i32): usize { return index.rows + <usize>position * index.rowBytes; }

// @ts-ignore: decorator
@inline function formAt(index: ItemIndex, position: i32): usize { return scannedForm(index, rowAt(index, position), index.form); }

// @ts-ignore: decorator
@inline function levelsAt(index: ItemIndex, position: i32): usize {
  return index.levels + <usize>(position >> 3) * groupBytesOf(index) + (<usize>(position & 7) << 2);
}
