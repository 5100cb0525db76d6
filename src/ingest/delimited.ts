/** Rows with a delimiter between fields: CSV as RFC 4180 has it, TSV, and MovieLens' "::". */
import { parseDecimal } from "./parse_number.ts";
import { refusalOfNumber, timeOfBytes } from "./read_field.ts";
import { CARRIAGE_RETURN, LINE_FEED, MAX_RECORD_BYTES, type RecordScanner, SPACE } from "./record_scanner.ts";
import type { Refusal, RowSink } from "./row_sink.ts";

/** Which field, from 0, holds what; -1 where there is none. */
export interface ColumnPlaces {
  readonly user: number;
  readonly item: number;
  readonly value: number;
  readonly time: number;
}

export interface DelimitedFormat {
  readonly kind: "delimited";
  /** One or two ASCII characters. */
  readonly delimiter: string;
  /** Whether a field may stand in double quotes. */
  readonly quoting: boolean;
  readonly hasHeader: boolean;
  readonly columns: ColumnPlaces;
  /** Names of the columns where there is a header, for people. */
  readonly names: readonly string[];
}

const QUOTE = 0x22;
const OPEN = -1, MISQUOTED = -2;
const BAD_QUOTES: Refusal = { reason: "badQuotes" };
const BAD_TIME: Refusal = { reason: "badTime", field: "time" };
const TOO_LONG: Refusal = { reason: "lineTooLong" };

export class DelimitedScanner implements RecordScanner {
  readonly #rows: RowSink;
  readonly #columns: ColumnPlaces;
  readonly #delimiter: number;
  /** The second byte of the delimiter; -1 if it has one only. */
  readonly #second: number;
  /** By byte: 1 where an unquoted field may end. */
  readonly #stops = new Uint8Array(256);
  readonly #quote: number;
  /** Spaces around a field are no part of it, unless they stand in quotes or are the delimiter. */
  readonly #space: number;
  readonly #needed: number;
  readonly #missing: Refusal[];
  readonly #onHeader?: (bytes: Uint8Array) => void;
  #awaitsHeader: boolean;
  #starts: Int32Array;
  #ends: Int32Array;
  #fieldCount = 0;
  #lineFeeds = 0;
  /** Whether a field of the record has a quote in its quotes. */
  #hasEscapes = false;

