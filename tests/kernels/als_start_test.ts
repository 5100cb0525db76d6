import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { propagatedSketch } from "../reference/als_start.ts";
import { inner, type Matrix } from "../reference/linear_system.ts";
import type { AlsParameters } from "../../src/domain/factor_model.ts";
import { inlineKernels, parametersOf, plantedData, preparedFit, rowsOfSide } from "./planted_fit.ts";

const DATA = plantedData(4, 90, 60);

async function startOf(
  feedback: "explicit" | "implicit",
  factorCount: number,
  seed = 1,
  more: Partial<AlsParameters> = {},
) {
  const { pool, kernels } = inlineKernels();
  const fit = await preparedFit(pool, kernels, DATA, {
    parameters: parametersOf(feedback, factorCount, more),
    seed,
  });
  return fit.model();
}

const columnsOf = (rows: Matrix): Matrix => rows[0].map((_, j) => rows.map((row) => row[j]));

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

  it("implicit: items span what a sketch becomes that is propagated through the ratings, white and of the wanted size", async () => {
    for (const factorCount of [1, 6, 9]) {
      const items = rowsOfSide(await startOf("implicit", factorCount), "item", factorCount);
      const expected = columnsOf(propagatedSketch(DATA, factorCount, 1)), basis = columnsOf(items);
      const square = 0.36 * items.length / factorCount;
      basis.forEach((v, j) => {
        basis.forEach((w, k) => assert.ok(Math.abs(inner(v, w) / square - (j === k ? 1 : 0)) < 2e-3));
      });
      for (const column of expected) {
        const parts = basis.map((v) => inner(v, column) / square);
        const rest = column.map((value, i) => value - parts.reduce((sum, c, k) => sum + c * basis[k][i], 0));
        assert.ok(inner(rest, rest) < 1e-5 * inner(column, column));
      }
    }
  });

  it("implicit: white by the weights of the items; users and items without ratings nothing", async () => {
    const model = await startOf("implicit", 5, 1, { popularityExponent: 0.5 });
    const items = rowsOfSide(model, "item", 5), square = 0.36 * items.length / 5;
    for (let j = 0; j < 5; j++) {
      for (let k = 0; k < 5; k++) {
        const sum = items.reduce((sum, y, i) => sum + model.itemWeights[i] * y[j] * y[k], 0);
        assert.ok(Math.abs(sum / square - (j === k ? 1 : 0)) < 2e-3);
      }
    }
    assert.ok(rowsOfSide(model, "user", 5).flat().every((value) => value === 0));
    const isEmpty = (i: number) => DATA.byItem.indptr[i] === DATA.byItem.indptr[i + 1];
    assert.ok(items.some((_, i) => isEmpty(i)));
    items.forEach((row, i) => assert.equal(row.every((value) => value === 0), isEmpty(i)));
  });
});
