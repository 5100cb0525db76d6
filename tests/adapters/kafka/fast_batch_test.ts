import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import encodeRecord from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import libraryBatches from "kafkajs/src/protocol/recordBatch/v0/index.js";
import libraryGroups from "kafkajs/src/producer/groupMessagesPerPartition.js";
import {
  type BatchParts,
  type EncodeBatch,
  fastBatch,
  groupByPartition,
  type Grouping,
} from "../../../src/adapters/kafka/fast_batch.ts";
import { type EncodedRecord, fastRecord, type RecordParts } from "../../../src/adapters/kafka/fast_record.ts";

const library = (libraryBatches as { RecordBatch: EncodeBatch }).RecordBatch;
const slowRecord = encodeRecord as (parts: RecordParts) => EncodedRecord;
const record = fastRecord(slowRecord);

const partsOf = (count: number, size = 20): RecordParts[] =>
  Array.from({ length: count }, (_, offsetDelta) => ({
    offsetDelta,
    timestampDelta: offsetDelta % 3,
    key: offsetDelta % 2 === 0 ? null : Buffer.from(`k${offsetDelta}`),
    value: Buffer.alloc(size, offsetDelta),
    headers: { id: String(offsetDelta) },
  }));

async function isSame(parts: readonly RecordParts[], more: BatchParts, isFast: boolean): Promise<void> {
  let slowCalls = 0;
  const fast = fastBatch((given) => {
    slowCalls++;
    return library(given);
  });
  const expected = await library({ ...more, records: parts.map((one) => slowRecord(one)) });
  const actual = await fast({ ...more, records: parts.map((one) => record(one)) });
  assert.deepEqual(actual.buffer.toString("hex"), expected.buffer.toString("hex"));
  assert.equal(actual.size(), expected.size());
  assert.equal(slowCalls, isFast ? 0 : 1);
}

const TIMES = { firstTimestamp: 1_795_000_000_000, maxTimestamp: 1_795_000_000_002 };

describe("a batch written in one go", () => {
  it("has the library's bytes", async () => {
    await isSame([], TIMES, true);
    await isSame(partsOf(1), { ...TIMES, lastOffsetDelta: 0 }, true);
    await isSame(partsOf(500), { ...TIMES, lastOffsetDelta: 499 }, true);
    await isSame(partsOf(3, 70_000), { ...TIMES, lastOffsetDelta: 2 }, true);
    await isSame(partsOf(2), {
      ...TIMES,
      firstOffset: 2 ** 40,
      producerId: 7,
      producerEpoch: 3,
      firstSequence: 9,
    }, true);
    await isSame(partsOf(2), { ...TIMES, transactional: true, partitionLeaderEpoch: 5 }, true);
  });

  it("leaves to the library what is packed, or holds a record that is unusual", async () => {
    await isSame(partsOf(3), { ...TIMES, compression: 1 }, false);
    await isSame([...partsOf(2), { key: "text", value: Buffer.from("v") }], TIMES, false);
  });
});

describe("groupByPartition", () => {
  it("sorts as the library does", () => {
    const grouping = (messages: readonly { n: number }[]): Grouping => ({
      topic: "t",
      partitionMetadata: [1, 2, 3],
      messages,
      partitioner: ({ message }) => (message as { n: number }).n % 3,
    });
    const plain = libraryGroups as (grouping: Grouping) => unknown;
    for (const count of [0, 1, 2, 50]) {
      const given = grouping(Array.from({ length: count }, (_, n) => ({ n: n * n })));
      assert.deepEqual(groupByPartition(given), plain(given));
    }
    const nowhere = { ...grouping([{ n: 1 }]), partitionMetadata: [] };
    assert.deepEqual(groupByPartition(nowhere), plain(nowhere));
  });
});
