import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import type { NewEvent } from "../../src/domain/event.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { type Forgotten, LogFollower } from "../../src/serve/log_follower.ts";
import { plantedGeneration } from "./planted_generation.ts";
import { ITEM_IDS, kernelModule, USER_IDS } from "./planted_server.ts";

const content = await plantedGeneration({ userIds: USER_IDS, itemIds: ITEM_IDS, seenCount: 0 });

function event(eventId: string, userId: string, itemId: string): NewEvent {
  return { eventId, userId, itemId, value: 1, timeMs: 0 };
}

function unseen(recommender: Recommender, userId: string): string[] {
  return recommender.recommend(userId, { n: 100 }).items.map((item) => item.itemId).sort();
}

const without = (...seen: string[]) => ITEM_IDS.filter((itemId) => !seen.includes(itemId)).sort();

describe("LogFollower", () => {
  it("applies what the log holds, past control records, and only what is new", async () => {
    const log = new MemoryEventLog(), recommender = new Recommender(kernelModule, content);
    const follower = new LogFollower(log);
    await log.append([event("a", "42", "1193"), event("b", "7", "661")]);
    await log.appendControl({ kind: "generationActivated", generation: "g000001" }, 0);
    await follower.apply(recommender);
    assert.equal(recommender.appliedOffset, 3);
    assert.equal(follower.end, 3);
    await log.append([
      event("c", "42", "🍕"),
      event("d", "new user", "new item"),
      event("e", "42", "new item"),
    ]);
    await follower.apply(recommender);
    assert.equal(recommender.appliedOffset, 6);
    assert.deepEqual(unseen(recommender, "42"), without("1193", "🍕"));
    assert.deepEqual(unseen(recommender, "7"), without("661"));
    assert.deepEqual(unseen(recommender, "1"), without());
  });

  it("asks its own log only for the ids that the generation does not name", async () => {
    const log = new MemoryEventLog(), offset = USER_IDS.length * ITEM_IDS.length;
    await log.append(
      USER_IDS.flatMap((userId) => ITEM_IDS.map((itemId) => event(`${userId} ${itemId}`, userId, itemId))),
    );
    const generation = { ...content.generation, logId: log.logId, offset };
    const recommender = new Recommender(kernelModule, { ...content, generation });
    const asked: [string, number | undefined][] = [],
      userIds = log.userIds.bind(log),
      itemIds = log.itemIds.bind(log);
    log.userIds = (fromCode) => (asked.push(["users", fromCode]), userIds(fromCode));
    log.itemIds = (fromCode) => (asked.push(["items", fromCode]), itemIds(fromCode));
    const follower = new LogFollower(log);
    await log.append([event("a", USER_IDS[1], ITEM_IDS[0]), event("b", "new user", "new item")]);
    await follower.apply(recommender);
    assert.deepEqual(asked, [["users", USER_IDS.length], ["items", ITEM_IDS.length]]);
    assert.deepEqual(unseen(recommender, USER_IDS[1]), without(ITEM_IDS[0]));
    assert.deepEqual(await follower.ids("user", 1), [...USER_IDS, "new user"]);
  });

  it("takes its own events at once, unless a record of somebody else lies before them", async () => {
    const log = new MemoryEventLog(), recommender = new Recommender(kernelModule, content);
    const follower = new LogFollower(log);
    await log.append([
      event("a", "42", "1193"),
      event("b", "42", "661"),
      event("x", "42", "914"),
      event("c", "42", "🍕"),
    ]);
    assert.equal(
      follower.take(
        [{ userId: "42", itemId: "1193", offset: 0 }, { userId: "42", itemId: "661", offset: 1 }],
        recommender,
      ),
      true,
    );
    assert.equal(recommender.appliedOffset, 2);
    assert.deepEqual(unseen(recommender, "42"), without("1193", "661"));
    assert.equal(follower.take([{ userId: "42", itemId: "🍕", offset: 3 }], recommender), false);
    assert.equal(recommender.appliedOffset, 2);
    assert.equal(follower.end, 4);
    await follower.apply(recommender);
    assert.deepEqual(unseen(recommender, "42"), without("1193", "661", "914", "🍕"));
  });

  it("says where the log ends when there is no model yet", async () => {
    const log = new MemoryEventLog(), follower = new LogFollower(log);
    await log.append([event("a", "42", "1193")]);
    await follower.apply(undefined);
    assert.equal(follower.end, 1);
  });

  it("takes back deleted events, unless another one says the same", async () => {
    const log = new MemoryEventLog(), recommender = new Recommender(kernelModule, content);
    const forgotten: Forgotten[] = [], follower = new LogFollower(log, (what) => void forgotten.push(what));
    await log.append([event("a", "42", "1193"), event("b", "42", "661"), event("c", "42", "661")]);
    await follower.apply(recommender);
    await log.deleteEvent("42", "a", 0);
    await log.deleteEvent("42", "b", 0);
    await log.append([event("d", "42", "🍕")]);
    await follower.apply(recommender);
    assert.equal(recommender.appliedOffset, 6);
    assert.deepEqual(unseen(recommender, "42"), without("661", "🍕"));
    await log.deleteEvent("42", "c", 0);
    await follower.apply(recommender);
    assert.deepEqual(unseen(recommender, "42"), without("🍕"));
    assert.deepEqual(forgotten, [{ eventAt: 0 }, { eventAt: 1 }, { eventAt: 2 }]);
    const late = new Recommender(kernelModule, content);
    await new LogFollower(log).apply(late);
    assert.deepEqual(unseen(late, "42"), without("🍕"), "who reads it all at once");
  });

  it("drops an erased user, whose id somebody new may have", async () => {
    const log = new MemoryEventLog(), recommender = new Recommender(kernelModule, content);
    const forgotten: Forgotten[] = [], follower = new LogFollower(log, (what) => void forgotten.push(what));
    await log.append([event("a", "42", "1193"), event("b", "stranger", "661")]);
    await follower.apply(recommender);
    assert.ok(recommender.knowsUser("42"));
    await log.eraseUser("42", 0);
    await log.eraseUser("stranger", 0);
    await follower.apply(recommender);
    assert.equal(recommender.knowsUser("42"), false);
    assert.deepEqual(recommender.recommend("42", { n: 3 }).basis, "popular");
    assert.deepEqual(unseen(recommender, "42"), without());
    assert.deepEqual(unseen(recommender, "stranger"), without());
    await log.append([event("c", "42", "🍕")]);
    await follower.apply(recommender);
    assert.deepEqual(unseen(recommender, "42"), without("🍕"));
    assert.deepEqual(forgotten, [{ userBefore: 2 }, { userBefore: 3 }]);
    assert.equal(recommender.appliedOffset, 5);
  });

  it("drops an erased user of a generation that was loaded before, without having read the user's events", async () => {
    const log = new MemoryEventLog();
    const ours = { ...content, generation: { ...content.generation, logId: log.logId, offset: 2 } };
    const recommender = new Recommender(kernelModule, ours), next = new Recommender(kernelModule, ours);
    await log.append([event("a", "42", "1193"), event("b", "7", "661")]);
    await log.eraseUser("42", 0);
    const follower = new LogFollower(log);
    for (const one of [recommender, next]) {
      await follower.apply(one);
      assert.deepEqual(["42", "7"].map((userId) => one.knowsUser(userId)), [false, true]);
    }
  });

  it("drops an erased user whose events it took without reading them", async () => {
    for (const isAsked of [true, false]) {
      const log = new MemoryEventLog(), recommender = new Recommender(kernelModule, content);
      const follower = new LogFollower(log);
      await log.append([event("a", "stranger", "1193"), event("b", "7", "661")]);
      const taken = [["stranger", "1193"], ["7", "661"]].map(([userId, itemId], offset) => ({
        userId,
        itemId,
        offset,
      }));
      assert.ok(follower.take(taken, recommender));
      if (isAsked) await follower.apply(recommender);
      await log.eraseUser("stranger", 0);
      await follower.apply(recommender);
      assert.deepEqual(unseen(recommender, "stranger"), without());
      assert.deepEqual(unseen(recommender, "7"), without("661"));
    }
  });
});
