/** How the records of a file of known format are found, and what is taken for one. */
import { DelimitedScanner } from "./delimited.ts";
import type { FileFormat } from "./detect_format.ts";
import { ListsScanner } from "./lists.ts";
import { NdjsonScanner } from "./ndjson.ts";
import type { RecordScanner } from "./record_scanner.ts";
import type { RowSink } from "./row_sink.ts";
import type { EventRules } from "./validate_event.ts";

/** Rules for files where nothing is declared: a bare number as time may be seconds. */
export const FILE_RULES: EventRules = { minValue: -1e15, maxValue: 1e15, timeUnit: "auto" };

/** The scanner of a format. */
export function scannerOf(
  format: FileFormat,
  rows: RowSink,
  onHeader?: (bytes: Uint8Array) => void,
): RecordScanner {
  if (format.kind === "lists") return new ListsScanner(rows);
  return format.kind === "ndjson"
    ? new NdjsonScanner(format, rows)
    : new DelimitedScanner(format, rows, onHeader);
}
