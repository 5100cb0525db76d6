/** The records of a file, from its first byte to its last, into a sink. */
import { joinBytes } from "../domain/join_bytes.ts";
import { detectFormat, type FileFormat, type FormatWish, HEAD_BYTES } from "./detect_format.ts";
import { RecordFeed } from "./record_feed.ts";
import type { RowSink } from "./row_sink.ts";
import { scannerOf } from "./scanner_of.ts";

export interface ReadRecordsOptions {
  /** The file's bytes, unpacked, cut anywhere. A chunk is lent: it is not looked at after the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly wish?: FormatWish;
  /** Called once the format is known. */
  readonly onFormat?: (format: FileFormat) => void;
  /** Called with the bytes of the header line, if there is one. */
  readonly onHeader?: (bytes: Uint8Array) => void;
}

/**
 * Reads rows in order. Memory is bounded whatever the size of the file. When the bytes end with a failure, the whole
 * rows before it come first, then the failure is thrown. Throws BadInput, before any row, when the format is unclear.
 */
export async function* readRecords<B>(options: ReadRecordsOptions, rows: RowSink<B>): AsyncGenerator<B> {
  const source = options.chunks[Symbol.asyncIterator]();
  try {
    const head = await readHead(source);
    // Of no bytes the format is unclear, but that is not what is to be mended.
    if (head.failure !== undefined && head.bytes.length === 0) throw head.failure.error;
    const format = detectFormat(head.bytes, options.wish, head.isWhole);
    if (format !== undefined) {
      options.onFormat?.(format);
      const feed = new RecordFeed(scannerOf(format, rows, options.onHeader), rows);
      feed.push(head.bytes);
      yield* rows.takeFull();
      const rest = head.isWhole || head.failure !== undefined ? undefined : source;
      yield* feedRows(rest, feed, rows, head.isWhole);
    }
    if (head.failure !== undefined) throw head.failure.error;
  } finally {
    await source.return?.();
  }
}

/** Reads on at the beginning of a record, in a format that is known; the line of the record is set in `rows`. */
export async function* readRest<B>(
  chunks: AsyncIterable<Uint8Array>,
  format: FileFormat,
  rows: RowSink<B>,
): AsyncGenerator<B> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    yield* feedRows(source, new RecordFeed(scannerOf(format, rows), rows), rows, false);
  } finally {
    await source.return?.();
  }
}

/** Feeds the rest of a file. Without the end of the file the last line may be cut: half a row is no row. */
async function* feedRows<B>(
  rest: AsyncIterator<Uint8Array> | undefined,
  feed: RecordFeed,
  rows: RowSink<B>,
  isWholeBefore: boolean,
): AsyncGenerator<B> {
  let isWhole = isWholeBefore;
  try {
    while (rest !== undefined && !isWhole && !rows.stopped) {
      const { done, value } = await rest.next();
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
  if (isWhole) feed.end();
  yield* rows.takeAll();
}

/** What a file begins with. */
export interface Head {
  /** Without a byte order mark. */
  readonly bytes: Uint8Array;
  /** How many bytes of the file stand before them. */
  readonly markBytes: number;
  /** Nothing comes after it. */
  readonly isWhole: boolean;
  /** What reading ended with. */
  readonly failure?: { readonly error: unknown };
}

/** Reads as much as the format is found by. Takes from the source, and leaves it open. */
export async function readHead(source: AsyncIterator<Uint8Array>): Promise<Head> {
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
  const all = joinBytes(chunks), markBytes = markOf(all);
  return { bytes: all.subarray(markBytes), markBytes, isWhole, failure };
}

/** Length of the byte order mark that some programs put before UTF-8. */
function markOf(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
