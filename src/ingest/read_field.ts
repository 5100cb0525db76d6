/** Value and time of a row, from bytes. */
import { parseDecimal, textOfBytes } from "./parse_number.ts";
import { timeOfNumber, timeOfText, type TimeUnit } from "./parse_time.ts";
import type { Refusal } from "./row_sink.ts";

const MISSING: Refusal = { reason: "missingField", field: "value" };
const NOT_A_NUMBER: Refusal = { reason: "notANumber", field: "value" };
const NOT_FINITE: Refusal = { reason: "notFinite", field: "value" };
const WORD = /^[+-]?(nan|inf|infinity)$/i;

/** Why bytes that `parseDecimal` gives NaN for are no value. */
export function refusalOfNumber(bytes: Uint8Array, start: number, end: number): Refusal {
  if (start === end) return MISSING;
  return end - start <= 9 && WORD.test(textOfBytes(bytes, start, end)) ? NOT_FINITE : NOT_A_NUMBER;
}

/** Milliseconds of a number or an ISO 8601 time; 0 (none) of nothing; NaN of anything else. */
export function timeOfBytes(bytes: Uint8Array, start: number, end: number, unit: TimeUnit): number {
  if (start === end) return 0;
  const number = parseDecimal(bytes, start, end);
  if (!Number.isNaN(number)) return timeOfNumber(number, unit);
  return end - start > 40 ? NaN : timeOfText(textOfBytes(bytes, start, end));
}
