import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { inlineKernels, randomOf } from "../kernels/planted_fit.ts";
import { addOuter, type Matrix, solve, zeros } from "../reference/linear_system.ts";

/** Solves in linear memory whose every byte was set before, in floats or doubles. */
function solveInMemory(matrix: Matrix, rightSide: number[], bytes: 4 | 8) {
  const { exports, arena } = inlineKernels().kernels,
    n = rightSide.length,
    stride = (n + 7) & ~7,
    rows = (n + 3) & ~3;
  const a = arena.allocate(rows * stride * bytes), b = arena.allocate(stride * bytes);
  const view = (at: number, length: number) => bytes === 4 ? arena.f32(at, length) : arena.f64(at, length);
  view(a, rows * stride).fill(NaN);
  view(b, stride).fill(NaN);
  matrix.forEach((row, i) =>
    row.forEach((value, j) => j >= i && (view(a, rows * stride)[i * stride + j] = value))
  );
  view(b, n).set(rightSide);
  const status = (bytes === 4 ? exports.solveSystem32 : exports.solveSystem64)(a, n, stride * bytes, b);
  return { status, solution: [...view(b, n)] };
}

/** A Gram matrix of 2n random rows: well conditioned. */
function randomSystem(seed: number, n: number) {
  const random = randomOf(seed), matrix = zeros(n, n);
  for (let r = 0; r < 2 * n; r++) {
    const row = Array.from({ length: n }, () => random.normal());
    addOuter(matrix, 1 / n, row, row);
  }
  for (let j = 0; j < n; j++) matrix[j][j] += 0.1;
  return { matrix, rightSide: Array.from({ length: n }, () => random.normal()) };
}

describe("solveSystem", () => {
  for (const bytes of [4, 8] as const) {
    for (const n of [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 66, 130]) {
      it(`solves ${n} unknowns in ${bytes * 8} bits, reading the upper triangle only`, () => {
        const { matrix, rightSide } = randomSystem(n, n), expected = solve(matrix, rightSide);
        const { status, solution } = solveInMemory(matrix, rightSide, bytes);
        assert.equal(status, 0);
        const size = Math.max(...expected.map(Math.abs));
        solution.forEach((x, j) =>
          assert.ok(Math.abs(x - expected[j]) < (bytes === 4 ? 1e-4 : 1e-12) * size)
        );
      });
    }

    it(`names the pivot where a matrix is singular, in ${bytes * 8} bits`, () => {
      // Rank 5 of 9: the sixth pivot is rounding noise. Then a matrix of zeros, and one with a negative eigenvalue.
      const random = randomOf(1), matrix = zeros(9, 9);
      for (let r = 0; r < 5; r++) {
        const row = Array.from({ length: 9 }, () => random.normal());
        addOuter(matrix, 1, row, row);
      }
      const ones = new Array<number>(9).fill(1);
      assert.equal(solveInMemory(matrix, ones, bytes).status, 6);
      assert.equal(solveInMemory(zeros(9, 9), ones, bytes).status, 1);
      const indefinite = zeros(3, 3).map((row, i) => row.map((_, j) => i === j ? [2, -1, 2][i] : 0));
      assert.equal(solveInMemory(indefinite, [1, 1, 1], bytes).status, 2);
    });

    it(`takes no NaN for a pivot, in ${bytes * 8} bits, and leaves the right side`, () => {
      const { status, solution } = solveInMemory([[NaN, 0], [0, 1]], [3, 4], bytes);
      assert.deepEqual([status, ...solution], [1, 3, 4]);
    });
  }
});
