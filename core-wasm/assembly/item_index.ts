// deno-fmt-ignore-file
// Item rows as the scan reads them: sorted by norm, rounded to small integers ("levels") with one scale a block.
import { isFast } from "./vector";

/** Items of a block: they share a scale, a bound of their norms and one of their rounding errors. */
export const BLOCK_ITEMS: i32 = 256;
/** Items that the scan treats at once. */
export const GROUP_ITEMS: i32 = 8;

/** Greatest item level. The relaxed dot product of `fast` takes its second operand in 7 bits without a sign, hence the offset. */
// @ts-ignore: decorator
@inline export function itemLevels(): i32 { return isFast() ? 63 : 127; }
/** What is added to an item's level where it is stored. */
// @ts-ignore: decorator
@inline export function itemOffset(): i32 { return isFast() ? 64 : 0; }

/** What is known of the values of a block, in f64: value = scale · level + error. */
@unmanaged export class Block {
  scale: f64;
  inverseScale: f64;
  /** ≥ ‖y‖ of each item of this block and of all that follow. */
  norm: f64;
  /** ≥ ‖y - scale · levels‖ of each item of this block. */
  error: f64;
}
export const BLOCK_BYTES: usize = 32;

/** Filled in by TypeScript; the regions it points to too, except `levels` and `blocks`, which `indexItems` writes. */
@unmanaged export class ItemIndex {
  /** Rows of floats in order of falling norm: `count` x `rowBytes`. */
  rows: usize;
  rowBytes: usize;
  count: i32;
  /** Item index of each position. */
  order: usize;
  /** For each group of 8 items and each 4 columns: 4 levels of item 0, 4 of item 1, ... of item 7. One byte a level. */
  levels: usize;
  /** ceil(count / 256) `Block`s. */
  blocks: usize;
}

/** Norms computed in f64 are this much too small at most: (1 + 2⁻³⁰) covers thousands of roundings of 2⁻⁵³. */
export const INFLATE: f64 = 1 + 1.0 / 1073741824.0;

// @ts-ignore: decorator
@inline export function blockCount(count: i32): i32 { return (count + BLOCK_ITEMS - 1) / BLOCK_ITEMS; }

function largestOf(row: usize, rowBytes: usize): f32 {
  let largest: f32 = 0;
  for (let j: usize = 0; j < rowBytes; j += 4) largest = max(largest, abs(load<f32>(row + j)));
  return largest;
}

/** Writes the levels of one item; gives ‖y - scale · levels‖². */
function writeLevels(row: usize, rowBytes: usize, scale: f64, inverseScale: f64, out: usize): f64 {
  let squares: f64 = 0;
  for (let j: usize = 0; j < rowBytes; j += 4) {
    const value = <f64>load<f32>(row + j), level = nearest(value * inverseScale), error = value - scale * level;
    squares += error * error;
    store<i8>(out + ((j >> 4) << 5) + ((j >> 2) & 3), <i8>(<i32>level + itemOffset()));
  }
  return squares;
}

function squaredNorm(row: usize, rowBytes: usize): f64 {
  let squares: f64 = 0;
  for (let j: usize = 0; j < rowBytes; j += 4) { const x = <f64>load<f32>(row + j); squares += x * x; }
  return squares;
}

/** Levels of rows that are in place, and their blocks. Room for levels: ceil(count / 8) · 8 · rowBytes / 4 bytes. */
export function indexItems(index: ItemIndex): void {
  const groupBytes = index.rowBytes * 2;
  memory.fill(index.levels, <u8>itemOffset(), <usize>((index.count + GROUP_ITEMS - 1) / GROUP_ITEMS) * groupBytes);
  for (let b = blockCount(index.count) - 1; b >= 0; b--) indexBlock(index, b);
}

/**
 * Levels of the rows of block `b`, and the block. The bound of later blocks' norms stands; where earlier ones' is below
 * the new one, they take it over.
 */
export function indexBlock(index: ItemIndex, b: i32): void {
  const rowBytes = index.rowBytes, from = b * BLOCK_ITEMS, to = min(from + BLOCK_ITEMS, index.count);
  let largest: f32 = 0, norm: f64 = 0, error: f64 = 0;
  for (let i = from; i < to; i++) {
    const row = index.rows + <usize>i * rowBytes;
    largest = max(largest, largestOf(row, rowBytes));
    norm = max(norm, squaredNorm(row, rowBytes));
  }
  const block = blockAt(index, b);
  block.scale = largest > 0 ? <f64>largest / <f64>itemLevels() : 1;
  block.inverseScale = 1 / block.scale;
  for (let i = from; i < to; i++) {
    error = max(error, writeLevels(index.rows + <usize>i * rowBytes, rowBytes, block.scale, block.inverseScale, levelsAt(index, i)));
  }
  const later: f64 = b + 1 < blockCount(index.count) ? blockAt(index, b + 1).norm : 0;
  block.norm = max(sqrt(norm) * INFLATE, later);
  block.error = sqrt(error) * INFLATE;
  raiseNorms(index, b - 1, block.norm);
}

/**
 * Takes in the row at a position, which has been written: its levels, and what bounds it. 1 if the whole block had to be
 * done anew because a value is greater than the block's scale can say; else 0, and the block's bounds have only grown.
 */
export function setItem(index: ItemIndex, position: i32): i32 {
  const b = position / BLOCK_ITEMS, block = blockAt(index, b), row = index.rows + <usize>position * index.rowBytes;
  if (position % BLOCK_ITEMS == 0 && position == index.count - 1) {
    memory.fill(index.levels + <usize>(position >> 3) * index.rowBytes * 2, <u8>itemOffset(), <usize>(BLOCK_ITEMS / GROUP_ITEMS) * index.rowBytes * 2);
    indexBlock(index, b);
    return 1;
  }
  if (<f64>largestOf(row, index.rowBytes) * block.inverseScale > <f64>itemLevels()) {
    indexBlock(index, b);
    return 1;
  }
  const error = writeLevels(row, index.rowBytes, block.scale, block.inverseScale, levelsAt(index, position));
  block.error = max(block.error, sqrt(error) * INFLATE);
  raiseNorms(index, b, sqrt(squaredNorm(row, index.rowBytes)) * INFLATE);
  return 0;
}

// @ts-ignore: decorator
@inline function blockAt(index: ItemIndex, b: i32): Block { return changetype<Block>(index.blocks + <usize>b * BLOCK_BYTES); }

// @ts-ignore: decorator
@inline function levelsAt(index: ItemIndex, position: i32): usize {
  return index.levels + <usize>(position >> 3) * (index.rowBytes * 2) + (<usize>(position & 7) << 2);
}

/** Block `b` and all before it bound rows of this norm too. Bounds fall, so what is great enough ends it. */
function raiseNorms(index: ItemIndex, b: i32, norm: f64): void {
  for (; b >= 0 && blockAt(index, b).norm < norm; b--) blockAt(index, b).norm = norm;
}
