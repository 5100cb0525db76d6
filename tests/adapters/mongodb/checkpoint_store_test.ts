/** What torn chunks and several writers show; the contract is in contracts_test.ts. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Binary, type Db } from "mongodb";
import type { CheckpointStore } from "../../../src/ports/checkpoint_store.ts";
import { type FreshStore, openFresh, skip } from "./fresh_store.ts";

const checkpoint = (offset: number) => ({
  generation: "g000001",
  part: "rows" as const,
  offset,
  state: Uint8Array.of(offset, 1, 2),
});

describe("MongoCheckpointStore", { skip }, () => {
  let fresh: FreshStore, store: CheckpointStore, database: Db;
  beforeEach(async () => {
    if (skip !== false) return;
    fresh = await openFresh();
    store = fresh.store.checkpoints;
    database = fresh.client().db();
  });
  afterEach(() => fresh?.close());

  const chunks = () => database.collection("checkpoint_chunks");

  it("keeps the newest, and no chunk of the others", async () => {
    for (const offset of [10, 40, 20, 30]) await store.write(checkpoint(offset), 2);
    const left = (await chunks().find().toArray()).map(({ bytes }) => bytes.buffer[0]);
    assert.deepEqual(left.sort(), [30, 40]);
    await store.remove("g000001");
    assert.equal(await chunks().countDocuments(), 0);
  });

  it("passes over torn ones", async () => {
    for (const offset of [10, 20, 30]) await store.write(checkpoint(offset), 3);
    const tear = (offset: number, bytes: Uint8Array) =>
      chunks().updateMany({ bytes: new Binary(checkpoint(offset).state) }, {
        $set: { bytes: new Binary(bytes) },
      });
    await tear(30, Uint8Array.of(30, 1));
    assert.deepEqual(await store.latest("g000001"), checkpoint(20));
    await tear(20, Uint8Array.of(20, 1, 3));
    assert.deepEqual(await store.latest("g000001"), checkpoint(10));
    await chunks().deleteMany({});
    assert.equal(await store.latest("g000001"), undefined);
  });

  it("keeps a state of more than 16 MiB", async () => {
    const state = Uint8Array.from({ length: 20 * 2 ** 20 + 1 }, (_, i) => i * 7);
    await store.write({ generation: "g000001", offset: 1, state }, 1);
    assert.equal(await chunks().countDocuments(), 3);
    const read = (await (await fresh.another()).checkpoints.latest("g000001"))!.state;
    assert.equal(Buffer.compare(read, state), 0);
  });

  it("gives a whole one while others are written", async () => {
    const { checkpoints: writer } = await fresh.another();
    await writer.write(checkpoint(1), 1);
    let isWriting = true;
    const writing = (async () => {
      for (let offset = 2; offset < 15; offset++) await writer.write(checkpoint(offset), 1);
      isWriting = false;
    })();
    for (let last = 0; isWriting;) {
      const { offset, state } = (await store.latest("g000001"))!;
      assert.deepEqual(state, checkpoint(offset).state);
      assert.ok(offset >= last);
      last = offset;
    }
    await writing;
  });

  it("loses none of two writers' checkpoints", async () => {
    const { checkpoints: other } = await fresh.another();
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map((generation) =>
        [store, other][generation % 2].write(
          { ...checkpoint(generation), generation: `g00000${generation}` },
          1,
        )
      ),
    );
    for (const generation of [1, 2, 3, 4, 5, 6]) {
      assert.equal((await store.latest(`g00000${generation}`))!.offset, generation);
    }
  });
});
