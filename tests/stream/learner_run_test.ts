import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { LeaseLost } from "../../src/domain/failure.ts";
import type { RowBatch, RowsAdvanced } from "../../src/domain/model_update.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { LearnerRun } from "../../src/stream/learner_run.ts";
import { kernelModule, listening, plantedLog } from "./planted_log.ts";
import { learnerOf, part } from "./planted_stream.ts";

const forever = new AbortController().signal;
const advanced = (batches: readonly RowBatch[]) => batches.map((batch) => batch.at(-1) as RowsAdvanced);

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
    assert.equal(advanced(second.batches)[0].fromOffset, 750);
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
      checkpointing: { recordCount: 1, intervalMs: 1e9, keep: 2 },
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
});
