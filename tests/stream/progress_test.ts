import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Learner } from "../../src/stream/learner.ts";
import { LiveModel } from "../../src/stream/live_model.ts";
import { Progress } from "../../src/stream/progress.ts";
import { savedHistory } from "../../src/stream/histories.ts";
import { canonicalDot } from "../reference/canonical_dot.ts";
import { learnerKernels, learnerOf, part, plantedStream, type Stream } from "./planted_stream.ts";

const SIZE = { userCount: 150, itemCount: 80, eventCount: 3_000, offset: 2_000, factorCount: 6 };
const ALL = { every: 1, windowCount: 100 };

/** Histories as at the generation, rows as given. */
function modelWith({ content, history }: Stream, fill?: number): LiveModel {
  const { model } = content;
  const rows = (from: Float32Array) => fill === undefined ? from : new Float32Array(from.length).fill(fill);
  const live = new LiveModel(learnerKernels(), {
    ...model,
    userFactors: rows(model.userFactors),
    itemFactors: rows(model.itemFactors),
  });
  const { users, items } = savedHistory(history);
  live.users.lists.load(users);
  live.items.lists.load(items);
  return live;
}

/** Places by brute force: the mean over all orders of equals of being among the first ten. */
function plainRecall(score: (item: number) => number, item: number, candidates: readonly number[]): number {
  const greater = candidates.filter((other) => score(other) > score(item)).length;
  const equal = candidates.filter((other) => score(other) === score(item)).length;
  let hits = 0;
  for (let place = greater; place < greater + equal; place++) if (place < 10) hits++;
  return hits / equal;
}

