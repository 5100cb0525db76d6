/** A JSON object a line: events as HTTP takes them, or objects with the same under other names. */
import {
  CARRIAGE_RETURN,
  LINE_FEED,
  MAX_RECORD_BYTES,
  type RecordScanner,
  SPACE,
  TAB,
} from "./record_scanner.ts";
import { ABSENT, FlatObject, NUMBER, TEXT } from "./flat_object.ts";
import { parseDecimal, textOfBytes } from "./parse_number.ts";
import { timeOfNumber, timeOfText } from "./parse_time.ts";
import { MAX_ROW_BYTES } from "./row_keys.ts";
import type { Refusal, RowSink } from "./row_sink.ts";
import { validateEvent, type ValidEvent } from "./validate_event.ts";

/** Which property holds what. Where the first object has no such property, the name is that of API.md. */
export interface PropertyNames {
  readonly user: string;
  readonly item: string;
  readonly value: string;
  readonly time: string;
}

export interface NdjsonFormat {
  readonly kind: "ndjson";
  readonly properties: PropertyNames;
}

/** Places among the properties of a FlatObject. */
const USER = 0, ITEM = 1, VALUE = 2, TIME = 3;
const NOT_AN_EVENT: Refusal = { reason: "notAnEvent" };
const BAD_UTF8: Refusal = { reason: "badUtf8" };
const TOO_LONG: Refusal = { reason: "lineTooLong" };

/** Files of other programs write ids as numbers; a whole one has one way to be written as text. */
function idOf(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value;
}

export class NdjsonScanner implements RecordScanner {
  readonly #rows: RowSink;
  readonly #names: PropertyNames;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #encoder = new TextEncoder();
  /** Absent where two roles are one property. */
  readonly #flat?: FlatObject;
  /** Bytes of the user's id, of the item's, and of a type. */
  readonly #ids = new Uint8Array(MAX_ROW_BYTES);

  constructor(format: NdjsonFormat, rows: RowSink) {
    this.#rows = rows;
    this.#names = format.properties;
    const { user, item, value, time } = format.properties, names = [user, item, value, time];
    // Properties that make an event a named one; under these very names they may hold something else.
    const named = ["type", "eventId"];
    if (new Set([...names, ...named]).size === 6) this.#flat = new FlatObject(names, named);
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    const rows = this.#rows;
    let p = start;
    while (p < end && !rows.stopped) {
      const from = p, lineEnd = bytes.indexOf(LINE_FEED, from);
      p = lineEnd + 1;
      const refusal = p - from > MAX_RECORD_BYTES ? TOO_LONG : this.#row(bytes, from, lineEnd);
      if (refusal !== undefined) rows.reject(refusal, bytes, from, p);
      rows.line++;
    }
    return p;
  }

  #row(bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    let first = start;
    while (first < end && isBlank(bytes[first])) first++;
    if (first === end || this.#addFlat(bytes, first, end)) return undefined;
    let text: string, parsed: unknown;
    try {
      text = this.#decoder.decode(bytes.subarray(first, end));
    } catch {
      return BAD_UTF8;
    }
    try {
      parsed = JSON.parse(text);
    } catch {
      return NOT_AN_EVENT;
    }
    const validation = validateEvent(this.#candidate(parsed), this.#rows.rules);
    if (!validation.ok) return { reason: validation.problem.reason, field: validation.problem.field };
    return this.#add(validation.event, bytes.subarray(start, end + 1));
  }

  /** True if the line is a simple event that is right. Any other goes the long way, and that says what is wrong. */
  #addFlat(bytes: Uint8Array, start: number, end: number): boolean {
    const flat = this.#flat;
    if (flat === undefined || !flat.read(bytes, start, end)) return false;
    const { starts, ends, kinds } = flat, rows = this.#rows;
    for (const id of [USER, ITEM]) if (!isIdText(bytes, starts[id], ends[id], kinds[id])) return false;
    if (kinds[VALUE] === TEXT) return false;
    const value = kinds[VALUE] === ABSENT ? 1 : parseDecimal(bytes, starts[VALUE], ends[VALUE]);
    const timeMs = kinds[TIME] === ABSENT
      ? 0
      : kinds[TIME] === NUMBER
      ? timeOfNumber(parseDecimal(bytes, starts[TIME], ends[TIME]), rows.rules.timeUnit)
      : timeOfText(textOfBytes(bytes, starts[TIME], ends[TIME]));
    if (Number.isNaN(timeMs)) return false;
    return rows.add(bytes, starts[USER], ends[USER], starts[ITEM], ends[ITEM], value, timeMs) === undefined;
  }

  #candidate(parsed: unknown): unknown {
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return parsed;
    const { user, item, value, time } = this.#names, from = parsed as Record<string, unknown>;
    return {
      userId: idOf(from[user]),
      itemId: idOf(from[item]),
      value: from[value],
      time: from[time],
      type: from.type,
      eventId: from.eventId,
    };
  }

  #add({ interaction, eventId }: ValidEvent, raw: Uint8Array): Refusal | undefined {
    const ids = this.#ids, { userId, itemId, value, timeMs, type } = interaction;
    const userEnd = this.#encoder.encodeInto(userId, ids).written;
    const end = userEnd + this.#encoder.encodeInto(itemId, ids.subarray(userEnd)).written;
    if (eventId === undefined && type === undefined) {
      return this.#rows.add(ids, 0, userEnd, userEnd, end, value, timeMs);
    }
    // No id holds a zero byte: with a type, the same row of another type or of none is another one.
    const typed = type === undefined ? "" : `\0${type}`;
    const contentEnd = end + this.#encoder.encodeInto(typed, ids.subarray(end)).written;
    this.#rows.addNamed({ ...interaction, eventId }, ids.subarray(0, contentEnd), userEnd, raw);
    return undefined;
  }
}

/** Whether the bytes are an id as they stand: a text, or a whole number that is written as `idOf` writes it. */
function isIdText(bytes: Uint8Array, start: number, end: number, kind: number): boolean {
  if (kind === TEXT) return true;
  if (kind === ABSENT || end - start > 15) return false;
  for (let p = start; p < end; p++) if (bytes[p] < 0x30 || bytes[p] > 0x39) return false;
  return true;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN;
}
