/**
 * Makes the library write a batch of records in one go, without an object for each record's bytes and four copies of them,
 * and sort messages by partition without copying the list for each. Compressed batches, and those that hold an unusual
 * record, are left to it. The bytes stay the same.
 */
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { crc32c } from "./crc32c.ts";
import { type EncodedRecord, type EncodeRecord, fastRecord, WaitingRecord } from "./fast_record.ts";

const RECORD = "kafkajs/src/protocol/recordBatch/record/v0/index.js";
const CRC = "kafkajs/src/protocol/recordBatch/crc32C/index.js";
const BATCH = "kafkajs/src/protocol/recordBatch/v0/index.js";
const GROUPING = "kafkajs/src/producer/groupMessagesPerPartition.js";

/** What the library's numbers of 64 bits are: numbers, or objects that say themselves in decimal. */
type Long = number | { toString(): string };

export interface BatchParts {
  readonly compression?: number;
  readonly firstOffset?: Long;
  readonly firstTimestamp?: Long;
  readonly maxTimestamp?: Long;
  readonly partitionLeaderEpoch?: number;
  readonly lastOffsetDelta?: number;
  readonly transactional?: boolean;
  readonly producerId?: Long;
  readonly producerEpoch?: number;
  readonly firstSequence?: number;
  readonly records?: readonly EncodedRecord[];
}

/** What the library asks of an encoder that holds a batch. */
export interface EncodedBatch extends EncodedRecord {
  size(): number;
}

export type EncodeBatch = (parts: BatchParts) => Promise<EncodedBatch>;

/** Offset, length, epoch, magic, CRC; then attributes, last delta, two times, producer, its epoch, sequence, count. */
const CRC_AT = 17, CHECKED_AT = 21, RECORDS_AT = 61;
const MAGIC = 2, IN_TRANSACTION = 16;

const bigOf = (value: Long) => BigInt(String(value));

/** Gives `slow` what it does not do itself. */
export function fastBatch(slow: EncodeBatch): EncodeBatch {
  return async (parts) => {
    const { compression = 0, records = [] } = parts;
    const isUsual = compression === 0 && records.every((record) => record instanceof WaitingRecord);
    return isUsual ? written(parts, records as readonly WaitingRecord[]) : await slow(parts);
  };
}

function written(parts: BatchParts, records: readonly WaitingRecord[]): EncodedBatch {
  const { firstOffset = 0, firstTimestamp = Date.now(), maxTimestamp = Date.now(), producerId = -1 } = parts;
  const size = records.reduce((sum, record) => sum + record.size, RECORDS_AT);
  const buf = Buffer.allocUnsafe(size);
  buf.writeBigInt64BE(bigOf(firstOffset), 0);
  buf.writeInt32BE(size - 12, 8);
  buf.writeInt32BE(parts.partitionLeaderEpoch ?? 0, 12);
  buf.writeInt8(MAGIC, 16);
  buf.writeInt16BE(parts.transactional ? IN_TRANSACTION : 0, CHECKED_AT);
  buf.writeInt32BE(parts.lastOffsetDelta ?? 0, 23);
  buf.writeBigInt64BE(bigOf(firstTimestamp), 27);
  buf.writeBigInt64BE(bigOf(maxTimestamp), 35);
  buf.writeBigInt64BE(bigOf(producerId), 43);
  buf.writeInt16BE(parts.producerEpoch ?? 0, 51);
  buf.writeInt32BE(parts.firstSequence ?? 0, 53);
  buf.writeInt32BE(records.length, 57);
  let at = RECORDS_AT;
  for (const record of records) {
    record.writeTo(buf, at);
    at += record.size;
  }
  buf.writeUInt32BE(crc32c(buf.subarray(CHECKED_AT)), CRC_AT);
  return { buf, buffer: buf, size: () => size };
}

export interface Grouping {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly unknown[];
  readonly partitioner: (choice: Omit<Grouping, "messages" | "partitioner"> & { message: unknown }) => number;
}

/** Messages of each partition, in their order. */
export function groupByPartition(
  { topic, partitionMetadata, messages, partitioner }: Grouping,
): Record<number, unknown[]> {
  const groups: Record<number, unknown[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) {
    (groups[partitioner({ topic, partitionMetadata, message })] ??= []).push(message);
  }
  return groups;
}

let isInstalled = false;

/** Once for the process, and before the first message: the library takes these functions when it first sends. */
export function installFastBatch(): void {
  if (isInstalled) return;
  isInstalled = true;
  const require = createRequire(import.meta.url);
  const replace = <T>(path: string, by: (library: T) => unknown) => {
    const library: T = require(path), loaded = require.cache[require.resolve(path)];
    if (loaded !== undefined) loaded.exports = by(library);
  };
  replace(RECORD, (library: EncodeRecord) => fastRecord(library));
  replace(CRC, () => crc32c);
  replace(GROUPING, () => groupByPartition);
  replace(
    BATCH,
    (library: { RecordBatch: EncodeBatch }) => ({ ...library, RecordBatch: fastBatch(library.RecordBatch) }),
  );
}
