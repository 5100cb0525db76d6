import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { baselineScore, clipped, type Estimate, ranked } from "../../src/recommend/estimates.ts";
import { plantedGeneration } from "../serve/planted_generation.ts";

const userIds = ["u", "v", "w", "x"], itemIds = ["a", "b", "c"];

describe("baselineScore", () => {
  it("adds up globalMean and the biases that are known, if explicit", async () => {
    const content = await plantedGeneration({ factorCount: 4, userIds, itemIds });
    const { model } = content;
    model.userFactors[4] = 0.25;
    model.itemFactors[model.stride + 5] = -0.5;
    const row = model.userFactors.subarray(0, model.stride);
    assert.equal(baselineScore(content, undefined, undefined), 3.5);
    assert.equal(baselineScore(content, row, undefined), 3.75);
    assert.equal(baselineScore(content, undefined, 1), 3);
  });

  it("is the share of users who have interacted with the item, if implicit", async () => {
    const content = { ...await plantedGeneration({ feedback: "implicit", userIds, itemIds }) };
    content.itemCounts.set([3, 0, 4]);
    assert.deepEqual([0, 1, 2].map((item) => baselineScore(content, undefined, item)), [0.75, 0, 1]);
    assert.equal(baselineScore(content, undefined, undefined), 0);
  });
});

describe("clipped", () => {
  it("keeps ratings in the range seen and leaves preferences alone", async () => {
    const explicit = await plantedGeneration({ userIds, itemIds });
    assert.deepEqual([-1, 1, 4.4, 9].map((score) => clipped(explicit, score)), [1, 1, 4.4, 5]);
    const implicit = await plantedGeneration({ feedback: "implicit", userIds, itemIds });
    assert.deepEqual([-1, 0.4, 9].map((score) => clipped(implicit, score)), [-1, 0.4, 9]);
  });
});

describe("ranked", () => {
  const estimate = (itemId: string, itemIndex: number | undefined, score: number): Estimate => ({
    itemId,
    itemIndex,
    score,
    basis: "personal",
  });

  it("puts the greatest first, ties by item index, unknown items last as given, each once", () => {
    const given = [
      estimate("unknown 2", undefined, 9),
      estimate("d", 4, 1),
      estimate("c", 3, 2),
      estimate("unknown 1", undefined, 99),
      estimate("b", 1, 1),
      estimate("c", 3, 2),
      estimate("a", 7, 7),
    ];
    assert.deepEqual(ranked(given).map(({ itemId }) => itemId), [
      "a",
      "c",
      "b",
      "d",
      "unknown 2",
      "unknown 1",
    ]);
  });
});
