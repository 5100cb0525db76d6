/** Rows among which similar items are found. */
import type { ItemRows } from "../kernels/item_index.ts";

/** Floats of a row without biases. */
export function latentStride(factorCount: number): number {
  return (factorCount + 7) & ~7;
}

/**
 * The latent factors of each item (without biases), divided by their length, so that a dot product is a cosine.
 * A row of zeros stays one. Stride: factorCount rounded up to a multiple of 8.
 */
export function normalizedRows(items: ItemRows, factorCount: number): ItemRows {
  const stride = latentStride(factorCount), rows = new Float32Array(items.count * stride);
  for (let item = 0; item < items.count; item++) {
    const row = items.rows.subarray(item * items.stride, (item + 1) * items.stride);
    rows.set(normalizedRow(row, factorCount), item * stride);
  }
  return { rows, count: items.count, stride };
}

/** One such row. */
export function normalizedRow(row: Float32Array, factorCount: number): Float32Array {
  const normalized = new Float32Array(latentStride(factorCount));
  let squares = 0;
  for (let j = 0; j < factorCount; j++) squares += row[j] ** 2;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let j = 0; j < factorCount; j++) normalized[j] = row[j] * scale;
  return normalized;
}
