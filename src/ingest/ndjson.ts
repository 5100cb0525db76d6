/** A JSON object a line: events as HTTP takes them, or objects with the same under other names. */
import {
  CARRIAGE_RETURN,
  LINE_FEED,
  MAX_RECORD_BYTES,
  type RecordScanner,
  SPACE,
  TAB,
} from "./record_scanner.ts";
import { MAX_ROW_BYTES } from "./row_keys.ts";
import type { Refusal, RowCollector } from "./row_collector.ts";
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

const NOT_AN_EVENT: Refusal = { reason: "notAnEvent" };
const BAD_UTF8: Refusal = { reason: "badUtf8" };
const TOO_LONG: Refusal = { reason: "lineTooLong" };

/** Files of other programs write ids as numbers; a whole one has one way to be written as text. */
function idOf(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value;
}

export class NdjsonScanner implements RecordScanner {
  readonly #rows: RowCollector;
  readonly #names: PropertyNames;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #encoder = new TextEncoder();
  /** Bytes of the user's id, of the item's, and of a type. */
  readonly #ids = new Uint8Array(MAX_ROW_BYTES);

  constructor(format: NdjsonFormat, rows: RowCollector) {
    this.#rows = rows;
    this.#names = format.properties;
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
    if (first === end) return undefined;
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

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN;
}
