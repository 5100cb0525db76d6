import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Feedback } from "../../src/domain/factor_model.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { NO_ITEM } from "../../src/ports/recommendation_store.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { DocumentRefresher } from "../../src/stream/document_refresher.ts";
import type { Learner } from "../../src/stream/learner.ts";
import { LogIds } from "../../src/stream/log_ids.ts";
import { rowBatch } from "../../src/stream/row_batches.ts";
import { VirtualClock } from "../simulation/virtual_clock.ts";
import { kernelModule, plantedLog } from "./planted_log.ts";
import { learnerOf, part } from "./planted_stream.ts";

const N = 7;

/** A learner beside a store whose generation has lists of N items; `teach` learns the stream up to an offset. */
async function planted(feedback: Feedback = "explicit", hasLists = true, usersPerSecond = 1000) {
  const { store, stream, content, append } = await plantedLog(feedback), { recommendations } = store;
  const clock = new VirtualClock(), learner = learnerOf(stream), ids = new LogIds(store.eventLog, content);
  const { userIds, itemIds } = content,
    popular = itemIds.slice(0, N).map((itemId, k) => ({ itemId, score: 1, rank: k + 1 }));
  if (hasLists) {
    const header = { generation: "g000001", userIds, itemIds, appliedOffset: 600, timeMs: 0, popular };
    const itemIndexes = new Uint32Array(userIds.length * N).fill(NO_ITEM),
      scores = new Float32Array(itemIndexes.length);
    userIds.forEach((_, user) => itemIndexes[user * N] = user % itemIds.length);
    await recommendations.write(header, [{
      firstUserIndex: 0,
      userCount: userIds.length,
      n: N,
      itemIndexes,
      scores,
    }]);
  }
  const options = { recommendations, clock, kernelModule, restMs: 2000, usersPerSecond };
  const documents = await DocumentRefresher.of(options, content, learner.live, ids);
  /** By user, the offset at which the row had moved last. */
  const moved = new Map<number, number>();
  const tell = (fromOffset: number) => {
    const changes = learner.takeChanges(), { appliedOffset } = learner;
    for (const { side, indexes } of changes) {
      if (side === "user") indexes.forEach((user) => moved.set(user, appliedOffset));
    }
    documents?.changed(rowBatch({ generation: "g000001", fromOffset, appliedOffset, atMs: 0 }, changes));
  };
  const teach = async (untilOffset: number) => {
    await append(untilOffset);
    const fromOffset = learner.appliedOffset;
    learner.apply(part(stream.log, fromOffset, untilOffset));
    tell(fromOffset);
  };
  const get = (userId: string) => recommendations.get("g000001", userId);
  return { store, stream, content, clock, learner, documents: documents!, teach, tell, moved, get };
}

type Planted = Awaited<ReturnType<typeof planted>>;

/** Who serves this learner's rows, and the whole log's events. */
async function serving({ store: { eventLog }, content, learner }: Planted): Promise<Recommender> {
  const recommender = new Recommender(kernelModule, content), { model } = { model: learner.model() };
  const [userIds, itemIds] = [await eventLog.userIds(), await eventLog.itemIds()];
  recommender.addIds("user", userIds.slice(content.userIds.length));
  recommender.addIds("item", itemIds.slice(content.itemIds.length));
  for (const [side, rows] of [["user", model.userFactors], ["item", model.itemFactors]] as const) {
    const indexes = Uint32Array.from({ length: rows.length / model.stride }, (_, index) => index);
    const header = { kind: "rowsChanged", generation: "g000001", appliedOffset: 0 } as const;
    recommender.applyRows({ ...header, side, indexes, rows });
  }
  for await (const { count, users, items } of eventLog.read()) {
    for (let i = 0; i < count; i++) recommender.addSeen(userIds[users[i]], itemIds[items[i]]);
  }
  return recommender;
}

async function refreshAll({ clock, documents, learner }: Planted): Promise<void> {
  for (let turn = 0; documents.figures.waiting > 0; turn++) {
    assert.ok(turn < 500, "it comes to an end");
    await clock.advance(100);
    if (documents.isDue) await documents.refresh(() => learner.appliedOffset);
  }
}

for (const feedback of ["explicit", "implicit"] as const) {
  describe(`DocumentRefresher, ${feedback}`, () => {
    it("gives whose row moved the list that serving gives, and says what it knows", async () => {
      const all = await planted(feedback);
      for (const untilOffset of [640, 700, 760]) {
        await all.teach(untilOffset);
        await refreshAll(all);
      }
      const recommender = await serving(all);
      let checked = 0;
      for (const [user, offset] of all.moved) {
        const list = (await all.get(`u${user}`))!;
        assert.equal(list.appliedOffset, offset);
        if (offset < 760) continue; // other rows than the user's have moved since
        assert.deepEqual(list.items, recommender.recommend(`u${user}`, { n: N }).items);
        checked++;
      }
      assert.ok(checked > 5, `${checked}`);
    });
  });
}

