import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Eigenbasis, rotationScratchBytes } from "../../src/kernels/eigenbasis.ts";
import type { Kernels } from "../../src/kernels/kernel_module.ts";
import { type KernelPool, Phases } from "../../src/kernels/phases.ts";
import { eigenvaluesOf } from "../reference/eigenpairs.ts";
import { addOuter, inner, type Matrix, zeros } from "../reference/linear_system.ts";
import { inlineKernels, randomOf, withWorkers } from "./planted_fit.ts";

interface Rotated {
  readonly eigenvalues: number[];
  readonly before: Matrix;
  readonly after: Matrix;
  /** What stands in a row beyond the rotated columns. */
  readonly tails: number[][];
}

/** Decomposes scale · Σ w y yᵀ of `rows`, then rotates them. `extra` columns follow the n. */
async function rotate(
  { pool, kernels }: { pool: KernelPool; kernels: Kernels },
  rows: Matrix,
  options: { weights?: number[]; scale?: number; extra?: number } = {},
): Promise<Rotated> {
  const { arena } = kernels, n = rows[0].length, stride = (n + (options.extra ?? 0) + 7) & ~7;
  const phases = new Phases(pool, kernels), basis = new Eigenbasis(phases, arena, n, stride * 4);
  const address = arena.allocate(rows.length * stride * 4), scratchBytes = rotationScratchBytes(stride);
  const scratch = arena.allocate(scratchBytes * pool.workerCount);
  const weights = options.weights === undefined ? 0 : arena.allocate(rows.length * 4);
  if (weights !== 0) arena.f32(weights, rows.length).set(options.weights!);
  const floats = arena.f32(address, rows.length * stride);
  rows.forEach((row, r) => {
    floats.set(row, r * stride);
    for (let j = n; j < stride; j++) floats[r * stride + j] = options.extra ? j : 0;
  });
  const block = { address, count: rows.length };
  await basis.decompose(block, weights, options.scale ?? 1);
  await basis.rotate(block, (worker) => scratch + worker * scratchBytes);
  const rowAt = (r: number) => [...arena.f32(address + r * stride * 4, stride)];
  return {
    eigenvalues: [...arena.f32(basis.eigenvalues, n)],
    before: rows.map((row) => row.map(Math.fround)),
    after: rows.map((_, r) => rowAt(r).slice(0, n)),
    tails: rows.map((_, r) => rowAt(r).slice(n)),
  };
}

/** Whitens `rows`. */
async function whiten(rows: Matrix, length: number, scale: number, weights?: number[]) {
  const { pool, kernels } = inlineKernels(), { arena } = kernels, n = rows[0].length, stride = (n + 7) & ~7;
  const phases = new Phases(pool, kernels), basis = new Eigenbasis(phases, arena, n, stride * 4);
  const address = arena.allocate(rows.length * stride * 4), weightsAt = arena.allocate(rows.length * 4);
  const scratch = arena.allocate(rotationScratchBytes(stride));
  rows.forEach((row, r) => arena.f32(address + r * stride * 4, n).set(row));
  if (weights !== undefined) arena.f32(weightsAt, rows.length).set(weights);
  const block = { address, count: rows.length }, target = { length, scale };
  return {
    isWhite: await basis.whiten(block, weights === undefined ? 0 : weightsAt, target, () => scratch),
    after: rows.map((_, r) => [...arena.f32(address + r * stride * 4, n)]),
    eigenvalues: [...arena.f32(basis.eigenvalues, n)],
  };
}

/** Whether a matrix is `diagonal` I. */
function assertNear(matrix: Matrix, diagonal: number, tolerance: number) {
  matrix.forEach((row, i) =>
    row.forEach((value, j) => {
      assert.ok(Math.abs(value - (i === j ? diagonal : 0)) < tolerance * diagonal, `(${i}, ${j}): ${value}`);
    })
  );
}

function randomRows(seed: number, count: number, n: number, rank = n): Matrix {
  const random = randomOf(seed);
  const basis = Array.from({ length: rank }, () => Array.from({ length: n }, () => random.normal()));
  return Array.from({ length: count }, () => {
    const row = new Array<number>(n).fill(0);
    for (const direction of basis) {
      const c = random.normal();
      direction.forEach((value, j) => row[j] += c * value / Math.sqrt(rank));
    }
    return row;
  });
}

const gramOf = (rows: Matrix, weights?: number[]) => {
  const gram = zeros(rows[0].length, rows[0].length);
  rows.forEach((row, r) => addOuter(gram, weights?.[r] ?? 1, row, row));
  return gram;
};

/** After the rotation the Gram matrix is diagonal and holds the eigenvalues; dot products of rows are what they were. */
function assertDiagonalised(
  { eigenvalues, before, after }: Rotated,
  tolerance: number,
  weights?: number[],
  scale = 1,
) {
  const gram = gramOf(after, weights), size = Math.max(...eigenvalues, 1e-30);
  gram.forEach((row, i) =>
    row.forEach((value, j) => {
      const expected = i === j ? eigenvalues[i] : 0;
      assert.ok(
        Math.abs(scale * value - expected) <= tolerance * size,
        `(${i}, ${j}): ${scale * value}, not ${expected}`,
      );
    })
  );
  for (let r = 0; r + 1 < before.length; r += Math.ceil(before.length / 40)) {
    for (const other of [r, r + 1, before.length - 1]) {
      const was = inner(before[r], before[other]), is = inner(after[r], after[other]);
      const lengths = Math.sqrt(inner(before[r], before[r]) * inner(before[other], before[other]));
      assert.ok(Math.abs(was - is) <= tolerance * Math.max(lengths, 1e-30));
    }
  }
}

