/** A file into the log. The path from top to bottom. */
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import type { EventLog } from "../ports/event_log.ts";
import { BatchAppender } from "./batch_appender.ts";
import type { FileFormat, FormatWish } from "./detect_format.ts";
import { ImportTally, type Rejected } from "./import_tally.ts";
import { readEvents } from "./read_events.ts";
import type { Batch } from "./row_collector.ts";
import type { Reject } from "./row_sink.ts";
import { type EventRules, problemOf, type RejectReason } from "./validate_event.ts";

export interface ImportOptions {
  /** The file's bytes, unpacked. A failure of theirs ends the import; the rows before it are kept. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly log: EventLog;
  /** Part of each row's event id: the same source twice changes nothing, another source adds equal rows. */
  readonly sourceName: string;
  readonly wish?: FormatWish;
  readonly rules?: EventRules;
  /** The first bad row ends the import of this file. */
  readonly strict?: boolean;
  /** Ends the import after the batches that are on their way. */
  readonly signal?: AbortSignal;
  readonly onFormat?: (format: FileFormat) => void;
  readonly onHeader?: (bytes: Uint8Array) => void;
  /** Each refused row. The bytes are lent. */
  readonly onReject?: (reject: Reject) => void;
  /** After each batch. */
  readonly onProgress?: (rows: number) => void;
  readonly batchCount?: number;
}

/** How an import ended. `badRow` only with `strict`; `failure`: the bytes could not be read to their end. */
export type ImportEnd = "whole" | "badRow" | "failure" | "interrupted";

export interface ImportReport {
  /** accepted + duplicates + rejected. */
  readonly rows: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: Partial<Record<RejectReason, Rejected>>;
  readonly rejectedCount: number;
  readonly end: ImportEnd;
  /** Why it ended before the file's end, in a sentence. */
  readonly problem?: string;
  /** undefined for a file without rows. */
  readonly format?: FileFormat;
}

/**
 * Appends the rows of a file to the log, in order; what is counted as accepted is durable. Rows that were imported
 * before from the same source are duplicates. Throws BadInput, with nothing changed, when the format is unclear, and
 * OutsideFailure when the log fails: the import can then be run again.
 */
export async function importFile(options: ImportOptions): Promise<ImportReport> {
  const { log, signal, strict = false } = options;
  const tally = new ImportTally();
  let end: ImportEnd = "whole", problem: string | undefined, format: FileFormat | undefined;
  const onReject = (reject: Reject): boolean => {
    options.onReject?.(reject);
    if (reject.isMore) return false;
    tally.reject(reject.reason, reject.line);
    if (strict) end = "badRow", problem = sentenceOf(reject);
    return strict;
  };
  const onFormat = (found: FileFormat) => {
    format = found;
    options.onFormat?.(found);
  };
  const onFailure = (error: unknown) => {
    end = "failure", problem = error instanceof Error ? error.message : String(error);
  };
  let hasConflict = false;
  const appender = new BatchAppender(log, ({ created, duplicates, conflicts }) => {
    tally.accepted += created, tally.duplicates += duplicates;
    for (const conflict of conflicts) hasConflict = onReject(conflict) || hasConflict;
    options.onProgress?.(tally.rows);
  });
  try {
    for await (const batch of untilFailure(readEvents({ ...options, onReject, onFormat }), onFailure)) {
      // After a bad row the reader still gives the rows before it, and ends by itself.
      await appender.append(batch);
      if (signal?.aborted === true || hasConflict) break;
    }
    await appender.drain();
  } catch (error) {
    await appender.abandon();
    throw error instanceof OutsideFailure ? stoppedBy(error, options.sourceName, tally) : error;
  }
  if (signal?.aborted === true) end = "interrupted", problem = "interrupted";
  const { rows, accepted, duplicates, rejectedCount } = tally;
  return { rows, accepted, duplicates, rejectedCount, rejected: tally.rejected(), end, problem, format };
}

/** The batches up to a failure of reading; a format that is unclear is no failure but the caller's to mend. */
async function* untilFailure(
  batches: AsyncIterable<Batch>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Batch> {
  try {
    yield* batches;
  } catch (error) {
    if (error instanceof BadInput) throw error;
    onFailure(error);
  }
}

function stoppedBy(error: OutsideFailure, sourceName: string, tally: ImportTally): OutsideFailure {
  return new OutsideFailure(
    `the import of "${sourceName}" stopped after ${
      tally.accepted + tally.duplicates
    } rows, which are in the log; ` +
      `run it again to add the rest: ${error.message}`,
    { cause: error.cause ?? error },
  );
}

/** A bad row in a sentence: where it stands, what it begins with, and what would have been accepted. */
export function sentenceOf({ line, bytes, reason, field }: Reject): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 80)).trimEnd();
  return `line ${line} (${JSON.stringify(text)}): ${problemOf(reason, field, undefined).message}`;
}
