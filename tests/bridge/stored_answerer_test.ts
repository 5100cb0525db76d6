import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { StoredAnswerer } from "../../src/bridge/stored_answerer.ts";
import type { StoredList } from "../../src/ports/recommendation_store.ts";
import { VirtualClock } from "../simulation/virtual_clock.ts";

const items = (...ids: string[]) => ids.map((itemId, at) => ({ itemId, score: 9 - at, rank: at + 1 }));

function setUp() {
  const asked: { pointers: number; lists: string[][]; popular: number } = {
    pointers: 0,
    lists: [],
    popular: 0,
  };
  const world = { active: "g000001" as string | undefined, asked };
  const clock = new VirtualClock();
  const answerer = new StoredAnswerer({
    clock,
    generations: {
      active: () => {
        asked.pointers++;
        const { active: generation } = world;
        return Promise.resolve(
          generation === undefined
            ? undefined
            : { generation, appliedOffset: 30, sequence: 1, activatedAtMs: 0 },
        );
      },
    },
    recommendations: {
      getMany: (generation, userIds) => {
        asked.lists.push([...userIds]);
        const found = new Map<string, StoredList>();
        for (const userId of userIds.filter((id) => id.startsWith("u"))) {
          found.set(userId, { userId, generation, appliedOffset: 33, items: items("a", "b", "c") });
        }
        return Promise.resolve(found);
      },
      popular: (generation) => {
        asked.popular++;
        return Promise.resolve(items(`of ${generation}`, "p"));
      },
    },
  });
  return { world, clock, answerer };
}

describe("answers from stored documents", () => {
  it("take one query for a batch, keep its order, and give the popular list to whom nobody knows", async () => {
    const { world, answerer } = setUp();
    const wishes = [["u2", 2], ["stranger", 1], ["u1", 9], ["u2", 1]] as const;
    const lists = await answerer.answer(wishes.map(([userId, limit]) => ({ userId, limit })));
    assert.deepEqual(lists, [
      { userId: "u2", generation: "g000001", appliedOffset: 33, basis: "stored", items: items("a", "b") },
      {
        userId: "stranger",
        generation: "g000001",
        appliedOffset: 30,
        basis: "popular",
        items: items("of g000001"),
      },
      {
        userId: "u1",
        generation: "g000001",
        appliedOffset: 33,
        basis: "stored",
        items: items("a", "b", "c"),
      },
      { userId: "u2", generation: "g000001", appliedOffset: 33, basis: "stored", items: items("a") },
    ]);
    assert.deepEqual(world.asked, { pointers: 1, lists: [["u2", "stranger", "u1"]], popular: 1 });
  });

  it("follow the pointer, and do not look at it for every batch", async () => {
    const { world, clock, answerer } = setUp();
    const generationOf = async () => (await answerer.answer([{ userId: "x", limit: 1 }]))?.[0].generation;
    for (let i = 0; i < 5; i++) assert.equal(await generationOf(), "g000001");
    assert.equal(world.asked.pointers, 1);
    world.active = "g000002";
    await clock.advance(1000);
    assert.equal(await generationOf(), "g000002");
    assert.equal(world.asked.popular, 2);
    await clock.advance(1000);
    assert.equal(await generationOf(), "g000002");
    assert.equal(world.asked.popular, 2);
  });

  it("are none before a generation is active; freshness is not theirs to promise", async () => {
    const { world, answerer } = setUp();
    world.active = undefined;
    assert.equal(await answerer.answer([{ userId: "u", limit: 1 }]), undefined);
    world.active = "g000001";
    assert.equal((await answerer.answer([{ userId: "u", limit: 1 }]))?.length, 1);
    assert.equal(await answerer.waitFor(), false);
  });
});
