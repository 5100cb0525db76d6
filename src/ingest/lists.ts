/** A line a user: the user's id, then ids of items, separated by spaces or tabs. Implicit evidence, each of value 1. */
import {
  CARRIAGE_RETURN,
  LINE_FEED,
  MAX_RECORD_BYTES,
  type RecordScanner,
  SPACE,
  TAB,
} from "./record_scanner.ts";
import type { Refusal, RowSink } from "./row_sink.ts";

export interface ListsFormat {
  readonly kind: "lists";
}

const TOO_LONG: Refusal = { reason: "lineTooLong" };

function isGap(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN;
}

export class ListsScanner implements RecordScanner {
  readonly #rows: RowSink;
  /** Where the words of the line begin and end, in turn. */
  #bounds = new Int32Array(256);
  #wordCount = 0;

  constructor(rows: RowSink) {
    this.#rows = rows;
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    const rows = this.#rows;
    let p = start;
    while (p < end && !rows.stopped) {
      const from = p, lineEnd = bytes.indexOf(LINE_FEED, from);
      p = lineEnd + 1;
      this.#findWords(bytes, from, lineEnd);
      const refusal = p - from > MAX_RECORD_BYTES ? TOO_LONG : this.#refusalOfLine(bytes);
      if (refusal === undefined) this.#addRows(bytes);
      else rows.reject(refusal, bytes, from, p);
      rows.line++;
    }
    return p;
  }

  #findWords(bytes: Uint8Array, start: number, end: number): void {
    this.#wordCount = 0;
    for (let p = start; p < end; p++) {
      if (isGap(bytes[p])) continue;
      const from = p;
      while (p < end && !isGap(bytes[p])) p++;
      const place = 2 * this.#wordCount++;
      if (place === this.#bounds.length) this.#grow();
      this.#bounds[place] = from, this.#bounds[place + 1] = p;
    }
  }

  /** A line is taken whole or not at all, so that a corrected reject file adds exactly what was missing. */
  #refusalOfLine(bytes: Uint8Array): Refusal | undefined {
    for (let word = 0; word < this.#wordCount; word++) {
      const start = this.#bounds[2 * word], end = this.#bounds[2 * word + 1];
      const refusal = this.#rows.idRefusal(word === 0 ? "userId" : "itemId", bytes, start, end);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #addRows(bytes: Uint8Array): void {
    const bounds = this.#bounds;
    for (let word = 1; word < this.#wordCount; word++) {
      this.#rows.add(bytes, bounds[0], bounds[1], bounds[2 * word], bounds[2 * word + 1], 1, 0);
    }
  }

  #grow(): void {
    const bounds = new Int32Array(2 * this.#bounds.length);
    bounds.set(this.#bounds);
    this.#bounds = bounds;
  }
}
