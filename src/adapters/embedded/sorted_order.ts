/** Radix sort of 32-bit keys. */

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;

/** The permutation that puts the keys in ascending order; equal keys stay in their order. */
export function sortedOrder(keys: Uint32Array): Uint32Array {
  const count = keys.length;
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let other = new Uint32Array(count);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    const starts = digitStarts(keys, shift);
    if (starts === undefined) continue;
    for (let i = 0; i < count; i++) {
      const row = order[i];
      other[starts[(keys[row] >>> shift) & (BUCKETS - 1)]++] = row;
    }
    [order, other] = [other, order];
  }
  return order;
}

/** Where each digit's rows begin; undefined if all have the same digit. */
function digitStarts(keys: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(BUCKETS);
  for (let i = 0; i < keys.length; i++) starts[(keys[i] >>> shift) & (BUCKETS - 1)]++;
  let start = 0;
  for (let digit = 0; digit < BUCKETS; digit++) {
    const digitCount = starts[digit];
    if (digitCount === keys.length) return undefined;
    starts[digit] = start;
    start += digitCount;
  }
  return starts;
}
