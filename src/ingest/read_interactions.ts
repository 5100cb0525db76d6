/** A file of ratings or events, as batches that a fit can take. */
import type { InteractionColumns } from "../domain/event.ts";
import { CodedRows, type IdDictionaries } from "./coded_rows.ts";
import { readRecords, type ReadRecordsOptions } from "./read_records.ts";
import type { OnReject } from "./row_sink.ts";
import { FILE_RULES } from "./scanner_of.ts";

export interface ReadInteractionsOptions extends ReadRecordsOptions {
  /** Get the ids of the rows; what they hold already keeps its codes. */
  readonly ids: IdDictionaries;
  readonly onReject: OnReject;
  readonly batchCount?: number;
}

/** Reads rows in order, as `readRecords` says. */
export function readInteractions(options: ReadInteractionsOptions): AsyncGenerator<InteractionColumns> {
  return readRecords(options, new CodedRows({ ...options, rules: FILE_RULES }));
}
