/** What several tests of reading share: a file as text, cut into chunks of any size, and its rows as plain objects. */
import { readEvents, type ReadEventsOptions } from "../../src/ingest/read_events.ts";
import type { Batch } from "../../src/ingest/row_collector.ts";
import type { Reject } from "../../src/ingest/row_sink.ts";
import { eventIdOfKey } from "../../src/domain/event_key.ts";

export interface PlainRow {
  readonly userId: string;
  readonly itemId: string;
  readonly value: number;
  readonly timeMs: number;
}

/** A refused row: where, why, and its bytes as text. */
export interface PlainReject {
  readonly line: number;
  readonly reason: string;
  readonly text: string;
}

export interface Reading {
  readonly rows: PlainRow[];
  readonly eventIds: string[];
  readonly rejects: PlainReject[];
  readonly batches: Batch[];
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

export async function* chunksOf(
  content: string | Uint8Array,
  sizeBytes = 1 << 16,
): AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(content);
  // A chunk is gone after its turn, as it is when the reader of a file uses its buffer again.
  for (let p = 0; p < bytes.length; p += sizeBytes) {
    const chunk = bytes.slice(p, p + sizeBytes);
    yield chunk;
    chunk.fill(0x21);
  }
}

export function rowsOf(batch: Batch): PlainRow[] {
  if (batch.kind === "named") {
    return batch.events.map(({ userId, itemId, value, timeMs }) => ({ userId, itemId, value, timeMs }));
  }
  const { count, users, items, userIds, itemIds, values, timesMs } = batch.columns;
  return Array.from({ length: count }, (_, i) => ({
    userId: userIds[users[i]],
    itemId: itemIds[items[i]],
    value: values[i],
    timeMs: timesMs[i],
  }));
}

function eventIdsOf(batch: Batch): string[] {
  if (batch.kind === "named") return batch.events.map(({ eventId }) => eventId);
  return Array.from({ length: batch.columns.count }, (_, i) => eventIdOfKey(batch.columns.keys, 4 * i));
}

/** Reads the content to its end. */
export async function read(
  content: string | Uint8Array,
  options: Partial<ReadEventsOptions> = {},
  chunkBytes?: number,
): Promise<Reading> {
  const reading: Reading = { rows: [], eventIds: [], rejects: [], batches: [] };
  const onReject = (reject: Reject): boolean => {
    const text = new TextDecoder().decode(reject.bytes);
    if (!reject.isMore) reading.rejects.push({ line: reject.line, reason: reject.reason, text });
    return options.onReject?.(reject) ?? false;
  };
  const source = { chunks: chunksOf(content, chunkBytes), sourceName: "test", ...options, onReject };
  for await (const batch of readEvents(source)) {
    reading.batches.push(batch);
    reading.rows.push(...rowsOf(batch));
    reading.eventIds.push(...eventIdsOf(batch));
  }
  return reading;
}

/** Shorthand for an expected row. */
export function row(userId: string, itemId: string, value: number, timeMs = 0): PlainRow {
  return { userId, itemId, value, timeMs };
}
