import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { EmbeddedRecommendationStore } from "../../../src/adapters/embedded/recommendation_store.ts";
import { describeRecommendationStore } from "../../contracts/recommendation_store.ts";
import { newDatabase } from "./temporary_file.ts";

describeRecommendationStore("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedRecommendationStore(database), close: () => database.close() };
});

const HEADER = {
  generation: "g000001",
  userIds: ["u0", "u1"],
  itemIds: ["i0"],
  appliedOffset: 1,
  timeMs: 1,
  popular: [],
};

function block(userCount: number) {
  return {
    firstUserIndex: 0,
    userCount,
    n: 1,
    itemIndexes: new Uint32Array(userCount),
    scores: new Float32Array(userCount).fill(0.5),
  };
}

describe("EmbeddedRecommendationStore", () => {
  it("leaves no rows of what was replaced, failed or removed", async () => {
    const database = newDatabase(), store = new EmbeddedRecommendationStore(database);
    const rows = () => database.sql("SELECT count(*) AS n FROM list_blocks").get()!.n;
    const userIds = Array.from({ length: 30_000 }, (_, i) => `u${i}`);
    await store.write({ ...HEADER, userIds }, [block(30_000)]);
    assert.equal(rows(), 938, "32 users in a row");
    async function* failing() {
      // Enough for a transaction of its own.
      yield {
        ...block(1),
        userCount: 3,
        n: 300_000,
        itemIndexes: new Uint32Array(900_000),
        scores: new Float32Array(900_000),
      };
      throw new Error("no more");
    }
    await assert.rejects(store.write(HEADER, failing()), /no more/);
    assert.equal(rows(), 939);
    await store.write(HEADER, [block(2)]);
    assert.equal(rows(), 1);
    await store.remove("g000001");
    assert.equal(rows(), 0);
    assert.equal(database.sql("SELECT count(*) AS n FROM list_sets").get()!.n, 0);
    database.close();
  });

  it("reads the lists of many generations in turn", async () => {
    const database = newDatabase(), store = new EmbeddedRecommendationStore(database);
    for (let g = 0; g < 5; g++) {
      await store.write({ ...HEADER, generation: `g${g}`, itemIds: [`item of ${g}`] }, [block(2)]);
    }
    for (let step = 0; step < 10; step++) {
      const list = await store.get(`g${step % 5}`, "u1");
      assert.equal(list!.items[0].itemId, `item of ${step % 5}`);
    }
    database.close();
  });
});