describe("Eigenbasis", () => {
  for (const n of [1, 2, 3, 7, 8, 9, 33, 64]) {
    it(`diagonalises the Gram matrix of random rows, ${n} columns`, async () => {
      const rotated = await rotate(inlineKernels(), randomRows(n, 3 * n + 150, n));
      assertDiagonalised(rotated, 1e-5);
      const expected = eigenvaluesOf(gramOf(rotated.before)), greatest = expected[n - 1];
      rotated.eigenvalues.sort((a, b) => a - b).forEach((value, k) => {
        assert.ok(Math.abs(value - expected[k]) < 2e-6 * greatest, `${value}, not ${expected[k]}`);
      });
    });
  }

  it("takes matrices of low rank, of rank 1 and of zeros", async () => {
    for (const rank of [0, 1, 5]) {
      const rotated = await rotate(inlineKernels(), randomRows(5, 200, 24, rank));
      assertDiagonalised(rotated, 1e-5);
      const greatest = Math.max(...rotated.eigenvalues);
      assert.equal(rotated.eigenvalues.filter((value) => value > 1e-6 * greatest).length, rank);
    }
  });

  it("takes repeated eigenvalues", async () => {
    // Rows e_1 ... e_n, each the same number of times: Gram matrix 5 I; then with two values.
    const unit = (n: number, j: number) => Array.from({ length: n }, (_, k) => k === j ? 1 : 0);
    const rows = Array.from({ length: 100 }, (_, r) => unit(20, r % 20));
    const same = await rotate(inlineKernels(), rows);
    assert.ok(same.eigenvalues.every((value) => Math.abs(value - 5) < 1e-5));
    assertDiagonalised(same, 1e-6);
    const mixed = rows.map((row, r) => row.map((value) => r % 20 < 7 ? 3 * value : value));
    assertDiagonalised(await rotate(inlineKernels(), mixed), 1e-6);
    // The same spectrum in a basis that is not the unit one: a Householder reflection of it.
    const v = Array.from({ length: 20 }, (_, k) => Math.sin(k + 1)), length = inner(v, v);
    const reflected = mixed.map((row) => row.map((value, j) => value - 2 * inner(v, row) * v[j] / length));
    assertDiagonalised(await rotate(inlineKernels(), reflected), 1e-5);
  });

  for (const isWeighted of [false, true]) {
    it(`whitens rows${isWeighted ? " that have weights" : ""}`, async () => {
      const rows = randomRows(4, 300, 13, 60).map((row) => row.map((value, j) => value * (1 + j / 4)));
      const weights = isWeighted ? rows.map((_, r) => 0.2 + (r % 7) / 3) : undefined;
      const { isWhite, after, eigenvalues } = await whiten(rows, 3, 0.25, weights);
      assert.ok(isWhite);
      assert.ok(eigenvalues.every((value) => value === 0.25 * 9));
      assertNear(gramOf(after, weights), 9, 1e-4);
    });
  }

  it("whitens what the rows have, and says that it is not all", async () => {
    const { isWhite, after } = await whiten(randomRows(6, 200, 16, 5), 2, 1);
    assert.ok(!isWhite && after.flat().every(Number.isFinite));
    const strengths = eigenvaluesOf(gramOf(after)).sort((a, b) => b - a);
    strengths.forEach((value, k) => assert.ok(Math.abs(value - (k < 5 ? 4 : 0)) < 0.01, `${k}: ${value}`));
    const nothing = await whiten(Array.from({ length: 20 }, () => new Array<number>(8).fill(0)), 2, 1);
    assert.ok(!nothing.isWhite && nothing.after.flat().every((value) => value === 0));
  });

  it("weighs rows and scales the sum", async () => {
    const rows = randomRows(3, 300, 10), weights = rows.map((_, r) => (r % 7) / 3);
    assertDiagonalised(await rotate(inlineKernels(), rows, { weights, scale: 0.25 }), 1e-5, weights, 0.25);
  });

  it("leaves what stands beyond the rotated columns", async () => {
    for (const n of [6, 8, 13]) {
      const { tails } = await rotate(inlineKernels(), randomRows(2, 50, n), { extra: 2 });
      assert.ok(tails.length > 0 && tails.every((tail) => tail.every((value, j) => value === n + j)));
    }
  });

  it("stays accurate where eigenvalues span twelve orders of magnitude", async () => {
    const rows = randomRows(8, 400, 30).map((row) => row.map((value, j) => value * 10 ** (-j / 5)));
    assertDiagonalised(await rotate(inlineKernels(), rows), 1e-5);
  });

  for (const [n, workerCount] of [[128, 2], [512, 2]]) {
    it(`diagonalises on ${workerCount} workers, ${n} columns`, async () => {
      const rotated = await withWorkers(
        workerCount,
        (pool, kernels) => rotate({ pool, kernels }, randomRows(n, n + 60, n)),
      );
      assertDiagonalised(rotated, 2e-5);
    });
  }
});
