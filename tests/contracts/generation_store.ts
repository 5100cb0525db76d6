/** What src/ports/generation_store.ts says, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import { withoutUser } from "../../src/domain/forget_user.ts";
import type { GenerationStore } from "../../src/ports/generation_store.ts";
import { plantedContent } from "./planted_content.ts";

/** A store and what ends it. */
export interface Opened<Port> {
  readonly port: Port;
  close(): void | Promise<void>;
}

export function describeGenerationStore(
  name: string,
  open: () => Opened<GenerationStore> | Promise<Opened<GenerationStore>>,
): void {
  describe(`generation store: ${name}`, () => {
    let opened: Opened<GenerationStore>;
    let store: GenerationStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.port;
    });
    afterEach(() => opened.close());

    async function publishNew(salt = 0): Promise<string> {
      const id = await store.reserve();
      await store.publish(plantedContent(id, salt));
      return id;
    }

    async function listed(): Promise<string[]> {
      return (await store.list()).map(({ generation }) => generation);
    }

    it("begins empty", async () => {
      assert.deepEqual(await store.list(), []);
      assert.equal(await store.active(), undefined);
      assert.deepEqual(await store.collect(2), []);
    });

    it("reserves ids in order and none twice", async () => {
      assert.deepEqual([await store.reserve(), await store.reserve()], ["g000001", "g000002"]);
      const many = await Promise.all(Array.from({ length: 10 }, () => store.reserve()));
      assert.equal(new Set(many).size, 10);
      assert.deepEqual([...many].sort(), many);
    });

    it("reserves no id that was published without being reserved", async () => {
      await store.publish(plantedContent("g000002"));
      assert.deepEqual([await store.reserve(), await store.reserve()].includes("g000002"), false);
    });

    it("gives back what was published, to the bit", async () => {
      const id = await store.reserve();
      await store.publish(plantedContent(id, 0.3));
      assert.deepEqual(await store.load(id), plantedContent(id, 0.3));
      assert.deepEqual(await store.list(), [plantedContent(id, 0.3).generation]);
    });

    it("keeps its own copy", async () => {
      const id = await store.reserve(), content = plantedContent(id);
      await store.publish(content);
      content.model.userFactors.fill(0);
      (await store.load(id)).model.itemFactors.fill(0);
      assert.deepEqual(await store.load(id), plantedContent(id));
    });

    it("shows nothing of a generation that is only reserved", async () => {
      const id = await store.reserve();
      assert.deepEqual(await store.list(), []);
      await assert.rejects(store.load(id), BadInput);
      await assert.rejects(store.activate(id, 0, 0), BadInput);
    });

    it("lists oldest first, also past a million", async () => {
      for (const id of ["g1000000", "g000002", "g999999"]) await store.publish(plantedContent(id));
      assert.deepEqual(await listed(), ["g000002", "g999999", "g1000000"]);
    });

    it("overwrites nothing", async () => {
      const id = await publishNew();
      await assert.rejects(store.publish(plantedContent(id, 9)), (error: Error) => {
        return error instanceof BadInput && error.message.includes(id);
      });
      assert.deepEqual(await store.load(id), plantedContent(id));
    });

    it("refuses factors that do not have the SHA-256 of the generation", async () => {
      const id = await store.reserve(), content = plantedContent(id);
      content.model.itemFactors[3] += 1;
      await store.publish(content);
      await assert.rejects(store.load(id), (error: Error) => {
        return error instanceof OutsideFailure && error.message.includes(content.generation.sha256);
      });
    });

    it("swaps the pointer, with a sequence that grows", async () => {
      const first = await publishNew(), second = await publishNew();
      assert.deepEqual(await store.activate(first, 12, 100), {
        generation: first,
        appliedOffset: 12,
        sequence: 1,
        activatedAtMs: 100,
      });
      const pointer = { generation: second, appliedOffset: 15, sequence: 2, activatedAtMs: 200.5 };
      assert.deepEqual(await store.activate(second, 15, 200.5), pointer);
      assert.deepEqual(await store.active(), pointer);
      assert.equal((await store.activate(first, 12, 300)).sequence, 3);
    });

    it("changes nothing when the active one is activated", async () => {
      const id = await publishNew();
      const pointer = await store.activate(id, 12, 100);
      assert.deepEqual(await store.activate(id, 99, 999), pointer);
      assert.deepEqual(await store.active(), pointer);
    });

    it("names the known ids when an unknown one is asked for", async () => {
      await assert.rejects(store.activate("g000009", 0, 0), /"g000009".*none is published/);
      const known = [await publishNew(), await publishNew()];
      const isClear = (error: Error) => {
        return error instanceof BadInput && error.message.includes('"g000009"') &&
          known.every((id) => error.message.includes(id));
      };
      await assert.rejects(store.activate("g000009", 0, 0), isClear);
      await assert.rejects(store.load("g000009"), isClear);
      assert.equal(await store.active(), undefined);
    });

    it("collects all but the active one and the newest others", async () => {
      const ids: string[] = [];
      for (let i = 0; i < 6; i++) ids.push(await publishNew(i));
      await store.activate(ids[1], 12, 100);
      assert.deepEqual(await store.collect(2), [ids[0], ids[2], ids[3]]);
      assert.deepEqual(await listed(), [ids[1], ids[4], ids[5]]);
      assert.deepEqual(await store.load(ids[1]), plantedContent(ids[1], 1));
      await assert.rejects(store.load(ids[0]), BadInput);
      assert.deepEqual(await store.collect(2), []);
      assert.deepEqual(await store.collect(0), [ids[4], ids[5]]);
      assert.deepEqual(await listed(), [ids[1]]);
    });

    it("gives a collected id to nobody else", async () => {
      const ids = [await publishNew(), await publishNew()];
      await store.collect(0);
      assert.ok(!ids.includes(await store.reserve()));
    });

    it("forgets a user in every generation that has them, and says that those cannot be verified any more", async () => {
      const first = await publishNew(), other = await store.reserve(), second = await publishNew(5);
      await store.publish({ ...plantedContent(other, 2), userIds: ["a", "b", "c", "d", "e"] });
      await store.activate(second, 12, 100);
      assert.deepEqual(await store.forgetUser("a b/c"), [first, second]);
      for (const [id, salt] of [[first, 0], [second, 5]] as const) {
        assert.deepEqual(await store.load(id), withoutUser(plantedContent(id, salt), 3));
      }
      assert.deepEqual((await store.list()).map(({ verifiable }) => verifiable), [false, undefined, false]);
      assert.equal((await store.active())!.generation, second);
      assert.equal((await store.load(other)).generation.verifiable, undefined);
    });

    it("forgets one after the other, and nobody who is not there", async () => {
      const id = await publishNew();
      assert.deepEqual(await store.forgetUser("nobody"), []);
      assert.equal((await store.load(id)).generation.verifiable, undefined);
      for (const userId of ["u1", "ü", "\0"]) assert.deepEqual(await store.forgetUser(userId), [id]);
      assert.deepEqual(await store.forgetUser("u1"), []);
      assert.deepEqual(await store.forgetUser(""), []);
      const expected = [0, 1, 4].reduce(withoutUser, plantedContent(id));
      assert.deepEqual(await store.load(id), expected);
    });

    it("leaves alone what was reserved a moment ago", async () => {
      const id = await store.reserve();
      assert.deepEqual(await store.collect(0), []);
      await store.publish(plantedContent(id));
      assert.deepEqual(await listed(), [id]);
    });
  });
}
