/** What crashes and other programs show; the contract is in contracts_test.ts. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Db } from "mongodb";
import type { ListBlock, ListHeader, RecommendationStore } from "../../../src/ports/recommendation_store.ts";
import { type FreshStore, openFresh, skip } from "./fresh_store.ts";

const header = (userCount: number): ListHeader => ({
  generation: "g000001",
  userIds: Array.from({ length: userCount }, (_, i) => `u${i}`),
  itemIds: ["x", "y"],
  appliedOffset: 7,
  timeMs: 1e12,
  popular: [{ itemId: "y", score: 3, rank: 1 }],
});

const block = (firstUserIndex: number, userCount: number): ListBlock => ({
  firstUserIndex,
  userCount,
  n: 2,
  itemIndexes: Uint32Array.from({ length: 2 * userCount }, (_, i) => i % 2),
  scores: Float32Array.from({ length: 2 * userCount }, (_, i) => 2 - i % 2),
});

describe("MongoRecommendationStore", { skip }, () => {
  let fresh: FreshStore, store: RecommendationStore, database: Db;
  beforeEach(async () => {
    if (skip !== false) return;
    fresh = await openFresh();
    store = fresh.store.recommendations;
    database = fresh.client().db();
  });
  afterEach(() => fresh?.close());

  const documents = () => database.collection<{ _id: unknown }>("recommendations");

  it("writes what API.md promises to readers in any language", async () => {
    await store.write(header(1), [block(0, 1)]);
    const at = new Date(1e12);
    assert.deepEqual(await documents().findOne({ _id: { generation: "g000001", userId: "u0" } }), {
      _id: { generation: "g000001", userId: "u0" },
      userId: "u0",
      generation: "g000001",
      items: [{ itemId: "x", score: 2 }, { itemId: "y", score: 1 }],
      appliedOffset: 7,
      at,
    });
    const popular = await documents().findOne({ _id: { generation: "g000001", userId: null } });
    assert.deepEqual((popular as unknown as { items: unknown }).items, [{ itemId: "y", score: 3 }]);
  });

  it("replaces all that a writer left that ended half-way", async () => {
    await store.write(header(2_500), [block(0, 2_500)]);
    // It had written some, under the generation's id, and no more.
    await documents().updateMany({}, { $set: { appliedOffset: 1 } });
    await store.write(header(1_200), [block(0, 700), block(700, 500)]);
    assert.equal(await store.count("g000001"), 1_200);
    assert.equal(await documents().countDocuments({ appliedOffset: 7 }), 1_201);
    assert.equal(await documents().countDocuments(), 1_201);
  });

  it("leaves nothing of a first write that fails", async () => {
    async function* failing() {
      yield block(0, 1_500);
      throw new Error("no more");
    }
    await assert.rejects(store.write(header(2_000), failing()), /no more/);
    assert.equal(await documents().countDocuments(), 0);
    await store.write(header(3), [block(0, 3)]);
    assert.equal(await store.count("g000001"), 3);
  });

  it("never shows half of a list while it is refreshed", async () => {
    await store.write(header(1), [block(0, 1)]);
    const { recommendations: reader } = await fresh.another();
    const listOf = (k: number) =>
      Array.from({ length: 40 }, (_, place) => ({ itemId: `${k}`, score: k, rank: place + 1 }));
    let isWriting = true;
    const writing = (async () => {
      for (let k = 8; k < 30; k++) {
        const list = { userId: "u0", generation: "g000001", appliedOffset: k, items: listOf(k) };
        await store.refresh([list], 5);
      }
      isWriting = false;
    })();
    while (isWriting) {
      const { items, appliedOffset } = (await reader.get("g000001", "u0"))!;
      if (appliedOffset > 7) assert.deepEqual(items, listOf(appliedOffset));
    }
    await writing;
  });
});
