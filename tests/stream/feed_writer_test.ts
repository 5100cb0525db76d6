import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryUpdateFeed } from "../../src/adapters/memory/update_feed.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import type { ModelUpdate, RowBatch, RowsChanged } from "../../src/domain/model_update.ts";
import { FeedWriter } from "../../src/stream/feed_writer.ts";
import { rowBatch } from "../../src/stream/row_batches.ts";

/** Rows of two values by index. */
function batch(fromOffset: number, appliedOffset: number, users: Record<number, number[]>): RowBatch {
  const generation = "g000001", indexes = Uint32Array.from(Object.keys(users), Number);
  const changed: RowsChanged = {
    ...{ kind: "rowsChanged", generation, appliedOffset, side: "user", indexes },
    rows: Float32Array.from(Object.values(users).flat()),
  };
  return rowBatch({ generation, fromOffset, appliedOffset, atMs: appliedOffset }, [changed]);
}

async function written(feed: MemoryUpdateFeed): Promise<ModelUpdate[]> {
  const updates: ModelUpdate[] = [], latest = await feed.latest(), enough = new AbortController();
  const sentinel = { kind: "generationActivated", generation: "end", appliedOffset: 0 } as const;
  await feed.publish(sentinel);
  for await (const { sequence, update } of feed.follow(0, enough.signal)) {
    if (sequence > latest) break;
    updates.push(update);
  }
  return updates;
}

describe("FeedWriter", () => {
  it("writes rows that moved several times once, as they came to be", async () => {
    const feed = new MemoryUpdateFeed(), writer = new FeedWriter(feed);
    writer.add(batch(10, 12, { 1: [1, 1], 7: [7, 7] }));
    writer.add(batch(12, 15, { 0: [5, 5], 7: [8, 8] }));
    assert.equal(writer.hasRows, true);
    await writer.write();
    assert.equal(writer.hasRows, false);
    assert.deepEqual(await written(feed), batch(10, 15, { 0: [5, 5], 1: [1, 1], 7: [8, 8] }));
    await writer.write();
    assert.equal(await feed.latest(), 3, "nothing was left to write");
  });

  it("writes again what could not be written, unless it has moved on", async () => {
    const feed = new MemoryUpdateFeed(), writer = new FeedWriter(feed), publish = feed.publish.bind(feed);
    feed.publish = () => {
      writer.add(batch(12, 13, { 2: [3, 3] }));
      return Promise.reject(new OutsideFailure("the disk is full"));
    };
    writer.add(batch(10, 12, { 1: [1, 1], 2: [2, 2] }));
    await assert.rejects(writer.write(), OutsideFailure);
    feed.publish = publish;
    await writer.write();
    assert.deepEqual(await written(feed), batch(10, 13, { 1: [1, 1], 2: [3, 3] }));
  });

  it("keeps what came after the checkpoint before the last", async () => {
    const feed = new MemoryUpdateFeed(), writer = new FeedWriter(feed);
    await feed.publish({ kind: "generationActivated", generation: "of an older process", appliedOffset: 0 });
    await writer.begin();
    const steps = [batch(0, 1, { 0: [1, 1] }), batch(1, 2, { 0: [2, 2] }), batch(2, 3, { 0: [3, 3] })];
    const left: number[] = [];
    for (const step of steps) {
      writer.add(step);
      await writer.write();
      await writer.trim();
      const advanced = (await written(feed)).filter((update) => update.kind === "rowsAdvanced");
      left.push(advanced[0].appliedOffset);
    }
    assert.deepEqual(left, [1, 2, 3]);
  });
});
