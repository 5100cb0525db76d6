import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { normalizedRows } from "../../src/recommend/similar.ts";
import { type FactorModel, strideOf } from "../../src/domain/factor_model.ts";
import { plantedGeneration } from "../serve/planted_generation.ts";

const itemIds = ["a", "b", "c", "d"];
const itemRowsOf = ({ itemFactors, itemCount, stride }: FactorModel) => ({
  rows: itemFactors,
  count: itemCount,
  stride,
});

describe("normalizedRows", () => {
  for (const feedback of ["explicit", "implicit"] as const) {
    it(`has the latent factors of each item at length 1, without biases, ${feedback}`, async () => {
      const { model } = await plantedGeneration({ feedback, factorCount: 7, userIds: ["u"], itemIds });
      model.itemFactors.fill(0, 2 * model.stride, 2 * model.stride + 7);
      const { rows, count, stride } = normalizedRows(itemRowsOf(model), model.parameters.factorCount);
      assert.deepEqual([count, stride, rows.length], [4, 8, 32]);
      assert.equal(model.stride, strideOf(feedback, 7));
      for (let item = 0; item < 4; item++) {
        const factors = [...model.itemFactors.subarray(item * model.stride, item * model.stride + 7)];
        const length = Math.hypot(...factors), row = rows.subarray(item * 8, (item + 1) * 8);
        factors.forEach((x, j) => assert.ok(Math.abs(row[j] - (length === 0 ? 0 : x / length)) < 1e-7));
        assert.equal(row[7], 0);
      }
    });
  }

  it("has a direction for the smallest factors too", async () => {
    const { model } = await plantedGeneration({ factorCount: 2, userIds: ["u"], itemIds });
    model.itemFactors.set([3 * 2 ** -149, -4 * 2 ** -149]);
    const { rows } = normalizedRows(itemRowsOf(model), model.parameters.factorCount);
    assert.deepEqual([...rows.subarray(0, 2)], [Math.fround(0.6), Math.fround(-0.8)]);
  });
});
