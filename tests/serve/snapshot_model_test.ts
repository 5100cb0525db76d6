import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { SnapshotModel } from "../../src/serve/snapshot_model.ts";
import { plantedGeneration } from "./planted_generation.ts";
import { ITEM_IDS, kernelModule, USER_IDS } from "./planted_server.ts";

describe("SnapshotModel", () => {
  it("knows what came after the generation, and titles", async () => {
    const content = await plantedGeneration({
      userIds: USER_IDS,
      itemIds: ITEM_IDS,
      seenCount: 0,
      offset: 10,
    });
    const later = {
      userIds: ["42", "somebody new"],
      itemIds: ["661", "new item", "1193"],
      pairs: Uint32Array.of(0, 0, 1, 2, 0, 1),
    };
    const model = new SnapshotModel(kernelModule, {
      content,
      appliedOffset: 13,
      titles: new Map([["661", "Toy"]]),
      later,
    });
    const { recommender, texts } = model.current;
    assert.equal(recommender.appliedOffset, 13);
    assert.equal(texts.titleOf("661"), "Toy");
    const ids = (userId: string) =>
      recommender.recommend(userId, { n: 100 }).items.map((item) => item.itemId);
    assert.deepEqual(ids("42").toSorted(), ITEM_IDS.filter((id) => id !== "661").toSorted());
    assert.deepEqual(ids("somebody new").toSorted(), ITEM_IDS.filter((id) => id !== "1193").toSorted());
    assert.equal(await model.waitFor(), false);
  });
});
