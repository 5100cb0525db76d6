/** Rows among which similar items are found. */
import type { FactorModel } from "../domain/factor_model.ts";
import type { ItemRows } from "../kernels/item_index.ts";

/**
 * The latent factors of each item (without biases), divided by their length, so that a dot product is a cosine.
 * A row of zeros stays one. Stride: factorCount rounded up to a multiple of 8.
 */
export function normalizedRows(model: FactorModel): ItemRows {
  const { factorCount } = model.parameters;
  const stride = (factorCount + 7) & ~7;
  const rows = new Float32Array(model.itemCount * stride);
  for (let item = 0; item < model.itemCount; item++) {
    const from = item * model.stride, to = item * stride;
    let squares = 0;
    for (let j = 0; j < factorCount; j++) squares += model.itemFactors[from + j] ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = 0; j < factorCount; j++) rows[to + j] = model.itemFactors[from + j] * scale;
  }
  return { rows, count: model.itemCount, stride };
}
