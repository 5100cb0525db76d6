import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryRecommendationStore } from "../../src/adapters/memory/recommendation_store.ts";
import { storeLists } from "../../src/batch/store_lists.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import { inlineCompute } from "./compute.ts";

/** Two users, three items; scores are 1 + 1, 1 + 2, 1 + 3 for user a, who has seen the last; user b has no row. */
const CONTENT = {
  generation: { generation: "g000001", offset: 7, createdAtMs: 5 },
  userIds: ["a", "b"],
  itemIds: ["x", "y", "z"],
  model: {
    stride: 8,
    userCount: 2,
    itemCount: 3,
    userFactors: Float32Array.from({ length: 16 }, (_, k) => k === 0 ? 1 : 0),
    itemFactors: Float32Array.from({ length: 24 }, (_, k) => k % 8 === 0 ? 1 + k / 8 : 0),
    globalMean: 1,
  },
  seen: { indptr: Uint32Array.of(0, 1, 1), indices: Uint32Array.of(2) },
  itemCounts: Uint32Array.of(1, 5, 5),
} as unknown as GenerationContent;

describe("storeLists", () => {
  it("writes the best unseen items of every user, and what is popular", async () => {
    const store = new MemoryRecommendationStore();
    const progress: number[] = [];
    await storeLists(CONTENT, store, await inlineCompute(), 2, (one) => progress.push(one.progress));
    const list = await store.get("g000001", "a");
    assert.deepEqual(list?.items, [{ itemId: "y", score: 3, rank: 1 }, { itemId: "x", score: 2, rank: 2 }]);
    assert.equal(list?.appliedOffset, 7);
    assert.equal(await store.get("g000001", "b"), undefined);
    assert.deepEqual(await store.popular("g000001"), [
      { itemId: "y", score: 5, rank: 1 },
      { itemId: "z", score: 5, rank: 2 },
    ]);
    assert.deepEqual(progress.at(-1), 1);
  });

  it("writes nothing where no lists are wanted", async () => {
    const store = new MemoryRecommendationStore();
    await storeLists(CONTENT, store, await inlineCompute(), 0, () => {});
    assert.equal(await store.count("g000001"), 0);
  });
});
