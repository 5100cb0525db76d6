/** Times as clients and files write them, normalised to whole milliseconds since 1970. */

/** The last millisecond of the year 9999: what a four-digit year can say. */
export const MAX_TIME_MS = 253_402_300_799_999;

/**
 * What a bare number means. `auto`, for files: below 1e11 it is seconds (until the year 5138), from there on
 * milliseconds (from March 1973). HTTP says milliseconds and guesses nothing.
 */
export type TimeUnit = "auto" | "seconds" | "milliseconds";

const FIRST_AUTO_MS = 1e11;
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/i;

/** Milliseconds of a number, rounded to whole ones; NaN when it lies outside 1970 to 9999. */
export function timeOfNumber(time: number, unit: TimeUnit): number {
  const seconds = unit === "seconds" || (unit === "auto" && time < FIRST_AUTO_MS);
  const timeMs = Math.round(seconds ? time * 1000 : time);
  return timeMs >= 0 && timeMs <= MAX_TIME_MS ? timeMs + 0 : NaN;
}

function offsetMinutes(zone: string | undefined): number {
  // Without a zone the time is UTC: what a file means must not depend on the machine that reads it.
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", ""));
  return Number(zone.slice(3).replace(":", "")) > 59 || minutes > 18 * 60
    ? NaN
    : zone[0] === "-"
    ? -minutes
    : minutes;
}

/**
 * Milliseconds of an ISO 8601 date or date and time ("2024-02-29", "2024-02-29T12:30:00.250+01:00", a space for the T);
 * without a zone it is UTC. NaN for anything else, for dates that do not exist, and outside 1970 to 9999.
 */
export function timeOfText(text: string): number {
  const parts = ISO.exec(text);
  if (parts === null) return NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC turns 31 February into March, and years below 100 into 19xx: both are then not what was written.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || date.getUTCFullYear() !== year) {
    return NaN;
  }
  const fraction = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  return timeOfNumber(date.getTime() + fraction - offsetMinutes(parts[8]) * 60_000, "milliseconds");
}
