/** A file of ratings or events, as batches that a log or a fit can take. */
import { DelimitedScanner } from "./delimited.ts";
import { detectFormat, type FileFormat, type FormatWish, HEAD_BYTES } from "./detect_format.ts";
import { ListsScanner } from "./lists.ts";
import { NdjsonScanner } from "./ndjson.ts";
import { RecordFeed } from "./record_feed.ts";
import type { RecordScanner } from "./record_scanner.ts";
import { type Batch, type Reject, RowCollector } from "./row_collector.ts";
import type { EventRules } from "./validate_event.ts";

/** Rules for files where nothing is declared: a bare number as time may be seconds. */
export const FILE_RULES: EventRules = { minValue: -1e15, maxValue: 1e15, timeUnit: "auto" };

export interface ReadEventsOptions {
  /** The file's bytes, unpacked, cut anywhere. A chunk is lent: it is not looked at after the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly wish?: FormatWish;
  readonly rules?: EventRules;
  /** What makes the ids of rows those of this file. Without one the batches have no keys: for a fit from a file. */
  readonly sourceName?: string;
  /** Called for each refused row; true stops the reading after the rows before it. Without it bad rows are dropped. */
  readonly onReject?: (reject: Reject) => boolean;
  /** Called once the format is known. */
  readonly onFormat?: (format: FileFormat) => void;
  /** Called with the bytes of the header line, if there is one. */
  readonly onHeader?: (bytes: Uint8Array) => void;
  readonly batchCount?: number;
}

/**
 * Reads rows in order. Memory is bounded whatever the size of the file. When the bytes end with a failure, the whole
 * rows before it come first, then the failure is thrown. Throws BadInput, before any row, when the format is unclear.
 */
export async function* readEvents(options: ReadEventsOptions): AsyncGenerator<Batch> {
  const source = options.chunks[Symbol.asyncIterator]();
  try {
    const head = await readHead(source);
    const bytes = withoutMark(head.bytes);
    const format = detectFormat(bytes, options.wish, head.isWhole);
    if (format !== undefined) {
      options.onFormat?.(format);
      const rows = new RowCollector({
        rules: options.rules ?? FILE_RULES,
        sourceName: options.sourceName,
        onReject: options.onReject ?? (() => false),
        batchCount: options.batchCount,
      });
      yield* readRows(bytes, head, source, scannerOf(format, rows, options), rows);
    }
    if (head.failure !== undefined) throw head.failure.error;
  } finally {
    await source.return?.();
  }
}

async function* readRows(
  bytes: Uint8Array,
  head: Head,
  source: AsyncIterator<Uint8Array>,
  scanner: RecordScanner,
  rows: RowCollector,
): AsyncGenerator<Batch> {
  const feed = new RecordFeed(scanner, rows);
  feed.push(bytes);
  yield* rows.takeFull();
  let isWhole = head.isWhole;
  try {
    while (!isWhole && !rows.stopped && head.failure === undefined) {
      const { done, value } = await source.next();
      if (done === true) isWhole = true;
      else {
        feed.push(value);
        yield* rows.takeFull();
      }
    }
  } catch (error) {
    yield* rows.takeAll();
    throw error;
  }
  // Without the end of the file the last line may be cut: half a row is no row.
  if (isWhole) feed.end();
  yield* rows.takeAll();
}

interface Head {
  readonly bytes: Uint8Array;
  /** Nothing comes after it. */
  readonly isWhole: boolean;
  /** What reading ended with. */
  readonly failure?: { readonly error: unknown };
}

async function readHead(source: AsyncIterator<Uint8Array>): Promise<Head> {
  const chunks: Uint8Array[] = [];
  let length = 0, isWhole = false, failure: Head["failure"];
  try {
    while (length < HEAD_BYTES && !isWhole) {
      const { done, value } = await source.next();
      isWhole = done === true;
      if (done !== true) length += value.length, chunks.push(value.slice());
    }
  } catch (error) {
    failure = { error };
  }
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const chunk of chunks) bytes.set(chunk, end), end += chunk.length;
  return { bytes, isWhole, failure };
}

/** Without the byte order mark that some programs put before UTF-8. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function scannerOf(format: FileFormat, rows: RowCollector, options: ReadEventsOptions): RecordScanner {
  if (format.kind === "lists") return new ListsScanner(rows);
  return format.kind === "ndjson"
    ? new NdjsonScanner(format, rows)
    : new DelimitedScanner(format, rows, options.onHeader);
}
