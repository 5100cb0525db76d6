/** A file of ratings or events, as batches that a log can take. */
import { readRecords, type ReadRecordsOptions } from "./read_records.ts";
import { type Batch, RowCollector } from "./row_collector.ts";
import type { OnReject } from "./row_sink.ts";
import { FILE_RULES } from "./scanner_of.ts";
import type { EventRules } from "./validate_event.ts";

export interface ReadEventsOptions extends ReadRecordsOptions {
  readonly rules?: EventRules;
  /** What makes the ids of rows those of this file. */
  readonly sourceName: string;
  /** Without it bad rows are dropped. */
  readonly onReject?: OnReject;
  readonly batchCount?: number;
}

/** Reads rows in order, as `readRecords` says. */
export function readEvents(options: ReadEventsOptions): AsyncGenerator<Batch> {
  const { rules = FILE_RULES, sourceName, onReject = () => false, batchCount } = options;
  return readRecords(options, new RowCollector({ rules, sourceName, onReject, batchCount }));
}
