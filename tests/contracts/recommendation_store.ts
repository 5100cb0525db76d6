/** What src/ports/recommendation_store.ts says, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  type ListBlock,
  type ListHeader,
  NO_ITEM,
  type RecommendationStore,
} from "../../src/ports/recommendation_store.ts";
import type { Opened } from "./generation_store.ts";

const ITEM_IDS = ["i0", "'\"", "日本", "😀", "\0", "i5"];
const POPULAR = [{ itemId: "i5", score: 17, rank: 1 }, { itemId: "\0", score: 0.1, rank: 2 }];

function header(generation: string, userCount: number): ListHeader {
  const userIds = Array.from({ length: userCount }, (_, i) => `user ${i}`);
  return { generation, userIds, itemIds: ITEM_IDS, appliedOffset: 33, timeMs: 1e12, popular: POPULAR };
}

/** User u's list: items u, u+1, ... (mod 6), the k-th with score u + 1/k; u % 4 places are left empty at the end. */
function block(firstUserIndex: number, userCount: number, n = 4): ListBlock {
  const itemIndexes = new Uint32Array(userCount * n), scores = new Float32Array(userCount * n);
  for (let row = 0; row < userCount; row++) {
    const user = firstUserIndex + row;
    for (let place = 0; place < n; place++) {
      const isFilled = place < n - user % 4;
      itemIndexes[row * n + place] = isFilled ? (user + place) % ITEM_IDS.length : NO_ITEM;
      scores[row * n + place] = isFilled ? user + 1 / (place + 1) : 0;
    }
  }
  return { firstUserIndex, userCount, n, itemIndexes, scores };
}

function listOf(user: number, n = 4) {
  return Array.from({ length: n - user % 4 }, (_, place) => ({
    itemId: ITEM_IDS[(user + place) % ITEM_IDS.length],
    score: Math.fround(user + 1 / (place + 1)),
    rank: place + 1,
  }));
}

export function describeRecommendationStore(name: string, open: () => Opened<RecommendationStore>): void {
  describe(`recommendation store: ${name}`, () => {
    let opened: Opened<RecommendationStore>;
    let store: RecommendationStore;
    beforeEach(() => {
      opened = open();
      store = opened.port;
    });
    afterEach(() => opened.close());

    it("begins empty", async () => {
      assert.equal(await store.get("g000001", "user 0"), undefined);
      assert.deepEqual(await store.popular("g000001"), []);
      assert.equal(await store.count("g000001"), 0);
      await store.remove("g000001");
    });

    it("gives each user's list, to the bit", async () => {
      await store.write(header("g000001", 1000), [block(0, 300), block(300, 7), block(307, 693)]);
      for (const user of [0, 1, 127, 128, 299, 300, 306, 307, 435, 999]) {
        assert.deepEqual(await store.get("g000001", `user ${user}`), {
          userId: `user ${user}`,
          generation: "g000001",
          appliedOffset: 33,
          items: listOf(user),
        });
      }
      assert.equal(await store.get("g000001", "nobody"), undefined);
      assert.equal(await store.count("g000001"), 1000);
      assert.deepEqual(await store.popular("g000001"), POPULAR);
    });

    it("takes blocks from an async source that uses its arrays again", async () => {
      async function* blocks() {
        const reused = block(0, 10);
        yield reused;
        const next = block(10, 10);
        reused.itemIndexes.set(next.itemIndexes), reused.scores.set(next.scores);
        yield { ...reused, firstUserIndex: 10 };
        reused.itemIndexes.fill(0);
      }
      await store.write(header("g000001", 20), blocks());
      assert.deepEqual((await store.get("g000001", "user 2"))!.items, listOf(2));
      assert.deepEqual((await store.get("g000001", "user 12"))!.items, listOf(12));
    });

    it("makes no document of an empty list, nor of a user without one", async () => {
      // With three places the list of user 3 is empty; users 5 to 7 are in no block.
      await store.write(header("g000001", 9), [block(0, 5, 3), block(8, 1, 3)]);
      for (const user of [3, 5, 7]) assert.equal(await store.get("g000001", `user ${user}`), undefined);
      assert.deepEqual((await store.get("g000001", "user 8"))!.items, listOf(8, 3));
      assert.equal(await store.count("g000001"), 5);
    });

    it("takes no users, and no places", async () => {
      await store.write(header("g000001", 0), []);
      assert.equal(await store.count("g000001"), 0);
      assert.deepEqual(await store.popular("g000001"), POPULAR);
      const empty = {
        firstUserIndex: 0,
        userCount: 2,
        n: 0,
        itemIndexes: new Uint32Array(),
        scores: new Float32Array(),
      };
      await store.write(header("g000002", 2), [empty]);
      assert.equal(await store.count("g000002"), 0);
      assert.equal(await store.get("g000002", "user 1"), undefined);
    });

    it("keeps generations apart", async () => {
      await store.write(header("g000001", 2), [block(0, 2)]);
      await store.write({ ...header("g000002", 1), userIds: ["user 1"], appliedOffset: 50, popular: [] }, [
        block(0, 1),
      ]);
      assert.deepEqual((await store.get("g000001", "user 1"))!.items, listOf(1));
      assert.deepEqual(await store.get("g000002", "user 1"), {
        userId: "user 1",
        generation: "g000002",
        appliedOffset: 50,
        items: listOf(0),
      });
      assert.deepEqual(await store.popular("g000002"), []);
      await store.remove("g000001");
      assert.equal(await store.get("g000001", "user 1"), undefined);
      assert.equal(await store.count("g000001"), 0);
      assert.equal(await store.count("g000002"), 1);
    });

    it("replaces the documents of a generation", async () => {
      await store.write(header("g000001", 300), [block(0, 300)]);
      assert.ok(await store.get("g000001", "user 250"));
      await store.write({ ...header("g000001", 3), appliedOffset: 90, popular: [] }, [block(0, 3)]);
      assert.equal(await store.get("g000001", "user 250"), undefined);
      assert.equal((await store.get("g000001", "user 1"))!.appliedOffset, 90);
      assert.equal(await store.count("g000001"), 3);
      assert.deepEqual(await store.popular("g000001"), []);
    });

    it("keeps the old documents when the blocks fail", async () => {
      await store.write(header("g000001", 2), [block(0, 2)]);
      async function* failing() {
        yield block(0, 1);
        throw new Error("no more");
      }
      await assert.rejects(store.write({ ...header("g000001", 2), appliedOffset: 99 }, failing()), /no more/);
      assert.equal((await store.get("g000001", "user 1"))!.appliedOffset, 33);
      assert.equal(await store.count("g000001"), 2);
    });
  });
}
