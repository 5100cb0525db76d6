import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  documentOf,
  documentsOf,
  popularDocument,
  ranked,
} from "../../../src/adapters/mongodb/list_documents.ts";
import { NO_ITEM } from "../../../src/ports/recommendation_store.ts";

const header = {
  generation: "g000007",
  userIds: ["a", "b", "c"],
  itemIds: ["x", "y"],
  appliedOffset: 5,
  timeMs: 1_000,
  popular: [{ itemId: "y", score: 9, rank: 1 }],
};
const at = new Date(1_000);

describe("documents per user", () => {
  it("have the form that API.md promises to other programs", () => {
    const block = {
      firstUserIndex: 1,
      userCount: 2,
      n: 2,
      itemIndexes: Uint32Array.of(1, 0, NO_ITEM, NO_ITEM),
      scores: Float32Array.of(2, 1.5, 0, 0),
    };
    assert.deepEqual([...documentsOf(header, block)], [{
      _id: { generation: "g000007", userId: "b" },
      userId: "b",
      generation: "g000007",
      items: [{ itemId: "y", score: 2 }, { itemId: "x", score: 1.5 }],
      appliedOffset: 5,
      at,
    }]);
    assert.deepEqual([...documentsOf(header, block, "w")].map(({ write }) => write), ["w"]);
  });

  it("name the popular list with the user null", () => {
    const { _id, userId, items } = popularDocument(header, "w");
    assert.deepEqual({ _id, userId, items }, {
      _id: { generation: "g000007", userId: null },
      userId: null,
      items: [{ itemId: "y", score: 9 }],
    });
  });

  it("leave out the rank, which is the place", () => {
    const items = [{ itemId: "x", score: 3, rank: 1 }, { itemId: "y", score: 2, rank: 2 }];
    const document = documentOf({ userId: "a", generation: "g000007", appliedOffset: 8, items }, at);
    assert.deepEqual(document.items, [{ itemId: "x", score: 3 }, { itemId: "y", score: 2 }]);
    assert.deepEqual(ranked(document.items), items);
  });
});
