// deno-fmt-ignore-file
// Tall matrices of f32 rows against small square ones: Gram matrices and rotations, by register tiles of 4 x 8.
import { mulAdd } from "./vector";
import { takeNext } from "./layout";

/**
 * Bytes of rows whose products are summed in registers before they are added to memory: all tiles pass over them, so they
 * should stay in a first-level cache; and short sums keep f32 accurate.
 */
const GRAM_RUN_BYTES: usize = 32768;
/** Rows that are rotated together: at 128 factors they and their images fill two thirds of a first-level cache. */
const ROTATE_BLOCK: usize = 32;

/** Tile [a, a+4) x [b, b+8) of Σ w y yᵀ over rows [y, end), added to memory. `weights` 0: all 1. */
// @ts-ignore: decorator
@inline function gramTile(y: usize, end: usize, rowBytes: usize, weights: usize, a: usize, b: usize, out: usize, outRowBytes: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let ya = y + (a << 2), yb = y + (b << 2), w = weights;
  const last = end + (a << 2);
  while (ya < last) {
    let b0 = v128.load(yb), b1 = v128.load(yb, 16);
    if (weights) {
      const weight = v128.load_splat<f32>(w);
      b0 = f32x4.mul(b0, weight); b1 = f32x4.mul(b1, weight);
      w += 4;
    }
    let x = v128.load_splat<f32>(ya); c00 = mulAdd(x, b0, c00); c01 = mulAdd(x, b1, c01);
    x = v128.load_splat<f32>(ya, 4); c10 = mulAdd(x, b0, c10); c11 = mulAdd(x, b1, c11);
    x = v128.load_splat<f32>(ya, 8); c20 = mulAdd(x, b0, c20); c21 = mulAdd(x, b1, c21);
    x = v128.load_splat<f32>(ya, 12); c30 = mulAdd(x, b0, c30); c31 = mulAdd(x, b1, c31);
    ya += rowBytes; yb += rowBytes;
  }
  let t = out + a * outRowBytes + (b << 2);
  v128.store(t, f32x4.add(v128.load(t), c00)); v128.store(t, f32x4.add(v128.load(t, 16), c01), 16); t += outRowBytes;
  v128.store(t, f32x4.add(v128.load(t), c10)); v128.store(t, f32x4.add(v128.load(t, 16), c11), 16); t += outRowBytes;
  v128.store(t, f32x4.add(v128.load(t), c20)); v128.store(t, f32x4.add(v128.load(t, 16), c21), 16); t += outRowBytes;
  v128.store(t, f32x4.add(v128.load(t), c30)); v128.store(t, f32x4.add(v128.load(t, 16), c31), 16);
}

/** Upper triangle of out += Σ w y yᵀ over `count` rows, for columns [0, width); `weights` as above. */
export function addOuterProducts(y: usize, count: usize, rowBytes: usize, weights: usize, width: usize, out: usize, outRowBytes: usize): void {
  const end = y + count * rowBytes;
  for (let a: usize = 0; a < width; a += 4) {
    for (let b = a & ~7; b < width; b += 8) gramTile(y, end, rowBytes, weights, a, b, out, outRowBytes);
  }
}

function gramOfBlock(y: usize, count: usize, rowBytes: usize, weights: usize, width: usize, out: usize): void {
  const outRowBytes = width << 2;
  memory.fill(out, 0, width * outRowBytes);
  const run = max<usize>(8, GRAM_RUN_BYTES / rowBytes);
  for (let first: usize = 0; first < count; first += run) {
    addOuterProducts(y + first * rowBytes, min(run, count - first), rowBytes, weights ? weights + (first << 2) : 0, width, out, outRowBytes);
  }
}

/**
 * Σ w y yᵀ of each block of `blockRows` rows (columns [0, width), a multiple of 8; upper triangle) into partials[block],
 * width x width floats. The blocks do not depend on the number of workers; `sumGram` adds them in order.
 */
export function gramBlocks(rows: usize, rowCount: u32, rowBytes: usize, weights: usize, width: u32, blockRows: u32, partials: usize, cursor: usize): void {
  const blockCount = (rowCount + blockRows - 1) / blockRows, partialBytes = (<usize>width * <usize>width) << 2;
  for (let block = takeNext(cursor, 1); block < blockCount; block = takeNext(cursor, 1)) {
    const first = block * blockRows;
    gramOfBlock(rows + <usize>first * rowBytes, min(blockRows, rowCount - first), rowBytes, weights ? weights + (<usize>first << 2) : 0, width, partials + <usize>block * partialBytes);
  }
}

/**
 * out (n x n doubles, both triangles, rows of n rounded up to even) = scale · sum of `count` partial Gram matrices of
 * width x width floats, added in order. n ≤ width.
 */
