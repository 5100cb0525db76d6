import { afterEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryUpdateFeed } from "../../src/adapters/memory/update_feed.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { activateGeneration } from "../../src/serve/activate_generation.ts";
import { plantedGeneration } from "./planted_generation.ts";
import {
  activate,
  ITEM_IDS,
  type PlantedServer,
  plantedServer,
  type PlantedServerOptions,
  USER_IDS,
} from "./planted_server.ts";

let server: PlantedServer;
const start = async (options?: PlantedServerOptions) => server = await plantedServer(options);
afterEach(() => server.stop());

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 5000;
  while (!await isSo()) {
    assert.ok(performance.now() < endMs, `not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const active = () => server.model.current?.recommender.generation.generation;
const append = (itemId: string, userId = "42") =>
  server.store.eventLog.append([{ eventId: `${userId} ${itemId}`, userId, itemId, value: 1, timeMs: 0 }]);
const lists = (itemId: string) =>
  server.model.current!.recommender.recommend("42", { n: 100 }).items.some((item) => item.itemId === itemId);

describe("ServingModel", () => {
  it("serves the active generation with the log's tail applied", async () => {
    await start({ seenCount: 0 });
    assert.equal(active(), "g000001");
    await append("1193");
    await until("another process's event is seen", () => !lists("1193"));
    assert.equal(server.model.current!.recommender.appliedOffset, 1);
  });

  it("has no model until a generation is activated, and then takes it by itself", async () => {
    await start({ planted: false });
    assert.equal(server.model.current, undefined);
    const { logId } = server.store.eventLog;
    await activate(server.store, await plantedGeneration({ userIds: USER_IDS, itemIds: ITEM_IDS, logId }));
    await until("the generation answers", () => active() === "g000001");
  });

  it("applies the events since a generation's offset before it becomes visible", async () => {
    await start({ seenCount: 0 });
    await append("1193");
    await append("661");
    await append("914");
    await until("all are applied", () => server.model.current!.recommender.appliedOffset === 3);
    // Trained when only one event was there: the two after it must not come back.
    const second = await plantedGeneration({
      generation: "g000002",
      userIds: USER_IDS,
      itemIds: ITEM_IDS,
      seenCount: 0,
      offset: 1,
      seed: 2,
    });
    await activate(server.store, second);
    const appliedOffsets: number[] = [];
    await until("the second answers", () => {
      appliedOffsets.push(server.model.current!.recommender.appliedOffset);
      return active() === "g000002";
    });
    assert.ok(!lists("661") && !lists("914"));
    assert.ok(lists("1193"), "the first event belongs to the generation, which does not count it as seen");
    assert.ok(appliedOffsets.every((offset) => offset >= 3), "what is applied never goes back");
  });

  it("rolls back when an older generation is activated", async () => {
    await start();
    const second = await plantedGeneration({
      generation: "g000002",
      userIds: USER_IDS,
      itemIds: ITEM_IDS,
      seed: 2,
    });
    await activate(server.store, second);
    await until("the second answers", () => active() === "g000002");
    await activateGeneration(server.store, "g000001", 0);
    await until("the first answers again", () => active() === "g000001");
  });

  it("keeps what answers when a generation cannot be loaded, says so, and tries again", async () => {
    await start();
    const broken = await plantedGeneration({
      generation: "g000002",
      userIds: USER_IDS,
      itemIds: ITEM_IDS,
      seed: 2,
    });
    const torn = { ...broken, generation: { ...broken.generation, sha256: "0".repeat(64) } };
    await activate(server.store, torn);
    await until("there is a warning", () => server.model.warnings.length > 0);
    assert.match(server.model.warnings.join(), /generation g000002 cannot be loaded; g000001 answers/);
    assert.equal(active(), "g000001");
    assert.ok(server.notes.some((note) => note.error !== undefined && note.generation === "g000002"));
    assert.match(await server.metrics.expose(), /foz_generation_load_failures_total [1-9]/);
    const answer = await server.get("/v1/users/42/recommendations");
    assert.equal(answer.headers.get("x-model-generation"), "g000001");
    await activateGeneration(server.store, "g000001", 0);
    await server.model.refresh();
    assert.deepEqual(server.model.warnings, []);
  });

  it("says that updates cannot be followed, and no longer once they can, though none comes", async () => {
    const { follow } = MemoryUpdateFeed.prototype;
    try {
      MemoryUpdateFeed.prototype.follow = () => {
        throw new OutsideFailure("no server answers");
      };
      await start();
      await until("there is a warning", () => server.model.warnings.length > 0);
      assert.deepEqual(server.model.warnings, ["updates of the model cannot be followed"]);
    } finally {
      MemoryUpdateFeed.prototype.follow = follow;
    }
    await until("the warning is gone", () => server.model.warnings.length === 0);
  });

  it("reads the log once for all who ask while it reads", async () => {
    await start({ pollMs: 60_000 });
    const { eventLog } = server.store;
    const end = eventLog.end.bind(eventLog);
    let readings = 0;
    eventLog.end = () => (readings++, end());
    await append("1193");
    await Promise.all(Array.from({ length: 50 }, () => server.model.catchUp()));
    assert.equal(readings, 2, "one that runs, and one for those who came while it ran");
    assert.equal(server.model.current!.recommender.appliedOffset, 1);
  });

  it("exposes how well a learner predicts, and leaves out what was not measured", async () => {
    await start();
    const window = { rankedEvents: 12, recallAt10: 0.25, ratedEvents: 0 },
      total = { ...window, recallAt10: 0.5 };
    const figures = { generation: "g000001", appliedOffset: 9, numericFailures: 0, window, total };
    server.model.measured({ ...figures, driftCount: 0, drifts: [] });
    const exposed = await server.metrics.expose();
    assert.match(exposed, /foz_validation_recall_at_10\{span="window"\} 0.25/);
    assert.match(exposed, /foz_validation_recall_at_10\{span="total"\} 0.5/);
    assert.doesNotMatch(exposed, /rmse/);
  });

  it("waits for an event until it is applied, or for the time given", async () => {
    await start();
    assert.equal(await server.model.waitFor(0, 10), false);
    const waiting = server.model.waitFor(0, 5000);
    await append("1193");
    assert.equal(await waiting, true);
  });

  it("answers a request by one generation, however often it is swapped meanwhile", async () => {
    await start();
    const second = await plantedGeneration({
      generation: "g000002",
      userIds: USER_IDS,
      itemIds: ITEM_IDS,
      seed: 2,
    });
    await activate(server.store, second);
    await until("the second answers", () => active() === "g000002");
    const ask = { requests: USER_IDS.map((userId) => ({ userId })) };
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      void activateGeneration(server.store, i % 2 === 0 ? "g000001" : "g000002", 0);
      const answer = await (await server.send("POST", "/v1/recommendations:batch", ask)).json();
      const generations = new Set<string>(
        answer.results.map((list: { generation: string }) => list.generation),
      );
      assert.equal(generations.size, 1);
      generations.forEach((generation) => seen.add(generation));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(seen.size, 2, "both generations answered in turn");
  });

  it("knows how well a learner of another process predicts", async () => {
    await start();
    const none = { rankedEvents: 3, recallAt10: 0.75, ratedEvents: 0 };
    const drifts = [{ detector: "page-hinkley", figure: "recallAt10" as const, offset: 5 }];
    const figures = {
      ...{ generation: "g000001", appliedOffset: 9, numericFailures: 0, window: none, total: none },
      ...{ driftCount: 4, drifts },
    };
    await server.store.updates.publish({
      kind: "measured",
      generation: "g000001",
      appliedOffset: 9,
      figures,
    });
    await until("they have come", () => server.model.figures !== undefined);
    assert.deepEqual(server.model.figures, figures);
    assert.match(await server.metrics.expose(), /foz_validation_drifts 4/);
  });
});