describe("DocumentRefresher", () => {
  it("lets others alone", async () => {
    const all = await planted();
    await all.teach(610);
    await refreshAll(all);
    assert.ok(all.moved.size > 1);
    for (const user of [0, 1, 2, 3, 4, 5, 6, 7].filter((user) => !all.moved.has(user))) {
      assert.equal((await all.get(`u${user}`))!.appliedOffset, 600);
    }
    assert.equal(all.documents.figures.refreshed, all.moved.size);
  });

  it("waits for further events of the user, but not longer than told", async () => {
    const all = await planted(), { documents, clock } = all;
    await all.teach(620);
    await clock.advance(1500);
    await all.teach(640);
    assert.equal(documents.isDue, false);
    assert.equal(documents.figures.lagMs, 1500);
    await clock.advance(500);
    assert.equal(documents.isDue, true, "two seconds after the first");
    await refreshAll(all);
    assert.equal(documents.figures.refreshed, all.moved.size, "once each");
    assert.deepEqual(documents.figures, { waiting: 0, lagMs: 0, refreshed: documents.figures.refreshed });
  });

  it("makes no more lists a second than told, whoever has waited longest first", async () => {
    const all = await planted("explicit", true, 2), { documents, clock } = all;
    await all.teach(610);
    const first = [...all.moved.keys()];
    await all.teach(750);
    await clock.advance(2000);
    const { waiting } = documents.figures;
    assert.ok(waiting > 10);
    for (let turn = 0; turn < 10; turn++) {
      if (documents.isDue) await documents.refresh(() => 750);
      await clock.advance(100);
    }
    assert.ok(
      documents.figures.refreshed >= 2 && documents.figures.refreshed <= 4,
      "2 saved up, 2 in a second",
    );
    assert.equal(documents.figures.waiting + documents.figures.refreshed, waiting);
    assert.equal((await all.get(`u${first[0]}`))!.appliedOffset, 750);
  });

  it("tries again what could not be written", async () => {
    const all = await planted(), { recommendations } = all.store, { refresh } = recommendations;
    await all.teach(610);
    await all.clock.advance(2000);
    const before = all.documents.figures.waiting;
    recommendations.refresh = () => Promise.reject(new OutsideFailure("the disk is full"));
    assert.ok(all.documents.isDue);
    await assert.rejects(all.documents.refresh(() => 610), OutsideFailure);
    assert.deepEqual([all.documents.figures.waiting, all.documents.figures.refreshed], [before, 0]);
    recommendations.refresh = refresh;
    await refreshAll(all);
    assert.equal(all.documents.figures.refreshed, before);
  });

  it("begins with those whose list a learner before did not come to, and only those", async () => {
    const all = await planted(), { recommendations, eventLog } = all.store;
    await all.teach(640);
    await refreshAll(all);
    const done = all.documents.figures.refreshed;
    const options = { recommendations, clock: all.clock, kernelModule, usersPerSecond: 1000 };
    const next = (await DocumentRefresher.of(
      options,
      all.content,
      all.learner.live,
      new LogIds(eventLog, all.content),
    ))!;
    await all.teach(660);
    await next.doubt(eventLog, 660);
    const touched = new Set(all.stream.log.users.slice(600, 660)),
      late = new Set(all.stream.log.users.slice(640, 660));
    assert.equal(next.figures.waiting, touched.size);
    await refreshAll({ ...all, documents: next });
    // Whose events moved no row may have a list that does not say that it knows them: it is made anew.
    assert.ok(next.figures.refreshed >= late.size && next.figures.refreshed < touched.size);
    for (const user of late) assert.equal((await all.get(`u${user}`))!.appliedOffset, 660);
    assert.ok(done > 0);
  });

  it("makes none for an erased user, and none where none are stored", async () => {
    const all = await planted();
    await all.teach(640);
    const user = all.stream.log.users[620], userId = `u${user}`;
    await all.store.eventLog.eraseUser(userId, 0);
    await all.store.recommendations.forgetUser(userId);
    all.documents.forget((await all.store.eventLog.userIds()).indexOf(""));
    await refreshAll(all);
    assert.equal(await all.get(userId), undefined);
    assert.equal((await planted("explicit", false)).documents, undefined);
  });

  it("takes the list of somebody of whom nothing is left", async () => {
    const all = await planted(), learner = all.learner as Learner;
    await all.teach(601);
    const user = all.stream.log.users[600];
    learner.forgetUser(601, user);
    all.tell(601);
    await refreshAll(all);
    assert.equal(await all.get(`u${user}`), undefined);
  });
});
