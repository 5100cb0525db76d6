/** The canonical dot product in plain arithmetic: the score by definition (core-wasm/assembly/vector.ts). */

/**
 * Eight sums in single precision, value j into sum j mod 8, each product rounded before it is added. Then the second four
 * are added to the first four, and of these (0 + 2) + (1 + 3). Both rows have the same length, a multiple of 8.
 */
export function canonicalDot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const sums = new Float32Array(8);
  for (let j = 0; j < a.length; j++) {
    sums[j % 8] = Math.fround(sums[j % 8] + Math.fround(a[j] * b[j]));
  }
  const lanes = [0, 1, 2, 3].map((lane) => Math.fround(sums[lane] + sums[lane + 4]));
  return Math.fround(Math.fround(lanes[0] + lanes[2]) + Math.fround(lanes[1] + lanes[3]));
}
