/** What src/ports/checkpoint_store.ts says, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Checkpoint, CheckpointPart, CheckpointStore } from "../../src/ports/checkpoint_store.ts";
import type { Opened } from "./generation_store.ts";

function checkpoint(generation: string, offset: number, part: CheckpointPart = "rows"): Checkpoint {
  return { generation, part, offset, state: Uint8Array.of(offset % 256, part.length, 2, 255) };
}

export function describeCheckpointStore(
  name: string,
  open: () => Opened<CheckpointStore> | Promise<Opened<CheckpointStore>>,
): void {
  describe(`checkpoint store: ${name}`, () => {
    let opened: Opened<CheckpointStore>;
    let store: CheckpointStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.port;
    });
    afterEach(() => opened.close());

    it("has none at first", async () => {
      assert.equal(await store.latest("g000001"), undefined);
      await store.remove("g000001");
    });

    it("gives the one with the greatest offset, of that generation", async () => {
      await store.write(checkpoint("g000001", 20), 5);
      await store.write(checkpoint("g000001", 300), 5);
      await store.write(checkpoint("g000001", 100), 5);
      await store.write(checkpoint("g000002", 900), 5);
      assert.deepEqual(await store.latest("g000001"), checkpoint("g000001", 300));
      assert.deepEqual(await store.latest("g000002"), checkpoint("g000002", 900));
    });

    it("keeps a large and an empty state exactly", async () => {
      const state = Uint8Array.from({ length: 300_001 }, (_, i) => i * 7);
      await store.write({ generation: "g000001", offset: 1, state }, 1);
      assert.deepEqual((await store.latest("g000001"))!.state, state);
      await store.write({ generation: "g000001", offset: 2, state: new Uint8Array() }, 1);
      assert.deepEqual(await store.latest("g000001"), {
        generation: "g000001",
        part: "rows",
        offset: 2,
        state: new Uint8Array(),
      });
    });

    it("keeps its own copy", async () => {
      const mine = checkpoint("g000001", 5);
      await store.write(mine, 2);
      mine.state.fill(0);
      (await store.latest("g000001"))!.state.fill(9);
      assert.deepEqual(await store.latest("g000001"), checkpoint("g000001", 5));
    });

    it("replaces one of the same offset", async () => {
      await store.write(checkpoint("g000001", 5), 2);
      await store.write({ ...checkpoint("g000001", 5), state: Uint8Array.of(77) }, 2);
      assert.deepEqual((await store.latest("g000001"))!.state, Uint8Array.of(77));
    });

    it("keeps the newest of each part", async () => {
      const of = (offset: number) => checkpoint("g000001", offset, "histories");
      for (const offset of [10, 20, 30]) await store.write(checkpoint("g000001", offset), 2);
      await store.write(of(15), 2);
      await store.write(of(20), 2);
      assert.deepEqual(await store.latest("g000001"), checkpoint("g000001", 30));
      assert.deepEqual(await store.latest("g000001", "histories"), of(20));
      assert.equal(await store.latest("g000002", "histories"), undefined);
    });

    it("keeps nothing older, of either part, beside one that is to be the only one", async () => {
      const of = (offset: number) => checkpoint("g000001", offset, "histories");
      for (const one of [checkpoint("g000001", 10), of(20), checkpoint("g000002", 1), of(40)]) {
        await store.write(one, 2);
      }
      await store.write(checkpoint("g000001", 30), 1);
      assert.deepEqual(await store.latest("g000001"), checkpoint("g000001", 30));
      assert.deepEqual(await store.latest("g000001", "histories"), of(40), "it is newer");
      await store.write(checkpoint("g000001", 50), 1);
      assert.equal(await store.latest("g000001", "histories"), undefined);
      assert.deepEqual(await store.latest("g000002"), checkpoint("g000002", 1));
    });

    it("removes those of one generation", async () => {
      await store.write(checkpoint("g000001", 6, "histories"), 2);
      await store.write(checkpoint("g000001", 5), 2);
      await store.write(checkpoint("g000002", 6), 2);
      await store.remove("g000001");
      assert.equal(await store.latest("g000001"), undefined);
      assert.equal(await store.latest("g000001", "histories"), undefined);
      assert.deepEqual(await store.latest("g000002"), checkpoint("g000002", 6));
    });
  });
}