export function sumGram(partials: usize, count: u32, width: u32, n: u32, scale: f64, out: usize): void {
  const partialBytes = (<usize>width * <usize>width) << 2, rowBytes = ((<usize>n + 1) & ~1) << 3;
  memory.fill(out, 0, <usize>n * rowBytes);
  for (let i: usize = 0; i < <usize>n; i++) {
    for (let j = i; j < <usize>n; j++) {
      let p = partials + ((i * <usize>width + j) << 2), sum: f64 = 0;
      for (let block: u32 = 0; block < count; block++, p += partialBytes) sum += <f64>load<f32>(p);
      sum *= scale;
      store<f64>(out + i * rowBytes + (j << 3), sum);
      store<f64>(out + j * rowBytes + (i << 3), sum);
    }
  }
}

/** Four rows at `y` times one panel of Q (width x 8), into four rows of floats at `out`. */
// @ts-ignore: decorator
@inline function rotateTile(y: usize, rowBytes: usize, panel: usize, widthBytes: usize, out: usize, outRowBytes: usize): void {
  let a0 = y, a1 = y + rowBytes, a2 = a1 + rowBytes, a3 = a2 + rowBytes, p = panel;
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const end = a0 + widthBytes;
  while (a0 < end) {
    let b0 = v128.load(p), b1 = v128.load(p, 16);
    let x = v128.load_splat<f32>(a0); c00 = mulAdd(x, b0, c00); c01 = mulAdd(x, b1, c01);
    x = v128.load_splat<f32>(a1); c10 = mulAdd(x, b0, c10); c11 = mulAdd(x, b1, c11);
    x = v128.load_splat<f32>(a2); c20 = mulAdd(x, b0, c20); c21 = mulAdd(x, b1, c21);
    x = v128.load_splat<f32>(a3); c30 = mulAdd(x, b0, c30); c31 = mulAdd(x, b1, c31);
    b0 = v128.load(p, 32); b1 = v128.load(p, 48);
    x = v128.load_splat<f32>(a0, 4); c00 = mulAdd(x, b0, c00); c01 = mulAdd(x, b1, c01);
    x = v128.load_splat<f32>(a1, 4); c10 = mulAdd(x, b0, c10); c11 = mulAdd(x, b1, c11);
    x = v128.load_splat<f32>(a2, 4); c20 = mulAdd(x, b0, c20); c21 = mulAdd(x, b1, c21);
    x = v128.load_splat<f32>(a3, 4); c30 = mulAdd(x, b0, c30); c31 = mulAdd(x, b1, c31);
    a0 += 8; a1 += 8; a2 += 8; a3 += 8; p += 64;
  }
  v128.store(out, c00); v128.store(out, c01, 16); out += outRowBytes;
  v128.store(out, c10); v128.store(out, c11, 16); out += outRowBytes;
  v128.store(out, c20); v128.store(out, c21, 16); out += outRowBytes;
  v128.store(out, c30); v128.store(out, c31, 16);
}

/** Up to ROTATE_BLOCK rows, in place: each panel of Q is fetched once for all of them. */
export function rotateBlock(rows: usize, count: usize, rowBytes: usize, panels: usize, width: usize, scratch: usize): void {
  const widthBytes = width << 2, whole = count & ~3, rest = scratch + ROTATE_BLOCK * widthBytes;
  // The last rows may be too few for a tile: they are copied, so that nothing beyond them is read.
  if (whole < count) {
    memory.fill(rest, 0, 4 * rowBytes);
    memory.copy(rest, rows + whole * rowBytes, (count - whole) * rowBytes);
  }
  for (let j: usize = 0, panel = panels; j < widthBytes; j += 32, panel += widthBytes << 3) {
    for (let i: usize = 0; i < count; i += 4) {
      rotateTile(i < whole ? rows + i * rowBytes : rest, rowBytes, panel, widthBytes, scratch + i * widthBytes + j, widthBytes);
    }
  }
  for (let i: usize = 0; i < count; i++) memory.copy(rows + i * rowBytes, scratch + i * widthBytes, widthBytes);
}

/**
 * rows[., 0..width) ← rows[., 0..width) · Q, in place. `panels`: Q (width x width, a multiple of 8) as width/8 panels of
 * width x 8 floats. `scratch`: (32 · width + 4 · rowBytes / 4) floats of this worker.
 */
export function rotateRows(rows: usize, rowCount: u32, rowBytes: usize, panels: usize, width: u32, cursor: usize, scratch: usize): void {
  const chunk = <u32>ROTATE_BLOCK;
  for (let first = takeNext(cursor, chunk); first < rowCount; first = takeNext(cursor, chunk)) {
    rotateBlock(rows + <usize>first * rowBytes, min(ROTATE_BLOCK, <usize>(rowCount - first)), rowBytes, panels, width, scratch);
  }
}