  constructor(format: DelimitedFormat, rows: RowSink, onHeader?: (bytes: Uint8Array) => void) {
    const { user, item, value, time } = format.columns;
    this.#rows = rows;
    this.#columns = format.columns;
    this.#delimiter = format.delimiter.charCodeAt(0);
    this.#second = format.delimiter.length === 2 ? format.delimiter.charCodeAt(1) : -1;
    this.#stops[LINE_FEED] = this.#stops[this.#delimiter] = 1;
    this.#quote = format.quoting ? QUOTE : -1;
    this.#space = format.delimiter === " " ? -1 : SPACE;
    this.#awaitsHeader = format.hasHeader;
    this.#onHeader = onHeader;
    this.#needed = Math.max(user, item, value, time) + 1;
    this.#starts = new Int32Array(this.#needed), this.#ends = new Int32Array(this.#needed);
    this.#missing = Array.from({ length: this.#needed }, (_, place): Refusal => {
      const field = place === user
        ? "userId"
        : place === item
        ? "itemId"
        : place === value
        ? "value"
        : "time";
      return { reason: "missingField", field };
    });
  }

  scan(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    const rows = this.#rows;
    let p = start;
    while (p < end && !rows.stopped) {
      const from = p, last = this.#findFields(bytes, p, end);
      if (last === OPEN && !isLast && end - from <= MAX_RECORD_BYTES) return from;
      // Quotes that do not pair up spoil one line, not the rest of the file.
      const lineEnd = last >= 0 ? last : bytes.indexOf(LINE_FEED, from);
      p = lineEnd + 1;
      const refusal = last < 0
        ? BAD_QUOTES
        : p - from > MAX_RECORD_BYTES
        ? TOO_LONG
        : this.#row(bytes, from, lineEnd);
      if (refusal !== undefined) rows.reject(refusal, bytes, from, p);
      rows.line += last < 0 ? 1 : 1 + this.#lineFeeds;
    }
    return p;
  }

  /** Where the record's line feed is, with its fields noted; OPEN or MISQUOTED. */
  #findFields(bytes: Uint8Array, start: number, end: number): number {
    const delimiter = this.#delimiter, second = this.#second, quote = this.#quote, space = this.#space;
    // Digits and letters mostly lie behind both stops: a look at the table for few bytes only.
    const lastStop = Math.max(LINE_FEED, delimiter),
      stops = this.#stops,
      needed = this.#needed,
      starts = this.#starts,
      ends = this.#ends;
    let p = start, field = 0;
    this.#lineFeeds = 0, this.#hasEscapes = false;
    for (;;) {
      let byte = bytes[p];
      while (byte === space) byte = bytes[++p];
      let from = p, until = -1;
      if (byte === quote) {
        from = p + 1;
        // Within the longest record only: else it would depend on how much was read whether one is found.
        until = this.#closingQuote(bytes, from, Math.min(end, start + MAX_RECORD_BYTES));
        if (until < 0) return OPEN;
        p = until + 1;
        byte = bytes[p];
        while (byte === space) byte = bytes[++p];
        if (byte === CARRIAGE_RETURN && bytes[p + 1] === LINE_FEED) byte = bytes[++p];
        const ends = byte === LINE_FEED || (byte === delimiter && (second < 0 || bytes[p + 1] === second));
        if (!ends) return MISQUOTED;
      } else {
        for (;;) {
          while (byte > lastStop || stops[byte] === 0) byte = bytes[++p];
          if (byte === LINE_FEED || second < 0 || bytes[p + 1] === second) break;
          byte = bytes[++p];
        }
      }
      if (field < needed) {
        if (until < 0) {
          until = p;
          if (byte === LINE_FEED && until > from && bytes[until - 1] === CARRIAGE_RETURN) until--;
          while (until > from && bytes[until - 1] === space) until--;
        }
        starts[field] = from, ends[field] = until;
      }
      field++;
      if (byte === LINE_FEED) break;
      p += second < 0 ? 1 : 2;
    }
    this.#fieldCount = field;
    return p;
  }

  /** The quote that ends the field which begins at `start`; -1 if there is none before `end`. */
  #closingQuote(bytes: Uint8Array, start: number, end: number): number {
    for (let p = start; p < end; p++) {
      const byte = bytes[p];
      if (byte === LINE_FEED) this.#lineFeeds++;
      if (byte !== QUOTE) continue;
      if (bytes[p + 1] !== QUOTE) return p;
      this.#hasEscapes = true;
      p++;
    }
    return -1;
  }

  #row(bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    if (this.#fieldCount === 1 && this.#isBlank(bytes, start, end)) return undefined;
    if (this.#awaitsHeader) {
      this.#awaitsHeader = false;
      this.#onHeader?.(bytes.subarray(start, end + 1));
      return undefined;
    }
    if (this.#fieldCount < this.#needed) return this.#firstMissing();
    const { user, item, value, time } = this.#columns, starts = this.#starts, ends = this.#ends;
    let number = 1, timeMs = 0;
    if (value >= 0) {
      number = parseDecimal(bytes, starts[value], ends[value]);
      if (number !== number) return refusalOfNumber(bytes, starts[value], ends[value]);
    }
    if (time >= 0) {
      timeMs = timeOfBytes(bytes, starts[time], ends[time], this.#rows.rules.timeUnit);
      if (timeMs !== timeMs) return BAD_TIME;
    }
    if (this.#hasEscapes) return this.#addUnescaped(bytes, number, timeMs);
    return this.#rows.add(bytes, starts[user], ends[user], starts[item], ends[item], number, timeMs);
  }

  #firstMissing(): Refusal {
    const { user, item, value, time } = this.#columns;
    const places = [user, item, value, time].filter((place) => place >= this.#fieldCount);
    return this.#missing[Math.min(...places)];
  }

  #isBlank(bytes: Uint8Array, start: number, end: number): boolean {
    for (let p = start; p < end; p++) if (bytes[p] !== SPACE && bytes[p] !== CARRIAGE_RETURN) return false;
    return true;
  }

  #addUnescaped(bytes: Uint8Array, value: number, timeMs: number): Refusal | undefined {
    const { user, item } = this.#columns;
    const userId = unescaped(bytes, this.#starts[user], this.#ends[user]);
    const itemId = unescaped(bytes, this.#starts[item], this.#ends[item]);
    const both = new Uint8Array(userId.length + itemId.length);
    both.set(userId), both.set(itemId, userId.length);
    return this.#rows.add(both, 0, userId.length, userId.length, both.length, value, timeMs);
  }
}

/** A field with one quote for two, if it stands in quotes. */
function unescaped(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const field = bytes.subarray(start, end);
  if (bytes[start - 1] !== QUOTE || bytes[end] !== QUOTE) return field;
  const plain = new Uint8Array(field.length);
  let length = 0;
  for (let p = 0; p < field.length; p++) {
    plain[length++] = field[p];
    if (field[p] === QUOTE) p++;
  }
  return plain.subarray(0, length);
}
