import { afterEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { type LearnerConnection, learnerHere, storedLearner } from "../../src/commands/learner_connection.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { ServingModel } from "../../src/serve/serving_model.ts";
import { LearnerRun } from "../../src/stream/learner_run.ts";
import {
  contentFor,
  kernelModule,
  listening,
  type PlantedLog,
  plantedLog,
  publish,
} from "../stream/planted_log.ts";

let running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.reverse()) await one.stop();
  running = [];
});

async function serving({ store }: PlantedLog, learner: LearnerConnection, handoverMs = 5000) {
  const metrics = new MemoryMetrics();
  const model = new ServingModel({
    ...store,
    ...{ kernelModule, metrics, clock: systemClock, learner: learner.link, pollMs: 5, handoverMs },
    onNote: () => {},
  });
  learner.listen(model);
  running.push(learner, model);
  await model.start();
  return { model, metrics };
}

/** What a server must answer that knows the whole log: by a learner of its own. */
async function expectedLists({ store, content }: PlantedLog) {
  const run = await LearnerRun.begin(listening(store, systemClock), content, new AbortController().signal);
  const recommender = new Recommender(kernelModule, content);
  const [userIds, itemIds] = await Promise.all([store.eventLog.userIds(), store.eventLog.itemIds()]);
  recommender.addIds("user", userIds.slice(content.userIds.length));
  recommender.addIds("item", itemIds.slice(content.itemIds.length));
  for (const update of run.rows()) if (update.kind === "rowsChanged") recommender.applyRows(update);
  return userIds.map((userId) => recommender.recommend(userId, { n: 20, excludeSeen: false }).items);
}

async function listsOf({ store }: PlantedLog, model: ServingModel) {
  const { recommender } = model.current!, userIds = await store.eventLog.userIds();
  return userIds.map((userId) => recommender.recommend(userId, { n: 20, excludeSeen: false }).items);
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 5000;
  while (!await isSo()) {
    assert.ok(performance.now() < endMs, `not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe("learnerHere", () => {
  it("starts with all that the log holds, and a token waits until its event is learned", async () => {
    const planted = await plantedLog(), { store, append } = planted;
    await append(700);
    const { model, metrics } = await serving(planted, learnerHere(store, kernelModule));
    assert.equal(model.current!.recommender.learnedOffset, 700);
    for (let end = 705; end <= 900; end += 5) {
      await append(end);
      assert.equal(await model.waitFor(end - 1, 5000), true);
      assert.ok(model.current!.recommender.learnedOffset! >= end);
    }
    assert.deepEqual(await listsOf(planted, model), await expectedLists(planted));
    // Of the replay at least every fourth event was measured before it was learned.
    const exposed = await metrics.expose();
    assert.match(exposed, /foz_validation_recall_at_10\{span="window"\} [0-9.]+/);
    assert.match(exposed, /foz_validation_rmse\{span="total"\} [0-9.]+/);
  });

  it("rolls back to what it kept in memory, brought up to now, without those who were erased", async () => {
    const planted = await plantedLog(), { store, append, stream } = planted;
    const { load } = store.generations, loaded: string[] = [];
    const { model } = await serving(planted, learnerHere(store, kernelModule));
    const answers = () => model.current!.recommender.generation.generation;
    await append(640);
    assert.equal(await model.waitFor(639, 5000), true);
    await publish(store, await contentFor(store, stream.content, "g000002"));
    await until("the second answers", () => answers() === "g000002");
    // Its rows may be told while the first one's learner still goes on; that one must not be there to meet the erasure.
    const isHandedOver = async () => await store.checkpoints.latest("g000001") !== undefined;
    await until("the first one's learner has ended", isHandedOver);
    await append(700);
    assert.equal(await model.waitFor(699, 5000), true);
    const { offset } = (await store.eventLog.eraseUser("u3", 0))!;
    assert.equal(await model.waitFor(offset, 5000), true);
    store.generations.load = (
      generation,
    ) => (loaded.push(generation), load.call(store.generations, generation));
    await store.generations.activate("g000001", 600, 0);
    await model.refresh();
    assert.equal(answers(), "g000001");
    assert.ok(model.current!.recommender.appliedOffset > offset);
    assert.equal(model.current!.recommender.knowsUser("u3"), false);
    // The learner's own state of before still knew u3, and was left.
    assert.deepEqual(loaded, ["g000001"]);
    const userIds = (await store.eventLog.userIds()).filter((userId) => userId !== "");
    const lists = userIds.map((userId) =>
      model.current!.recommender.recommend(userId, { n: 20, excludeSeen: false }).items
    );
    const fresh = new Recommender(kernelModule, planted.content),
      rows = await LearnerRun.begin(
        listening(store, systemClock),
        planted.content,
        new AbortController().signal,
      );
    fresh.addIds("user", (await store.eventLog.userIds()).slice(planted.content.userIds.length));
    fresh.addIds("item", (await store.eventLog.itemIds()).slice(planted.content.itemIds.length));
    for (const update of rows.rows()) if (update.kind === "rowsChanged") fresh.applyRows(update);
    assert.deepEqual(
      lists,
      userIds.map((userId) => fresh.recommend(userId, { n: 20, excludeSeen: false }).items),
    );
  });

  it("swaps to a generation that knows what its predecessor knew", async () => {
    const planted = await plantedLog(), { store, append, stream } = planted;
    await append(800);
    const { model } = await serving(planted, learnerHere(store, kernelModule));
    const offsets: number[] = [];
    await publish(store, await contentFor(store, stream.content, "g000002"));
    await until("the second answers", () => {
      const { recommender } = model.current!;
      offsets.push(recommender.appliedOffset);
      return recommender.generation.generation === "g000002";
    });
    assert.ok(offsets.every((offset) => offset === 800), "what is known never goes back");
    assert.deepEqual(await listsOf(planted, model), await expectedLists(planted));
  });
});

describe("storedLearner", () => {
  it("brings a server that starts late to what another process learned, and then along", async () => {
    const planted = await plantedLog(),
      { store, append } = planted,
      learner = learnerHere(store, kernelModule);
    running.push(learner);
    await append(700);
    const first = await serving(planted, storedLearner(store));
    assert.equal(await first.model.waitFor(699, 5000), true);
    await append(800);
    assert.equal(await first.model.waitFor(799, 5000), true);
    const late = await serving(planted, storedLearner(store));
    assert.equal(late.model.current!.recommender.learnedOffset, 800);
    await append(900);
    for (const { model } of [first, late]) {
      assert.equal(await model.waitFor(899, 5000), true);
      assert.deepEqual(await listsOf(planted, model), await expectedLists(planted));
    }
  });

  it("serves as before where nobody learns: what is seen is applied", async () => {
    const planted = await plantedLog(), { store, append } = planted;
    const { model } = await serving(planted, storedLearner(store));
    await append(650);
    assert.equal(await model.waitFor(649, 5000), true);
    assert.equal(model.current!.recommender.learnedOffset, undefined);
    assert.deepEqual(model.warnings, []);
  });

  it("answers with older rows, and says so, when a learner that runs does not come along", async () => {
    const planted = await plantedLog(), { store, append } = planted;
    await append(650);
    await store.leases.acquire("learner", "somebody who hangs", 60_000);
    const { model } = await serving(planted, storedLearner(store), 50);
    assert.match(model.warnings.join(), /no learner has brought g000001 up to the log/);
    assert.equal(model.current!.recommender.appliedOffset, 600);
    assert.equal(await model.waitFor(649, 20), false);
  });
});
