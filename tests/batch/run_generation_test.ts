import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { MemoryCheckpointStore } from "../../src/adapters/memory/checkpoint_store.ts";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryGenerationStore } from "../../src/adapters/memory/generation_store.ts";
import { MemoryRecommendationStore } from "../../src/adapters/memory/recommendation_store.ts";
import { MemoryUpdateFeed } from "../../src/adapters/memory/update_feed.ts";
import {
  type GenerationOptions,
  type GenerationResult,
  runGeneration,
} from "../../src/batch/run_generation.ts";
import { logSource } from "../../src/batch/training_source.ts";
import { BadInput, NumericFailure } from "../../src/domain/failure.ts";
import { eventBatches } from "../../src/synthesize/event_batches.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";
import { inlineCompute } from "./compute.ts";

const OPTIONS: GenerationOptions = {
  fit: { feedback: "auto", factorCount: 8, unobservedWeight: 0.5, popularityExponent: 0, epochCount: 6 },
  seed: 1,
  kernel: { build: "portable", sha256: "test" },
  holdout: 0.1,
  splitBy: "auto",
  listLength: 5,
  activate: true,
  force: false,
  keep: 2,
};

function emptyTargets() {
  return {
    eventLog: new MemoryEventLog(),
    generations: new MemoryGenerationStore(),
    recommendations: new MemoryRecommendationStore(),
    updates: new MemoryUpdateFeed(),
    checkpoints: new MemoryCheckpointStore(),
  };
}

type Targets = ReturnType<typeof emptyTargets>;

async function run(targets: Targets, change: Partial<GenerationOptions> = {}): Promise<GenerationResult> {
  const source = logSource(targets.eventLog);
  return runGeneration(source, targets, await inlineCompute(), { ...OPTIONS, ...change }, () => {});
}

type Row = readonly [userId: string, itemId: string, value: number];

async function appendRows(targets: Targets, rows: readonly Row[]): Promise<void> {
  const end = await targets.eventLog.end();
  await targets.eventLog.append(
    rows.map(([userId, itemId, value], i) => ({ eventId: `e${end + i}`, userId, itemId, value, timeMs: 0 })),
  );
}

async function plantedTargets(feedback: "explicit" | "implicit"): Promise<Targets> {
  const targets = emptyTargets();
  const world = plantWorld({
    feedback,
    userCount: 300,
    itemCount: 200,
    eventCount: 12_000,
    tasteCount: 4,
    seed: 7,
  });
  for (const batch of eventBatches(world)) await targets.eventLog.appendColumns(batch);
  return targets;
}

