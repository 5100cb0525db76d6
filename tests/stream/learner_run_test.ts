import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { LeaseLost } from "../../src/domain/failure.ts";
import type { ModelUpdate, RowBatch, RowsAdvanced } from "../../src/domain/model_update.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { LearnerRun } from "../../src/stream/learner_run.ts";
import { contentFor, kernelModule, listening, plantedLog } from "./planted_log.ts";
import { learnerOf, part } from "./planted_stream.ts";

const forever = new AbortController().signal;
const advanced = (batches: readonly RowBatch[]) => batches.map((batch) => batch.at(-1) as RowsAdvanced);

/** All rows of a whole batch, however it is cut into parts. */
function rowsOf(batch: RowBatch) {
  const sides = { user: [] as number[], item: [] as number[] };
  for (const update of batch) if (update.kind === "rowsChanged") sides[update.side].push(...update.rows);
  return { userFactors: sides.user, itemFactors: sides.item };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 5000;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, `not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe("LearnerRun", () => {
  it("learns what the log holds, and what comes, as one learner over the whole log does", async () => {
    const { store, stream, content, append } = await plantedLog(),
      options = listening(store, systemClock, { batchCount: 7 });
    await append(700);
    await store.eventLog.appendControl({ kind: "generationActivated", generation: "g000001" }, 0);
    const run = await LearnerRun.begin(options, content, forever);
    assert.equal(run.appliedOffset, 701, "events and the control record");
    const stop = new AbortController(), following = run.follow(stop.signal);
    // The control record has taken an offset: what follows in the log is one further than in the stream.
    for (let offset = 701; offset < 720; offset++) {
      const { users, items, values, timesMs } = stream.log,
        userId = `u${users[offset]}`,
        itemId = `i${items[offset]}`;
      await store.eventLog.append([
        { eventId: `e${offset}`, userId, itemId, value: values[offset], timeMs: timesMs[offset] },
      ]);
      options.wake.call();
    }
    await until("all is learned", () => run.appliedOffset === 720);
    stop.abort();
    await following;
    const oracle = learnerOf(stream);
    oracle.apply(part(stream.log, 600, 700));
    oracle.apply(part(stream.log, 701, 720));
    assert.equal(await run.sha256(), await oracle.sha256());
    const told = advanced(options.batches);
    assert.deepEqual([told[0].fromOffset, told.at(-1)!.appliedOffset], [600, 720]);
    told.slice(1).forEach(({ fromOffset }, k) => assert.equal(fromOffset, told[k].appliedOffset));
    assert.equal((await store.checkpoints.latest("g000001"))?.offset, 720, "written at the end");
  });

  it("goes on from a checkpoint, and without one that is torn, to the same bytes", async () => {
    const { store, content, append } = await plantedLog();
    await append(750);
    const first = await LearnerRun.begin(listening(store, systemClock), content, forever);
    await first.writeCheckpoint();
    await append(900);
    const second = listening(store, systemClock), restored = await LearnerRun.begin(second, content, forever);
    const [{ isWhole, appliedOffset }, { fromOffset }] = advanced(second.batches);
    assert.deepEqual([isWhole, appliedOffset, fromOffset], [true, 750, 750]);
    await store.checkpoints.write({ generation: "g000001", offset: 800, state: Uint8Array.of(1, 2, 3) }, 9);
    const third = listening(store, systemClock), anew = await LearnerRun.begin(third, content, forever);
    assert.equal(advanced(third.batches)[0].fromOffset, 600);
    assert.match(third.notes.map(({ what }) => what).join(), /a checkpoint cannot be used/);
    assert.equal(await restored.sha256(), await anew.sha256());
  });

  it("tells rows of which a recommender answers as the learner's own model would", async () => {
    const { store, content, append } = await plantedLog("implicit"),
      options = listening(store, systemClock, { batchCount: 33 });
    const recommender = new Recommender(kernelModule, content);
    await append(900);
    const run = await LearnerRun.begin(options, content, forever);
    const [userIds, itemIds] = await Promise.all([store.eventLog.userIds(), store.eventLog.itemIds()]);
    recommender.addIds("user", userIds.slice(content.userIds.length));
    recommender.addIds("item", itemIds.slice(content.itemIds.length));
    for (const batch of options.batches) {
      for (const update of batch) if (update.kind === "rowsChanged") recommender.applyRows(update);
    }
    const whole = new Recommender(kernelModule, content);
    whole.addIds("user", userIds.slice(content.userIds.length));
    whole.addIds("item", itemIds.slice(content.itemIds.length));
    for (const update of run.rows()) if (update.kind === "rowsChanged") whole.applyRows(update);
    for (const userId of userIds) {
      assert.deepEqual(recommender.recommend(userId, { n: 60 }), whole.recommend(userId, { n: 60 }));
    }
  });

  it("tries again what fails outside, and ends when its lease is lost", async () => {
    const { store, content, append } = await plantedLog();
    const options = listening(store, systemClock, {
      checkpointing: { recordCount: 1, intervalMs: 1e9, keep: 2, historyCount: 1e9 },
    });
    const run = await LearnerRun.begin(options, content, forever), { write } = store.checkpoints;
    let failures = 0;
    store.checkpoints.write = () =>
      Promise.reject(failures++ === 0 ? new Error("busy") : new LeaseLost("passed on"));
    const following = run.follow(forever);
    await append(601);
    await assert.rejects(following, LeaseLost);
    assert.equal(options.notes.filter(({ error }) => error !== undefined).length, 1);
    store.checkpoints.write = write;
  });

  it("makes the state after an erasure the one to start from, and deletes what is older", async () => {
    const { store, content, append } = await plantedLog(), { eventLog, checkpoints, updates } = store;
    await append(700);
    const options = listening(store, systemClock), stop = new AbortController();
    const run = await LearnerRun.begin(options, content, stop.signal);
    await run.writeCheckpoint();
    await checkpoints.write({ generation: "g000000", offset: 650, state: Uint8Array.of(1) }, 3);
    await store.generations.publish(await contentFor(store, content, "g000000"));
    const fed = await updates.latest(), following = run.follow(stop.signal);
    assert.ok(fed > 1);
    const { offset, userCode } = (await eventLog.eraseUser("u3", 0))!;
    await until("it is learned", () => run.appliedOffset === offset + 1);
    await append(offset + 20);
    await until("what follows is learned", () => run.appliedOffset === offset + 20);
    const base = (await checkpoints.latest("g000001"))!;
    assert.equal(base.offset, offset + 1);
    assert.equal(await checkpoints.latest("g000000"), undefined);
    const left: Float32Array[] = [], enough = new AbortController(), end = await updates.latest();
    await updates.publish({ kind: "generationActivated", generation: "end", appliedOffset: 0 });
    for await (const { sequence, update } of updates.follow(0, enough.signal)) {
      if (update.kind === "rowsChanged" && update.side === "user") {
        const at = update.indexes.indexOf(userCode), stride = update.rows.length / update.indexes.length;
        if (at >= 0) left.push(update.rows.subarray(at * stride, (at + 1) * stride));
      }
      if (sequence > end) break;
    }
    assert.ok(left.length > 0 && left.every((row) => row.every((x) => x === 0)), "rows on the feed");
    stop.abort();
    await following;
    const again = await LearnerRun.begin(listening(store, systemClock), content, forever);
    assert.equal(await again.sha256(), await run.sha256(), "replayed from there");
  });

  it("tells all rows when it begins from a checkpoint, so that who has the generation's follows the replay", async () => {
    const { store, content, append } = await plantedLog();
    await append(640);
    const first = await LearnerRun.begin(listening(store, systemClock), content, forever);
    await first.writeCheckpoint();
    const { userFactors, itemFactors } = rowsOf(first.rows());
    await append(700);
    const options = listening(store, systemClock, { batchCount: 20 });
    await LearnerRun.begin(options, content, forever);
    const headers = options.batches.map((batch) => batch.at(-1) as RowsAdvanced);
    assert.deepEqual(headers.map(({ fromOffset, appliedOffset }) => [fromOffset, appliedOffset]), [
      [600, 640],
      [640, 660],
      [660, 680],
      [680, 700],
    ]);
    assert.deepEqual(rowsOf(options.batches[0]), { userFactors, itemFactors });
  });

  it("erases anew after a crash right after the log's record, and tells all rows to those who know other ones", async () => {
    const { store, content, append } = await plantedLog(), { eventLog, checkpoints } = store;
    await append(640);
    const first = await LearnerRun.begin(listening(store, systemClock), content, forever);
    await first.writeCheckpoint();
    await append(700);
    const heard = await LearnerRun.begin(listening(store, systemClock), content, forever);
    const { offset } = (await eventLog.eraseUser("u3", 0))!;
    // The checkpoint of 640 is the newest; of what u3 did from there on to 700 the log knows nothing any more.
    const options = listening(store, systemClock), run = await LearnerRun.begin(options, content, forever);
    assert.equal((await checkpoints.latest("g000001"))?.offset, offset + 1);
    assert.notEqual(await run.sha256(), await heard.sha256());
    assert.deepEqual(options.batches, [], "nothing that would be mixed with rows of the one before");
    const latest = await store.updates.latest(), updates: ModelUpdate[] = [];
    for await (const { sequence, update } of store.updates.follow(0, new AbortController().signal)) {
      updates.push(update);
      if (sequence === latest) break;
    }
    const last = updates.at(-1)!;
    assert.ok(last.kind === "rowsAdvanced" && last.isWhole && last.appliedOffset === offset + 1);
    const { userFactors, itemFactors } = rowsOf(run.rows());
    assert.deepEqual(rowsOf(updates.slice(-1 - last.parts) as unknown as RowBatch), {
      userFactors,
      itemFactors,
    });
  });

  it("remembers how well it went before it was started anew", async () => {
    const { store, content, append } = await plantedLog();
    await append(800);
    const first = await LearnerRun.begin(listening(store, systemClock), content, forever);
    await first.writeCheckpoint();
    await append(900);
    const second = await LearnerRun.begin(listening(store, systemClock), content, forever);
    await store.checkpoints.remove("g000001");
    const anew = await LearnerRun.begin(listening(store, systemClock), content, forever);
    assert.ok(first.figures.total.ratedEvents > 10);
    assert.deepEqual(second.figures.total, anew.figures.total);
    assert.ok(second.figures.window.ratedEvents < anew.figures.window.ratedEvents);
  });

  it("descends instead, where it is told to, and does not go on from the other method's checkpoint", async () => {
    const { store, stream, content, append } = await plantedLog();
    await append(700);
    const folding = await LearnerRun.begin(listening(store, systemClock), content, forever);
    await folding.writeCheckpoint();
    const options = listening(store, systemClock, { method: "sgd" });
    const descending = await LearnerRun.begin(options, content, forever);
    const oracle = learnerOf(stream, "sgd");
    oracle.apply(part(stream.log, 600, 700));
    assert.equal(await descending.sha256(), await oracle.sha256());
    assert.match(options.notes.map(({ what }) => what).join(), /a checkpoint cannot be used/);
  });

  it("tells on the feed that there are rows, also if there was nothing left to learn", async () => {
    const { store, content, append } = await plantedLog();
    await append(700);
    const first = await LearnerRun.begin(listening(store, systemClock), content, forever);
    await first.writeCheckpoint();
    const before = await store.updates.latest(), follower = store.updates.follow(before, forever);
    await LearnerRun.begin(listening(store, systemClock), content, forever);
    for await (const { update } of follower) {
      assert.ok(update.kind === "rowsAdvanced");
      assert.deepEqual([update.fromOffset, update.appliedOffset, update.parts], [700, 700, 0]);
      break;
    }
  });
});