describe("progress", () => {
  it("finds the place that scoring every unseen item gives", async () => {
    const stream = await plantedStream("implicit", SIZE), model = modelWith(stream), { log } = stream;
    const { userFactors, itemFactors, stride, itemCount } = stream.content.model,
      { seen, itemCounts } = stream.content;
    let wanted = 0, wantedPopular = 0, events = 0;
    const progress = new Progress(ALL);
    for (let k = SIZE.offset; k < SIZE.eventCount; k++) {
      const user = log.users[k], item = log.items[k];
      progress.observe(model, log.offsets[k], user, item, log.values[k]);
      const row = userFactors.subarray(user * stride, (user + 1) * stride);
      if (user >= stream.content.model.userCount || row.every((x) => x === 0)) continue;
      const known = new Set(seen.indices.subarray(seen.indptr[user], seen.indptr[user + 1]));
      if (known.has(item)) continue;
      events++;
      if (item >= itemCount) continue;
      const candidates = Array.from({ length: itemCount }, (_, i) => i).filter((i) => !known.has(i));
      const score = (i: number) => canonicalDot(row, itemFactors.subarray(i * stride, (i + 1) * stride));
      wanted += plainRecall(score, item, candidates);
      wantedPopular += plainRecall((i) => itemCounts[i], item, candidates);
    }
    const { rankedEvents, recallAt10, popularRecallAt10 } = progress.total;
    assert.ok(events > 500 && wanted > 50);
    assert.equal(rankedEvents, events);
    assert.ok(Math.abs(recallAt10! - wanted / events) < 1e-12);
    assert.ok(Math.abs(popularRecallAt10! - wantedPopular / events) < 1e-12);
  });

  it("gives a model that scores everything alike ten of all, no more", async () => {
    const stream = await plantedStream("implicit", SIZE), { log } = stream;
    const model = modelWith(stream, 0.5), progress = new Progress(ALL);
    let wanted = 0, events = 0;
    for (let k = SIZE.offset; k < SIZE.eventCount; k++) {
      progress.observe(model, log.offsets[k], log.users[k], log.items[k], log.values[k]);
      const isKnown = log.users[k] < model.users.rows.count && log.items[k] < model.items.rows.count;
      if (!isKnown || model.users.lists.find(log.users[k], log.items[k]) >= 0) continue;
      wanted += 10 / (model.items.rows.count - model.users.lists.countOf(log.users[k]));
      events++;
    }
    assert.ok(events > 500);
    const { recallAt10, rankedEvents } = progress.total;
    assert.ok(Math.abs(recallAt10! * rankedEvents - wanted) < 1e-9);
  });

  it("gives a model of zeros nothing: it knows nobody", async () => {
    const stream = await plantedStream("implicit", SIZE), { log } = stream;
    const model = modelWith(stream, 0), progress = new Progress(ALL);
    for (let k = SIZE.offset; k < SIZE.eventCount; k++) {
      progress.observe(model, log.offsets[k], log.users[k], log.items[k], log.values[k]);
    }
    assert.deepEqual([progress.total.rankedEvents, progress.total.recallAt10], [0, undefined]);
  });

  it("asks before the event is learned, and counts an item that nobody knows as missed", async () => {
    const stream = await plantedStream("implicit", SIZE), learner = learnerOf(stream);
    const item = stream.content.model.itemCount, progress = new Progress(ALL), { log } = stream;
    const batch = { ...part(log, SIZE.offset, SIZE.offset + 2), items: Uint32Array.of(item, item) };
    learner.apply({ ...batch, users: Uint32Array.of(0, 0) }, progress);
    assert.deepEqual([progress.total.rankedEvents, progress.total.recallAt10], [1, 0]);
  });

  it("does not look for what was spoken against", async () => {
    const stream = await plantedStream("implicit", SIZE),
      model = modelWith(stream),
      progress = new Progress(ALL);
    const unseen = Array.from({ length: 80 }, (_, item) => item).find((item) =>
      model.users.lists.find(0, item) < 0
    )!;
    for (const value of [-1, 0]) progress.observe(model, 0, 0, unseen, value);
    assert.equal(progress.total.rankedEvents, 0);
    progress.observe(model, 0, 0, unseen, 1);
    assert.equal(progress.total.rankedEvents, 1);
  });

  it("measures only what is a multiple of `every`, whatever the batches", async () => {
    const stream = await plantedStream("explicit", SIZE), { log } = stream;
    const run = (batchCount: number) => {
      const learner: Learner = learnerOf(stream), progress = new Progress({ every: 7, windowCount: 20 });
      for (let k = SIZE.offset; k < SIZE.eventCount; k += batchCount) {
        learner.apply(part(log, k, Math.min(SIZE.eventCount, k + batchCount)), progress);
      }
      return [progress.total, progress.window];
    };
    const [total, window] = run(1);
    assert.ok(total.ratedEvents > 100 && total.ratedEvents <= Math.ceil(1000 / 7));
    assert.equal(window.ratedEvents, 20);
    assert.deepEqual(run(13), [total, window]);
  });

  it("has the error of clipped predictions, smaller than that of the items' means on planted tastes", async () => {
    const size = { ...SIZE, userCount: 300, itemCount: 150, eventCount: 12_000, offset: 10_000 };
    const stream = await plantedStream("explicit", size), learner = learnerOf(stream);
    const progress = new Progress(ALL);
    learner.apply(part(stream.log, size.offset, size.eventCount), progress);
    const { rmse, baselineRmse } = progress.total;
    assert.ok(rmse! < 0.97 * baselineRmse!, `${rmse}, of the means ${baselineRmse}`);

    const model = modelWith(stream),
      one = new Progress(ALL),
      { globalMean, maxRating, minRating } = stream.content.model;
    const k = size.offset,
      user = stream.log.users[k],
      item = stream.log.items[k],
      value = stream.log.values[k];
    one.observe(model, 0, user, item, value);
    const row = (rows: Float32Array, at: number) =>
      rows.subarray(at * stream.content.model.stride, (at + 1) * stream.content.model.stride);
    const dot = canonicalDot(
      row(stream.content.model.userFactors, user),
      row(stream.content.model.itemFactors, item),
    );
    const prediction = Math.min(maxRating, Math.max(minRating, Math.fround(dot + globalMean)));
    assert.ok(Math.abs(one.total.rmse! - Math.abs(prediction - value)) < 1e-12);
  });
});
