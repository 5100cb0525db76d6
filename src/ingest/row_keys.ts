/**
 * Event keys of a file's rows: DESIGN.md 8, `hash(source name, row, how many times this row came before)`.
 *
 * What is hashed of a row, in 32-bit little-endian words: hash of the source's name (4), value (2), time (2), length of
 * the user's id in bytes (1), then user's and item's bytes, filled up with zeros to a whole word. It is what the row
 * means, not how it was written: quotes, line ends, "4" or "4.0", seconds or milliseconds make no other event.
 * A row that came before k > 0 times has the hash of (that hash, k).
 */
import { hash128, hash128OfWords } from "../domain/event_key.ts";
import { MAX_ID_LENGTH } from "../domain/event.ts";
import { RepeatCounter } from "./repeat_counter.ts";

/** Most bytes of a row's ids and type together: UTF-8 needs at most three for a UTF-16 code unit. */
export const MAX_ROW_BYTES = 9 * MAX_ID_LENGTH + 1;

const VALUE = 2, TIME = 3, USER_LENGTH = 8, IDS = 36;

export class RowKeys {
  readonly #bytes = new Uint8Array((IDS + MAX_ROW_BYTES + 8) & ~7);
  readonly #words = new Uint32Array(this.#bytes.buffer);
  readonly #doubles = new Float64Array(this.#bytes.buffer, 0, 4);
  readonly #numbered = new Uint32Array(5);
  readonly #repeats = new RepeatCounter();

  constructor(sourceName: string) {
    const name = new TextEncoder().encode(sourceName);
    hash128(name, 0, name.length, this.#words, 0);
  }

  /**
   * Writes the hash of a row's content to `out[at, at + 4)`. The ids are the bytes [userStart, userEnd) and
   * [itemStart, itemEnd), valid ids both.
   */
  hashRow(
    bytes: Uint8Array,
    userStart: number,
    userEnd: number,
    itemStart: number,
    itemEnd: number,
    value: number,
    timeMs: number,
    out: Uint32Array,
    at: number,
  ): void {
    const own = this.#bytes;
    this.#doubles[VALUE] = value, this.#doubles[TIME] = timeMs;
    this.#words[USER_LENGTH] = userEnd - userStart;
    let end = IDS;
    for (let p = userStart; p < userEnd; p++) own[end++] = bytes[p];
    for (let p = itemStart; p < itemEnd; p++) own[end++] = bytes[p];
    const wordCount = (end + 3) >> 2;
    for (; end < 4 * wordCount; end++) own[end] = 0;
    hash128OfWords(this.#words, wordCount, out, at);
  }

  /**
   * Makes keys of the hashes of the next `count` rows, in place. In one go for many rows: the table of repeats is far
   * larger than the caches, and a loop that does nothing else lets the processor wait for several rows at a time.
   */
  countRepeats(keys: Uint32Array, count: number): void {
    for (let at = 0; at < 4 * count; at += 4) {
      const repeats = this.#repeats.next(keys[at], keys[at + 1]);
      if (repeats > 0) this.#number(keys, at, repeats);
    }
  }

  #number(keys: Uint32Array, at: number, repeats: number): void {
    for (let i = 0; i < 4; i++) this.#numbered[i] = keys[at + i];
    this.#numbered[4] = repeats;
    hash128OfWords(this.#numbered, 5, keys, at);
  }
}
