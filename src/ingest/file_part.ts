/**
 * One part of a file, read without knowing what stands before it. A part begins behind the first line end at or behind
 * its place, and ends where the next one begins. Whether a record begins there too cannot be seen in the part itself: a
 * line end may stand in quotes. But the part before can tell, which ends between two records or in one; the first part
 * begins where a record begins; so, part by part, it is certain or found out where it is not.
 */
import type { InteractionColumns } from "../domain/event.ts";
import { CodedRows, emptyDictionaries, type IdDictionaries } from "./coded_rows.ts";
import type { FileFormat } from "./detect_format.ts";
import { FILE_RULES, scannerOf } from "./scanner_of.ts";
import { RecordFeed } from "./record_feed.ts";
import { LINE_FEED, MAX_RECORD_BYTES, type RecordScanner } from "./record_scanner.ts";
import type { Reject } from "./row_sink.ts";

/** Reads bytes that begin at a position; gives how many, at least one, and 0 only at the end of the file. */
export type ReadAt = (position: number, into: Uint8Array) => number;

/** How a file is divided: part p has its place at `startBytes + p * partBytes`. */
export interface PartPlan {
  readonly format: FileFormat;
  /** Where the first record, or the header, begins. */
  readonly startBytes: number;
  readonly sizeBytes: number;
  readonly partBytes: number;
  /** Most rows in a batch. */
  readonly batchCount?: number;
}

export function partCountOf({ startBytes, sizeBytes, partBytes }: PartPlan): number {
  return Math.max(1, Math.ceil((sizeBytes - startBytes) / partBytes));
}

/** Ids one after the other, and where each of them ends. */
export interface PackedIds {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** What a reader found in one part. Codes are the reader's own, over all parts that it has read. */
export interface PartRows {
  readonly batches: readonly InteractionColumns[];
  /** The ids that it met for the first time, by code. */
  readonly newUsers: PackedIds;
  readonly newItems: PackedIds;
  readonly lineCount: number;
  readonly refusedCount: number;
  /** Of the first row that was refused, from 1 in this part; 0 if there is none. */
  readonly firstRefusedLine: number;
}

/** A part that was read. */
export interface ReadPart {
  readonly part: number;
  /** Which of the readers read it. */
  readonly reader: number;
  /** As `PartReader.read` gives them. */
  readonly rows?: PartRows;
}

const READ_BYTES = 1 << 18;

/** Where a part begins; undefined if the line before it is longer than a record may be. */
export function startOfPart(plan: PartPlan, part: number, readAt: ReadAt): number | undefined {
  const { startBytes, sizeBytes, partBytes } = plan, place = startBytes + part * partBytes;
  if (part === 0) return startBytes;
  const bytes = new Uint8Array(1 << 12);
  for (let position = place - 1; position < sizeBytes;) {
    const count = readAt(position, bytes.subarray(0, sizeBytes - position));
    if (count === 0) break;
    const found = bytes.subarray(0, count).indexOf(LINE_FEED);
    if (found >= 0) return position + found + 1;
    position += count;
    if (position - place > MAX_RECORD_BYTES) return undefined;
  }
  return sizeBytes;
}

/** Reads parts of one file, each after those that it has read before. */
export class PartReader {
  readonly #plan: PartPlan;
  readonly #readAt: ReadAt;
  readonly #ids: IdDictionaries = emptyDictionaries();
  readonly #rows: CodedRows;
  readonly #scanner: RecordScanner;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #refusedCount = 0;
  #firstRefusedLine = 0;
  /** Until the header has come in the first part, lines are none that others may go on behind. */
  #awaitsHeader = false;
  #isCertain = true;

  constructor(plan: PartPlan, readAt: ReadAt) {
    const { format, batchCount } = plan;
    this.#plan = plan;
    this.#readAt = readAt;
    const onReject = (reject: Reject) => this.#refuse(reject);
    this.#rows = new CodedRows({ rules: FILE_RULES, ids: this.#ids, onReject, batchCount });
    this.#scanner = scannerOf(
      format.kind === "delimited" ? { ...format, hasHeader: false } : format,
      this.#rows,
    );
  }

  /**
   * The rows of a part, if a record begins where it begins. undefined where it is not certain that a record ends where
   * it ends, or that the one thread which reads from here on would read the same: the reader is not used any further.
   */
  read(part: number): PartRows | undefined {
    const { sizeBytes } = this.#plan, rows = this.#rows;
    const start = startOfPart(this.#plan, part, this.#readAt);
    const end = part + 1 < partCountOf(this.#plan)
      ? startOfPart(this.#plan, part + 1, this.#readAt)
      : sizeBytes;
    if (start === undefined || end === undefined) return undefined;
    const userCount = this.#ids.users.count, itemCount = this.#ids.items.count;
    rows.line = 1, this.#refusedCount = this.#firstRefusedLine = 0;
    const feed = new RecordFeed(part === 0 ? this.#firstScanner() : this.#scanner, rows);
    this.#feed(feed, start, end);
    if (end === sizeBytes) feed.end();
    if (!this.#isCertain || this.#awaitsHeader || !feed.isBetweenRecords) return undefined;
    return {
      batches: rows.takeAll(),
      newUsers: this.#ids.users.packedFrom(userCount),
      newItems: this.#ids.items.packedFrom(itemCount),
      lineCount: rows.line - 1,
      refusedCount: this.#refusedCount,
      firstRefusedLine: this.#firstRefusedLine,
    };
  }

  #feed(feed: RecordFeed, start: number, end: number): void {
    for (let position = start; position < end && this.#isCertain;) {
      const count = this.#readAt(position, this.#buffer.subarray(0, end - position));
      if (count === 0) throw new Error(`it ended at ${position} of ${this.#plan.sizeBytes} bytes`);
      feed.push(this.#buffer.subarray(0, count));
      position += count;
    }
  }

  #firstScanner(): RecordScanner {
    const { format } = this.#plan;
    if (format.kind !== "delimited" || !format.hasHeader) return this.#scanner;
    this.#awaitsHeader = true;
    return scannerOf(format, this.#rows, () => this.#awaitsHeader = false);
  }

  #refuse({ line, bytes, isMore }: Reject): boolean {
    // What becomes of a line beyond the longest record depends on how it is cut into chunks.
    if (isMore || bytes.length > MAX_RECORD_BYTES) {
      this.#isCertain = false;
      return true;
    }
    if (this.#refusedCount++ === 0) this.#firstRefusedLine = line;
    return false;
  }
}