describe("runGeneration", () => {
  it("publishes and activates an explicit generation that beats its baseline", async () => {
    const targets = await plantedTargets("explicit");
    const { content, measured } = await run(targets);
    const { generation, model } = content;
    assert.equal(generation.parameters.feedback, "explicit");
    assert.equal(generation.offset, 12_000);
    assert.ok(measured !== undefined && measured.metrics.rmse < measured.baseline.rmse);
    assert.equal(generation.epochCount, measured.bestEpoch);
    const hash = createHash("sha256").update(new Uint8Array(model.userFactors.buffer)).update(
      new Uint8Array(model.itemFactors.buffer),
    );
    assert.equal(generation.sha256, hash.digest("hex"));
    assert.equal((await targets.generations.active())?.generation, generation.generation);
    assert.equal(await targets.recommendations.count(generation.generation), generation.userCount);
    const controls = await targets.eventLog.readControls();
    assert.deepEqual(controls.map((one) => one.record.kind), ["trainingStarted", "generationActivated"]);
  });

  it("publishes an implicit generation that beats what is popular", async () => {
    const targets = await plantedTargets("implicit");
    const { measured, content } = await run(targets);
    assert.equal(content.generation.parameters.feedback, "implicit");
    assert.ok(measured !== undefined);
    assert.ok(measured.metrics["ndcg@10"] > measured.baseline["ndcg@10"]);
  });

  it("knows what each user has seen and never stores it in a list", async () => {
    const targets = await plantedTargets("implicit");
    const { content } = await run(targets, { holdout: 0 });
    const seen = new Map<string, Set<string>>();
    const [userIds, itemIds] = [await targets.eventLog.userIds(), await targets.eventLog.itemIds()];
    for await (const batch of targets.eventLog.read()) {
      for (let i = 0; i < batch.count; i++) {
        const userId = userIds[batch.users[i]];
        seen.set(userId, (seen.get(userId) ?? new Set()).add(itemIds[batch.items[i]]));
      }
    }
    assert.equal(seen.size, content.generation.userCount);
    for (const [user, userId] of content.userIds.entries()) {
      const { indptr, indices } = content.seen;
      const ids = Array.from(
        indices.subarray(indptr[user], indptr[user + 1]),
        (item) => content.itemIds[item],
      );
      assert.deepEqual(new Set(ids), seen.get(userId));
      const stored = await targets.recommendations.get(content.generation.generation, userId);
      assert.deepEqual(stored?.items.filter((item) => seen.get(userId)!.has(item.itemId)), []);
    }
  });

  it("keeps two generations besides the active one, with their lists", async () => {
    const targets = await plantedTargets("explicit");
    const made: string[] = [];
    for (let k = 0; k < 4; k++) made.push((await run(targets, { holdout: 0 })).content.generation.generation);
    assert.deepEqual((await targets.generations.list()).map((one) => one.generation), made.slice(1));
    assert.equal(await targets.recommendations.count(made[0]), 0);
    assert.equal(await targets.recommendations.count(made[1]), 300);
  });

  it("refuses what is worse than its baseline, unless forced, and leaves what was active", async () => {
    const targets = await plantedTargets("explicit");
    const first = await run(targets);
    const spoiled = { fit: { ...OPTIONS.fit, factorCount: 64, regularization: 1e-6, epochCount: 40 } };
    await assert.rejects(run(targets, spoiled), (error: unknown) => {
      assert.ok(error instanceof BadInput);
      assert.match(error.message, /not published.*rmse.*--force/s);
      return true;
    });
    assert.equal((await targets.generations.active())?.generation, first.content.generation.generation);
    const forced = await run(targets, { ...spoiled, force: true });
    assert.equal((await targets.generations.active())?.generation, forced.content.generation.generation);
  });

  it("publishes nothing where the arithmetic overflows, forced or not", async () => {
    const targets = await plantedTargets("explicit");
    await appendRows(targets, [["u", "i", 3e38], ["u", "j", 1], ["v", "i", 3e38]]);
    await assert.rejects(run(targets, { holdout: 0, force: true }), NumericFailure);
    assert.deepEqual(await targets.generations.list(), []);
  });

  it("says what to do about an empty log", async () => {
    await assert.rejects(run(emptyTargets()), /log has no events yet; import or post some first/);
  });

  it("refuses evidence of which nothing is positive", async () => {
    const targets = emptyTargets();
    await appendRows(targets, [["u", "i", -1], ["u", "j", -2]]);
    await assert.rejects(run(targets), /greatest value is -1.*--feedback explicit/s);
  });

  it("learns from evidence against an item", async () => {
    const targets = emptyTargets();
    const rows: [string, string, number][] = [];
    for (let k = 0; k < 40; k++) rows.push([`u${k % 8}`, `i${k % 5}`, k % 5 === 0 ? -20 : 1]);
    await appendRows(targets, rows);
    const { content } = await run(targets, { holdout: 0, force: true });
    const { model } = content,
      score = (user: number, item: number) =>
        model.userFactors.subarray(user * model.stride, (user + 1) * model.stride)
          .reduce((sum, x, j) => sum + x * model.itemFactors[item * model.stride + j], 0);
    for (let user = 0; user < 8; user++) assert.ok(score(user, 0) < 0.5 * score(user, 1), `user ${user}`);
  });

  for (const feedback of ["explicit", "implicit"] as const) {
    it(`fits one ${feedback} rating of one user and one item`, async () => {
      const targets = emptyTargets();
      await appendRows(targets, [["only", "thing", 4]]);
      const { content, measured } = await run(targets, { fit: { ...OPTIONS.fit, feedback } });
      assert.equal(measured, undefined);
      assert.deepEqual([content.userIds, content.itemIds], [["only"], ["thing"]]);
      assert.ok(content.model.userFactors.every(Number.isFinite));
      const { generation } = content.generation;
      assert.equal(
        await targets.recommendations.get(generation, "only"),
        undefined,
        "nothing is left to recommend",
      );
      assert.deepEqual((await targets.recommendations.popular(generation)).map((item) => item.itemId), [
        "thing",
      ]);
    });
  }

  it("predicts the one value of ratings that are all equal", async () => {
    const targets = emptyTargets();
    const rows = Array.from({ length: 60 }, (_, k): Row => [`u${k % 10}`, `i${k % 6}`, 3]);
    await appendRows(targets, rows);
    const { content } = await run(targets, { fit: { ...OPTIONS.fit, feedback: "explicit" }, holdout: 0 });
    const { model } = content;
    for (let user = 0; user < model.userCount; user++) {
      for (let item = 0; item < model.itemCount; item++) {
        let score = model.globalMean;
        for (let f = 0; f < model.stride; f++) {
          score += model.userFactors[user * model.stride + f] * model.itemFactors[item * model.stride + f];
        }
        assert.ok(Math.abs(score - 3) < 1e-3, `user ${user}, item ${item}: ${score}`);
      }
    }
  });

  it("keeps ids with spaces, slashes, emoji and quotes as they are", async () => {
    const targets = emptyTargets();
    const ids = ["a b", "x/y", "🦊", `"quoted"`, "O'Neil", "ünïcödé", "%41"];
    await appendRows(targets, ids.flatMap((id, k) => [[id, ids[(k + 1) % 7], 1], [id, ids[(k + 2) % 7], 1]]));
    const { content } = await run(targets, { holdout: 0 });
    assert.deepEqual(new Set(content.userIds), new Set(ids));
    for (const id of ids) {
      const list = await targets.recommendations.get(content.generation.generation, id);
      assert.equal(list?.items.length, 5);
      assert.ok(list.items.every((item) => ids.includes(item.itemId)));
    }
  });

  it("trains on what is left: without deleted events, and without erased users", async () => {
    const targets = await plantedTargets("explicit"), { eventLog } = targets;
    const [deleted, kept] = await eventLog.eventsOfUser("u5", { limit: 2 });
    await eventLog.deleteEvent("u5", deleted.eventId, 0);
    await eventLog.eraseUser("u7", 0);
    const { content } = await run(targets), { userIds, itemIds, seen, model } = content;
    const user = userIds.indexOf("u5"), row = seen.indices.subarray(seen.indptr[user], seen.indptr[user + 1]);
    assert.ok(row.includes(itemIds.indexOf(kept.itemId)));
    const others = (await eventLog.eventsOfUser("u5", { limit: 1e9 })).map(({ itemId }) => itemId);
    assert.equal(row.includes(itemIds.indexOf(deleted.itemId)), others.includes(deleted.itemId));
    assert.equal(userIds.indexOf("u7"), -1);
    const erased = userIds.indexOf("");
    assert.equal(seen.indptr[erased], seen.indptr[erased + 1]);
    const { stride, userFactors } = model;
    assert.ok(userFactors.subarray(erased * stride, (erased + 1) * stride).every((x) => x === 0));
    assert.equal(content.generation.verifiable, undefined);
    assert.equal(await targets.recommendations.get(content.generation.generation, ""), undefined);
  });

  it("publishes nothing of a user who is erased while it fits", async () => {
    const targets = await plantedTargets("explicit"), source = logSource(targets.eventLog);
    let isErased = false;
    const report = async ({ phase }: { phase: string }) => {
      if (phase !== "fit" || isErased) return;
      isErased = true;
      await targets.eventLog.eraseUser("u7", 0);
    };
    const { content } = await runGeneration(source, targets, await inlineCompute(), OPTIONS, report);
    const { generation, userIds } = await targets.generations.load(content.generation.generation);
    assert.ok(isErased && !userIds.includes("u7") && userIds.includes("u8"));
    assert.equal(generation.verifiable, false);
    assert.equal(await targets.recommendations.get(generation.generation, "u7"), undefined);
    assert.ok(await targets.recommendations.get(generation.generation, "u8"));
  });

  it("deletes the learner's states of generations that it collects", async () => {
    const targets = await plantedTargets("explicit"), { checkpoints } = targets;
    for (let n = 1; n <= 3; n++) {
      const { content: { generation: { generation } } } = await run(targets, { keep: 1 });
      await checkpoints.write({ generation, offset: n, state: Uint8Array.of(n) }, 3);
    }
    await run(targets, { keep: 1 });
    const left = await Promise.all([1, 2, 3].map((n) => checkpoints.latest(`g00000${n}`)));
    assert.deepEqual(left.map((one) => one?.offset), [undefined, undefined, 3]);
  });

  it("writes down that a generation becomes active before it does", async () => {
    const targets = await plantedTargets("explicit"), { generations, eventLog } = targets;
    const { activate } = generations;
    generations.activate = () => Promise.reject(new Error("the process ended"));
    await assert.rejects(run(targets), /the process ended/);
    assert.equal((await eventLog.readControls()).at(-1)!.record.kind, "generationActivated");
    assert.equal(await generations.active(), undefined);
    generations.activate = activate;
    assert.equal((await run(targets)).isActive, true);
  });

  it("leaves active what was trained on more of the log, though it was published before", async () => {
    const targets = await plantedTargets("explicit"), { eventLog } = targets;
    const early = logSource(eventLog, 11_000), compute = await inlineCompute();
    const newer = await run(targets);
    const late = await runGeneration(early, targets, compute, OPTIONS, () => {});
    assert.equal(late.isActive, false);
    assert.equal((await targets.generations.active())!.generation, newer.content.generation.generation);
    assert.equal((await targets.generations.list()).length, 2);
  });
});
