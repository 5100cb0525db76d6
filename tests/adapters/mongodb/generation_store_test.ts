/** What large generations, several processes and crashes show; the contract is in contracts_test.ts. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Db } from "mongodb";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";
import { withoutUser } from "../../../src/domain/forget_user.ts";
import type { GenerationContent } from "../../../src/domain/generation.ts";
import type { GenerationStore } from "../../../src/ports/generation_store.ts";
import { plantedContent } from "../../contracts/planted_content.ts";
import { type FreshStore, openFresh, skip } from "./fresh_store.ts";

/** The planted generation with so many users that its factors are more than a document may hold. */
function largeContent(generation: string): GenerationContent {
  const planted = plantedContent(generation), userCount = 600_000, stride = 8;
  const userFactors = Float32Array.from({ length: userCount * stride }, (_, i) => Math.fround(i / 3));
  const sha256 = createHash("sha256").update(new Uint8Array(userFactors.buffer))
    .update(new Uint8Array(planted.model.itemFactors.buffer)).digest("hex");
  return {
    ...planted,
    generation: { ...planted.generation, userCount, sha256 },
    model: { ...planted.model, userCount, userFactors },
    userIds: Array.from({ length: userCount }, (_, i) => `user ${i}`),
    seen: { indptr: new Uint32Array(userCount + 1), indices: new Uint32Array() },
  };
}

describe("MongoGenerationStore", { skip }, () => {
  let fresh: FreshStore, store: GenerationStore, database: Db;
  beforeEach(async () => {
    if (skip !== false) return;
    fresh = await openFresh();
    store = fresh.store.generations;
    database = fresh.client().db();
  });
  afterEach(() => fresh?.close());

  async function publishNew(salt = 0): Promise<string> {
    const id = await store.reserve();
    await store.publish(plantedContent(id, salt));
    return id;
  }

  const chunkCount = () => database.collection("generation_chunks").countDocuments();

  it("keeps factors of more than 16 MiB to the bit", async () => {
    const id = await store.reserve(), content = largeContent(id);
    await store.publish(content);
    const { model, userIds, generation } = await (await fresh.another()).generations.load(id);
    assert.deepEqual(generation, content.generation);
    const bytes = (array: Float32Array) =>
      createHash("sha256").update(new Uint8Array(array.buffer)).digest("hex");
    assert.equal(bytes(model.userFactors), bytes(content.model.userFactors));
    assert.equal(userIds.at(-1), "user 599999");
    assert.ok(
      await database.collection("generation_chunks").countDocuments({ "_id.name": "userFactors" }) > 2,
    );
  });

  it("lets one of several publish under an id, and keeps nothing of the others", async () => {
    const id = await store.reserve(), { generations: other } = await fresh.another();
    const outcomes = await Promise.allSettled([
      store.publish(plantedContent(id, 1)),
      other.publish(plantedContent(id, 2)),
    ]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const refused = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    assert.ok(refused.reason instanceof BadInput);
    const salt = outcomes[0].status === "fulfilled" ? 1 : 2;
    assert.deepEqual(await other.load(id), plantedContent(id, salt));
    assert.equal(new Set(await database.collection("generation_chunks").distinct("write")).size, 1);
  });

  it("reserves no id twice, from several connections", async () => {
    const stores = [store, (await fresh.another()).generations, (await fresh.another()).generations];
    const ids = await Promise.all(stores.flatMap((one) => [1, 2, 3, 4].map(() => one.reserve())));
    assert.equal(new Set(ids).size, 12);
  });

  it("never points to a generation that is being deleted", async () => {
    const ids = [await publishNew(1), await publishNew(2)];
    await store.activate(ids[1], 1, 1);
    // As a process left it that ended in the middle of a collection.
    await database.collection<{ _id: string }>("generations").updateOne({ _id: "active" }, {
      $set: { condemned: [ids[0]] },
    });
    await assert.rejects(store.activate(ids[0], 2, 2), BadInput);
    assert.deepEqual((await store.list()).map(({ generation }) => generation), [ids[1]]);
    assert.deepEqual(await store.collect(5), [ids[0]]);
    assert.equal(new Set(await database.collection("generation_chunks").distinct("write")).size, 1);
    assert.deepEqual(await store.collect(5), []);
  });

  it("collects and activates at once without losing the active one", async () => {
    const { generations: other } = await fresh.another();
    for (let round = 0; round < 4; round++) {
      const ids = [await publishNew(1), await publishNew(2)];
      await store.activate(ids[1], 1, 1);
      await Promise.allSettled([store.collect(0), other.activate(ids[0], 2, 2)]);
      const { generation } = (await store.active())!;
      assert.equal((await store.load(generation)).generation.generation, generation);
    }
  });

  it("deletes what a crash left: reservations, and chunks that nobody names", async () => {
    const kept = await publishNew(1), before = await chunkCount();
    await store.activate(kept, 1, 1);
    const reserved = await store.reserve();
    const [chunk] = await database.collection("generation_chunks").find().limit(1).toArray();
    const orphan = { ...chunk, write: "nobody", _id: { ...chunk._id, write: "nobody" } } as never;
    await database.collection("generation_chunks").insertOne(orphan);
    assert.deepEqual(await store.collect(3), [], "they may be in the making");
    assert.equal(await chunkCount(), before + 1);
    await database.collection("generation_chunks").updateMany({ write: "nobody" }, {
      $set: { at: new Date(0) },
    });
    assert.deepEqual(await store.collect(3, Date.now() + 1000), [reserved]);
    assert.equal(await chunkCount(), before);
    assert.deepEqual(await store.load(kept), plantedContent(kept, 1));
  });

  it("forgets two users at once, from two connections", async () => {
    const id = await publishNew(3), { generations: other } = await fresh.another();
    const forgotten = await Promise.all([store.forgetUser("u1"), other.forgetUser("ü")]);
    assert.deepEqual(forgotten, [[id], [id]]);
    assert.deepEqual(await store.load(id), [0, 1].reduce(withoutUser, plantedContent(id, 3)));
    assert.equal(new Set(await database.collection("generation_chunks").distinct("write")).size, 1);
  });

  it("says so when a chunk is missing", async () => {
    const id = await publishNew();
    await database.collection("generation_chunks").deleteOne({ "_id.name": "itemFactors" });
    await assert.rejects(store.load(id), OutsideFailure);
  });

  it("tells people in the document what the generation is", async () => {
    const id = await publishNew();
    const { summary } =
      (await database.collection<{ _id: string; summary?: unknown }>("generations").findOne({ _id: id }))!;
    const { offset, userCount, itemCount, metrics, sha256, createdAtMs } = plantedContent(id).generation;
    const createdAt = new Date(createdAtMs);
    assert.deepEqual(summary, { offset, userCount, itemCount, metrics, sha256, createdAt, stride: 8 });
  });
});
