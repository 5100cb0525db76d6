import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openStore, type Store } from "../../src/commands/open_store.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { eraseUser, type ErasureTargets, finishErasures } from "../../src/stream/erase_user.ts";
import { NO_ITEM } from "../../src/ports/recommendation_store.ts";
import { plantedContent } from "../contracts/planted_content.ts";

const USER = "a b/c";

/** A log with the users of the planted content, and two generations of it with lists, states and a feed. */
async function planted(isLearning = false): Promise<Store & ErasureTargets> {
  const store = await openStore("memory:"), { userIds, itemIds } = plantedContent("g000001");
  await store.eventLog.append(userIds.map((userId, k) => ({
    ...{ eventId: `e${k}`, userId, itemId: itemIds[0] },
    ...{ value: 1, timeMs: 0 },
  })));
  for (const generation of ["g000001", "g000002"]) {
    const content = plantedContent(generation), { logId } = store.eventLog;
    await store.generations.publish({ ...content, generation: { ...content.generation, logId, offset: 5 } });
    const header = { generation, userIds, itemIds, appliedOffset: 5, timeMs: 0, popular: [] };
    const itemIndexes = new Uint32Array(5), scores = new Float32Array(5);
    itemIndexes[4] = NO_ITEM;
    await store.recommendations.write(header, [{
      firstUserIndex: 0,
      userCount: 5,
      n: 1,
      itemIndexes,
      scores,
    }]);
    await store.checkpoints.write({ generation, offset: 5, state: Uint8Array.of(1) }, 3);
    await store.updates.publish({ kind: "generationActivated", generation, appliedOffset: 5 });
  }
  return { ...store, isLearning: () => Promise.resolve(isLearning) };
}

async function assertForgotten({ eventLog, recommendations, generations }: Store): Promise<void> {
  assert.ok(!(await eventLog.userIds()).includes(USER));
  for (const generation of ["g000001", "g000002"]) {
    assert.ok(!(await generations.load(generation)).userIds.includes(USER));
    assert.equal(await recommendations.get(generation, USER), undefined);
    assert.ok(await recommendations.get(generation, "u1"));
  }
}

async function statesOf({ checkpoints }: Store) {
  return await Promise.all(["g000001", "g000002"].map((id) => checkpoints.latest(id)));
}

describe("eraseUser", () => {
  it("forgets the user everywhere, and says what that was", async () => {
    const store = await planted();
    assert.deepEqual(await eraseUser(store, USER, 7), {
      offset: 5,
      eventCount: 1,
      documentCount: 2,
      generations: ["g000001", "g000002"],
    });
    await assertForgotten(store);
    assert.deepEqual(await statesOf(store), [undefined, undefined], "nobody learns: states of before go too");
    assert.equal(await eraseUser(store, USER, 8), undefined);
    assert.equal(await eraseUser(store, "nobody", 8), undefined);
    assert.equal(await store.eventLog.end(), 6);
  });

  it("leaves states to a learner that runs", async () => {
    const store = await planted(true);
    await eraseUser(store, USER, 7);
    await assertForgotten(store);
    assert.ok((await statesOf(store)).every((state) => state !== undefined));
  });

  it("forgets somebody whom only a generation from a file knows", async () => {
    const store = await planted(), content = plantedContent("g000003");
    await store.generations.publish({ ...content, userIds: ["x", "y", "only here", "z", "w"] });
    assert.deepEqual(await eraseUser(store, "only here", 7), {
      eventCount: 0,
      documentCount: 0,
      generations: ["g000003"],
    });
    assert.equal(await store.eventLog.end(), 5);
  });
});

/** Each call on the way fails once. */
const STEPS = [
  ["recommendations", "forgetUser"],
  ["generations", "forgetUser"],
  ["checkpoints", "remove"],
  ["updates", "trim"],
] as const;

describe("an erasure that ended half-way", () => {
  for (const [port, method] of STEPS) {
    const broken = async () => {
      const store = await planted(), failing = store[port] as unknown as Record<string, unknown>;
      const whole = (failing[method] as (userId: string) => Promise<unknown>).bind(failing);
      // Documents are forgotten twice: before the log's record, and after.
      let calls = port === "recommendations" ? 0 : 1;
      failing[method] = (userId: string) =>
        calls++ === 0 ? whole(userId) : Promise.reject(new OutsideFailure("the process ended"));
      await assert.rejects(eraseUser(store, USER, 7), OutsideFailure);
      failing[method] = whole;
      return store;
    };

    it(`before ${port}.${method} is finished at the next start`, async () => {
      const store = await broken();
      await finishErasures(store);
      await assertForgotten(store);
      assert.deepEqual(await statesOf(store), [undefined, undefined]);
      assert.equal(await finishErasures(store), 0, "nothing is left to do");
    });

    it(`before ${port}.${method} is finished when it is asked for again`, async () => {
      const store = await broken();
      await eraseUser(store, USER, 8);
      await finishErasures(store);
      await assertForgotten(store);
    });
  }

  it("before the log's record leaves the user as they were, but for documents", async () => {
    const store = await planted(), { eraseUser: whole } = store.eventLog;
    store.eventLog.eraseUser = () => Promise.reject(new OutsideFailure("the disk is full"));
    await assert.rejects(eraseUser(store, USER, 7), OutsideFailure);
    store.eventLog.eraseUser = whole;
    assert.ok((await store.generations.load("g000001")).userIds.includes(USER));
    assert.equal((await store.eventLog.eventsOfUser(USER, { limit: 9 })).length, 1);
    assert.equal(await store.recommendations.get("g000001", USER), undefined);
  });

  it("also takes out who was erased while a generation was trained", async () => {
    const store = await planted();
    await eraseUser(store, USER, 7);
    const content = plantedContent("g000003"), { logId } = store.eventLog;
    await store.generations.publish({ ...content, generation: { ...content.generation, logId, offset: 5 } });
    assert.equal(await finishErasures(store), 1);
    const { userIds, generation } = await store.generations.load("g000003");
    assert.ok(!userIds.includes(USER) && generation.verifiable === false);
  });

  it("does nothing to generations that began after it, nor of another log", async () => {
    const store = await planted();
    await eraseUser(store, USER, 7);
    const content = plantedContent("g000003"), { logId } = store.eventLog;
    await store.generations.publish({ ...content, generation: { ...content.generation, logId, offset: 6 } });
    await store.generations.publish(plantedContent("g000004"));
    assert.equal(await finishErasures(store), 0);
    assert.equal((await store.generations.list()).filter(({ verifiable }) => verifiable === false).length, 2);
    assert.equal(await finishErasures(await planted()), 0);
  });
});
