/** Rows for tests of the search, kind by kind. */
import { Random } from "../../src/synthesize/random.ts";

/** count x stride values, each by `valueOf(row, column)`. */
export function rowsOf(
  count: number,
  stride: number,
  valueOf: (row: number, column: number) => number,
): Float32Array {
  return Float32Array.from(
    { length: count * stride },
    (_, at) => valueOf(Math.floor(at / stride), at % stride),
  );
}

/** Normal values; norms of the rows spread by a power law, as those of learnt items are. */
export function powerLawRows(random: Random, count: number, stride: number): Float32Array {
  const scales = Array.from({ length: count }, () => (1 + random.uniform() * 300) ** -0.6);
  return rowsOf(count, stride, (row) => random.normal() * scales[row]);
}

/** Named sets of item rows that are hard for a search by rounded integers. */
export function hardRows(random: Random, stride: number): [name: string, rows: Float32Array][] {
  const count = 700;
  const random700 = rowsOf(count, stride, () => random.normal());
  return [
    ["power law norms", powerLawRows(random, count, stride)],
    ["all rows equal", rowsOf(count, stride, (_, j) => j % 3 - 0.9)],
    ["all values equal", rowsOf(count, stride, () => 0.7)],
    [
      "all values equal, signs of rows alternating",
      rowsOf(count, stride, (row) => row % 2 === 0 ? 0.7 : -0.7),
    ],
    ["all zeros", new Float32Array(count * stride)],
    ["few different rows", rowsOf(count, stride, (row, j) => random700[row % 7 * stride + j])],
    [
      "pairs that differ in the last bit",
      rowsOf(
        count,
        stride,
        (row, j) => random700[Math.floor(row / 2) * stride + j] * (row % 2 === 0 || j > 0 ? 1 : 1 + 2 ** -23),
      ),
    ],
    [
      "rows that cancel",
      rowsOf(count, stride, (row, j) => (j % 2 === 0 ? 1 : -1) * random700[row * stride + (j >> 1)]),
    ],
    ["norms to 1e17", rowsOf(count, stride, (row) => random.normal() * 10 ** (row % 18 - 1))],
    ["subnormal values", rowsOf(count, stride, (row) => random.normal() * 2 ** (-149 + row % 20))],
    ["one great value each", rowsOf(count, stride, (row, j) => j === row % stride ? 1000 : random.normal())],
    ["one great column", rowsOf(count, stride, (_, j) => j === 0 ? 50 : random.normal() * 0.01)],
    [
      "a great row among small ones",
      rowsOf(count, stride, (row) => random.normal() * (row === 333 ? 1e6 : 1e-6)),
    ],
    ["two directions", rowsOf(count, stride, (row, j) => (row % 2 === 0 ? 1 : -1) * (j + 1))],
  ];
}
