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

export function describeRecommendationStore(
  name: string,
  open: () => Opened<RecommendationStore> | Promise<Opened<RecommendationStore>>,
): void {
  describe(`recommendation store: ${name}`, () => {
    let opened: Opened<RecommendationStore>;
    let store: RecommendationStore;
    beforeEach(async () => {
      opened = await open();
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

    it("gives the lists of many at once, of those who have one", async () => {
      await store.write(header("g000001", 40), [block(0, 40)]);
      const asked = ["user 39", "nobody", "user 2", "user 2", "user 33"];
      const found = await store.getMany("g000001", asked);
      assert.deepEqual([...found.keys()].sort(), ["user 2", "user 33", "user 39"]);
      for (const [userId, list] of found) assert.deepEqual(list, await store.get("g000001", userId));
      assert.deepEqual(found.get("user 33")!.items, listOf(33));
      assert.equal((await store.getMany("g000001", [])).size, 0);
      assert.equal((await store.getMany("g000009", asked)).size, 0);
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

    const fresh = (
      userId: string,
      appliedOffset: number,
      itemIds: readonly string[],
      generation = "g000001",
    ) => ({
      userId,
      generation,
      appliedOffset,
      items: itemIds.map((itemId, place) => ({
        itemId,
        score: Math.fround(1 / (place + 3)),
        rank: place + 1,
      })),
    });

    it("refreshes documents of some users, with what each knows", async () => {
      await store.write(header("g000001", 40), [block(0, 40)]);
      await store.write(header("g000002", 40), [block(0, 40)]);
      const lists = [
        fresh("user 2", 50, ["日本", "an item that is new"]),
        fresh("user 33", 51, ["i0"]),
        fresh("somebody \0 new", 52, ["😀", "i0", "i5"]),
      ];
      await store.refresh(lists, 5);
      for (const list of lists) assert.deepEqual(await store.get("g000001", list.userId), list);
      assert.equal(await store.count("g000001"), 41);
      assert.deepEqual((await store.get("g000001", "user 3"))!.items, listOf(3));
      assert.deepEqual((await store.get("g000002", "user 2"))!.items, listOf(2));
      assert.equal((await store.getMany("g000001", ["user 2", "user 4", "somebody \0 new"])).size, 3);
      assert.deepEqual((await store.getMany("g000001", ["user 2"])).get("user 2"), lists[0]);
      assert.deepEqual(await store.popular("g000001"), POPULAR);
      await store.refresh([], 6);
    });

    it("takes the document from whose refreshed list is empty, and may give it back", async () => {
      await store.write(header("g000001", 5), [block(0, 5)]);
      await store.refresh([fresh("user 2", 50, []), fresh("nobody", 50, [])], 5);
      assert.equal(await store.get("g000001", "user 2"), undefined);
      assert.equal(await store.get("g000001", "nobody"), undefined);
      assert.equal((await store.getMany("g000001", ["user 2", "user 3"])).size, 1);
      assert.equal(await store.count("g000001"), 4);
      await store.refresh([fresh("user 2", 60, ["i0"])], 6);
      assert.deepEqual(await store.get("g000001", "user 2"), fresh("user 2", 60, ["i0"]));
      assert.equal(await store.count("g000001"), 5);
    });

    it("passes over what knows less than the document that is there", async () => {
      await store.write(header("g000001", 5), [block(0, 5)]);
      await store.refresh([fresh("user 2", 50, ["i0"]), fresh("user 3", 32, ["i0"])], 5);
      await store.refresh([fresh("user 2", 49, ["i5"])], 6);
      assert.deepEqual(await store.get("g000001", "user 2"), fresh("user 2", 50, ["i0"]));
      assert.deepEqual((await store.get("g000001", "user 3"))!.items, listOf(3), "it knows 33");
      await store.refresh([fresh("user 2", 50, ["i5"])], 7);
      assert.deepEqual(await store.get("g000001", "user 2"), fresh("user 2", 50, ["i5"]));
    });

    it("refreshes where no documents were written, and forgets it with the generation", async () => {
      await store.refresh([fresh("user 2", 50, ["i0"])], 5);
      assert.deepEqual(await store.get("g000001", "user 2"), fresh("user 2", 50, ["i0"]));
      assert.equal(await store.count("g000001"), 1);
      assert.deepEqual(await store.popular("g000001"), []);
      await store.remove("g000001");
      assert.equal(await store.get("g000001", "user 2"), undefined);
      assert.equal(await store.count("g000001"), 0);
      await store.refresh([fresh("user 2", 50, ["i0"])], 5);
      await store.write(header("g000001", 2), [block(0, 2)]);
      assert.equal(await store.get("g000001", "user 2"), undefined, "written again, all are replaced");
      assert.equal(await store.count("g000001"), 2);
    });

    it("forgets a user's documents of all generations, written and refreshed ones", async () => {
      for (const generation of ["g000001", "g000002", "g000003"]) {
        await store.write(header(generation, 40), [block(0, 40)]);
      }
      await store.refresh(
        [fresh("user 33", 60, ["i0"], "g000002"), fresh("new one", 60, ["i5"], "g000003")],
        5,
      );
      await store.remove("g000003");
      assert.equal(await store.forgetUser("user 33"), 2);
      assert.equal(await store.forgetUser("user 33"), 0);
      assert.equal(await store.forgetUser("nobody"), 0);
      assert.equal(await store.forgetUser(""), 0);
      for (const generation of ["g000001", "g000002"]) {
        assert.equal(await store.get(generation, "user 33"), undefined);
        assert.equal((await store.getMany(generation, ["user 33", "user 32"])).size, 1);
        assert.deepEqual((await store.get(generation, "user 32"))!.items, listOf(32));
        assert.deepEqual((await store.get(generation, "user 34"))!.items, listOf(34));
        assert.equal(await store.count(generation), 39);
      }
      await store.refresh([fresh("user 33", 70, ["i5"])], 8);
      assert.deepEqual(await store.get("g000001", "user 33"), fresh("user 33", 70, ["i5"]), "who comes back");
      assert.equal(await store.forgetUser("user 33"), 1);
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
