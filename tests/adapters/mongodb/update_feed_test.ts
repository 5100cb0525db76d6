/** What several connections and large batches show; the contract is in contracts_test.ts. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { BatchDocument } from "../../../src/adapters/mongodb/update_documents.ts";
import type { RowBatch, RowsChanged } from "../../../src/domain/model_update.ts";
import type { SequencedUpdate, UpdateFeed } from "../../../src/ports/update_feed.ts";
import { type FreshStore, openFresh, skip } from "./fresh_store.ts";

const activated = (appliedOffset: number) =>
  ({ kind: "generationActivated", generation: "g000001", appliedOffset }) as const;

async function take(feed: UpdateFeed, sequence: number, count: number): Promise<SequencedUpdate[]> {
  const stop = new AbortController(), taken: SequencedUpdate[] = [];
  for await (const update of feed.follow(sequence, stop.signal)) {
    if (taken.push(update) === count) stop.abort();
  }
  return taken;
}

describe("MongoUpdateFeed", { skip }, () => {
  let fresh: FreshStore, feed: UpdateFeed;
  beforeEach(async () => {
    if (skip !== false) return;
    fresh = await openFresh();
    feed = fresh.store.updates;
  });
  afterEach(() => fresh?.close());

  const batches = () => fresh.client().db().collection<BatchDocument>("updates");

  it("gives everything once and in one order to all, whoever publishes", async () => {
    const feeds = [
      feed,
      ...(await Promise.all([1, 2].map(() => fresh.another()))).map(({ updates }) => updates),
    ];
    const following = feeds.map((one) => take(one, 0, 30));
    const sequences = await Promise.all(
      feeds.flatMap((one, publisher) =>
        Array.from({ length: 10 }, (_, k) => one.publish(activated(10 * publisher + k)))
      ),
    );
    assert.deepEqual([...sequences].sort((a, b) => a - b), Array.from({ length: 30 }, (_, i) => i + 1));
    const [first, ...others] = await Promise.all(following);
    assert.deepEqual(first.map(({ sequence }) => sequence), Array.from({ length: 30 }, (_, i) => i + 1));
    const applied = first.map(({ update }) => update.appliedOffset);
    assert.deepEqual([...applied].sort((a, b) => a - b), Array.from({ length: 30 }, (_, i) => i));
    for (const other of others) assert.deepEqual(other, first);
  });

  it("takes a batch whose rows are more than a document may hold", async () => {
    const rowCount = 150_000, stride = 64;
    const rows: RowsChanged = {
      kind: "rowsChanged",
      generation: "g000001",
      appliedOffset: 9,
      side: "user",
      indexes: Uint32Array.from({ length: rowCount }, (_, i) => i),
      rows: Float32Array.from({ length: rowCount * stride }, (_, i) => i / 7),
    };
    const batch: RowBatch = [rows, {
      kind: "rowsAdvanced",
      generation: "g000001",
      fromOffset: 1,
      appliedOffset: 9,
      parts: 1,
      atMs: 3,
    }];
    await feed.publish(activated(1));
    assert.equal(await feed.publish(batch), 3);
    const [one, other] = (await take((await fresh.another()).updates, 1, 2)).map(({ update }) => update);
    assert.deepEqual(other, batch[1]);
    // Row by row a comparison of ten million numbers would take its time.
    const read = one as RowsChanged, bytes = (array: Float32Array) => new Uint8Array(array.buffer);
    assert.equal(Buffer.compare(bytes(read.rows), bytes(rows.rows)), 0);
    assert.deepEqual(read.indexes.slice(-3), rows.indexes.slice(-3));
  });

  it("does not give what was prepared and not published", async () => {
    await feed.publish(activated(1));
    const first = (await batches().findOne())!;
    const left = { ...first, previous: "", updates: [{ header: JSON.stringify(activated(77)) }] };
    await batches().insertMany([{ ...left, _id: "left 1" }, { ...left, _id: "left 2", first: 2, last: 2 }]);
    await feed.publish(activated(2));
    assert.deepEqual((await take(feed, 0, 2)).map(({ update }) => update.appliedOffset), [1, 2]);
  });

  it("forgets nothing that is still to come", async () => {
    await feed.publish(activated(1));
    await feed.trim(1_000_000);
    assert.equal(await feed.publish(activated(2)), 2);
    assert.deepEqual((await take(feed, 0, 1)).map(({ update }) => update.appliedOffset), [2]);
  });

  it("passes over what was trimmed, in the middle of a batch too, and deletes it when it is old", async () => {
    const rows = { kind: "rowsChanged", generation: "g000001", appliedOffset: 1, side: "item" } as const;
    const row = { ...rows, indexes: Uint32Array.of(1), rows: new Float32Array(8) };
    await feed.publish(activated(1));
    await feed.publish([row, row, {
      ...{ kind: "rowsAdvanced", generation: "g000001", fromOffset: 0 },
      ...{ appliedOffset: 1, parts: 2, atMs: 0 },
    }]);
    await feed.trim(2);
    assert.deepEqual((await take(feed, 0, 2)).map(({ sequence }) => sequence), [3, 4]);
    await batches().updateMany({}, { $set: { at: new Date(0) } });
    await feed.trim(2);
    assert.deepEqual((await batches().find().toArray()).map(({ first, last }) => [first, last]), [[2, 4]]);
    assert.deepEqual((await take(feed, 0, 2)).map(({ sequence }) => sequence), [3, 4]);
  });
});
