import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { inner } from "../reference/linear_system.ts";
import { inlineKernels, parametersOf, plantedData, preparedFit, rowsOfSide } from "./planted_fit.ts";

const DATA = plantedData(4, 90, 60);

async function startOf(feedback: "explicit" | "implicit", factorCount: number, seed = 1) {
  const { pool, kernels } = inlineKernels();
  const fit = await preparedFit(pool, kernels, DATA, {
    parameters: parametersOf(feedback, factorCount),
    seed,
  });
  return fit.model();
}

const meanSquare = (values: number[]) => values.reduce((sum, x) => sum + x * x, 0) / values.length;

describe("the start of a fit", () => {
  it("explicit: items are noise of the wanted size and shape, without bias; users nothing", async () => {
    const model = await startOf("explicit", 50), items = rowsOfSide(model, "item", 52);
    const rated = items.filter((_, i) => DATA.byItem.indptr[i] !== DATA.byItem.indptr[i + 1]);
    const values = rated.flatMap((row) => row.slice(0, 50)).map((value) => value * Math.sqrt(50) / 0.1);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    // 2,800 numbers: standard errors .019 of the mean, .027 of the mean square, .2 of the fourth moment (Irwin-Hall of four: 2.7).
    assert.ok(
      Math.abs(mean) < 0.08 && Math.abs(meanSquare(values) - 1) < 0.1,
      `${mean} ${meanSquare(values)}`,
    );
    assert.ok(Math.abs(meanSquare(values.map((x) => x * x)) - 2.7) < 0.5);
    assert.ok(items.every((row) => row[50] === 1 && row[51] === 0));
    assert.ok(rowsOfSide(model, "user", 50).flat().every((value) => value === 0));
  });

  it("depends on the seed, and on nothing else", async () => {
    const [one, again, other] = [
      await startOf("implicit", 8),
      await startOf("implicit", 8),
      await startOf("implicit", 8, 2),
    ];
    assert.deepEqual(one.itemFactors, again.itemFactors);
    assert.notDeepEqual(one.itemFactors, other.itemFactors);
  });

  it("implicit: items are noise propagated once through the ratings, of the wanted size", async () => {
    const explicitStart = await startOf("explicit", 6), implicitStart = await startOf("implicit", 6);
    // Both start from the same noise Ω; the reference propagates it with D_v^-½ Rᵀ D_u^-1 R D_v^-½.
    const noise = rowsOfSide(explicitStart, "item", 6), { byUser, byItem } = DATA;
    const degree = (matrix: typeof byUser, row: number) => matrix.indptr[row + 1] - matrix.indptr[row];
    const entries = (
      matrix: typeof byUser,
      row: number,
    ) => [...matrix.indices.subarray(matrix.indptr[row], matrix.indptr[row + 1])];
    const users = Array.from(
      { length: byUser.rowCount },
      (_, u) =>
        Array.from(
          { length: 6 },
          (_, j) =>
            entries(byUser, u).reduce((sum, i) => sum + noise[i][j] / Math.sqrt(degree(byItem, i)), 0) /
            Math.max(1, degree(byUser, u)),
        ),
    );
    const expected = noise.map((_, i) =>
      Array.from(
        { length: 6 },
        (_, j) =>
          entries(byItem, i).reduce((sum, u) => sum + users[u][j], 0) /
          Math.sqrt(Math.max(1, degree(byItem, i))),
      )
    );
    const items = rowsOfSide(implicitStart, "item", 6), flat = items.flat(), wanted = expected.flat();
    const cosine = inner(flat, wanted) / Math.sqrt(inner(flat, flat) * inner(wanted, wanted));
    assert.ok(Math.abs(cosine - 1) < 1e-6);
    assert.ok(Math.abs(meanSquare(flat) * 6 / 0.01 - 1) < 1e-3);
  });
});
