/** Ids of a file by their bytes: a hash table, so that a row makes no string. Each id is decoded at most once. */
import { MAX_ID_LENGTH } from "../domain/event.ts";
import { idProblem, type RejectReason } from "./validate_event.ts";

/** What `codeOf` gives, negated and less one, for bytes that are no id. */
export const ID_PROBLEMS = [
  "emptyId",
  "idTooLong",
  "badId",
  "badUtf8",
] as const satisfies readonly RejectReason[];

/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const MAX_ID_BYTES = 3 * MAX_ID_LENGTH;
/** Whole numbers below this, as most files have for ids, are found without a hash: 16 MiB at most. */
const MAX_NUMBER = 1 << 22;
const MAX_DIGITS = 7;
const DECODED_COUNT = 1 << 16;
const ZERO = 0x30, SPACE = 0x20, TILDE = 0x7e;

function problemCode(reason: RejectReason): number {
  return -1 - ID_PROBLEMS.indexOf(reason as (typeof ID_PROBLEMS)[number]);
}

export class IdDictionary {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** Two words a place: code + 1 of the id (0: free), and its hash. Linear probing, at most half full. */
  #table = new Int32Array(1 << 13);
  /** By the number that an id is: its code + 1. 0 says nothing: the table knows. */
  #byNumber = new Int32Array(1 << 10);
  /** Id c is bytes[starts[c], starts[c + 1]). */
  #starts = new Float64Array((1 << 11) + 1);
  #bytes = new Uint8Array(1 << 15);
  /** By code; "", which is no id, where it was not decoded yet. */
  readonly #ids: string[] = [];
  /** Of what `known` did not find last. */
  #soughtHash = 0;
  /** The code that was found last: files often hold the rows of a user together. */
  #last = -1;

  /** How many ids there are: codes are 0 to count - 1. */
  get count(): number {
    return this.#ids.length;
  }

  idOf(code: number): string {
    return this.#ids[code] ||= this.#decoder.decode(
      this.#bytes.subarray(this.#starts[code], this.#starts[code + 1]),
    );
  }

  /** All ids by code. Decoded many at a time: one by one it takes several times as long. */
  ids(): string[] {
    for (let code = 0; code < this.count; code += DECODED_COUNT) {
      this.#decodeSome(code, Math.min(this.count, code + DECODED_COUNT));
    }
    return this.#ids.slice();
  }

  /** The ids from a code on, one after the other, and where each of them ends; both are copies. */
  packedFrom(code: number): { bytes: Uint8Array; ends: Uint32Array } {
    const from = this.#starts[code], starts = this.#starts.subarray(code + 1, this.count + 1);
    return {
      bytes: this.#bytes.slice(from, this.#starts[this.count]),
      ends: Uint32Array.from(starts, (start) => start - from),
    };
  }

  /** The code of the id in `bytes[start, end)`, dense in order of first appearance; negative if it is no id. */
  codeOf(bytes: Uint8Array, start: number, end: number): number {
    const code = this.known(bytes, start, end);
    if (code >= 0) return code;
    const problem = this.problemOf(bytes, start, end);
    return problem < 0 ? problem : this.addMissing(bytes, start, end);
  }

  /** The code of the id if it is there; else -1. Adds nothing. */
  known(bytes: Uint8Array, start: number, end: number): number {
    const number = wholeNumber(bytes, start, end);
    if (number >= 0) {
      if (number < this.#byNumber.length) {
        const found = this.#byNumber[number];
        if (found > 0) return found - 1;
      }
    } else if (this.#last >= 0 && this.#is(this.#last, bytes, start, end)) {
      return this.#last;
    }
    const hash = this.#soughtHash = hashOf(bytes, start, end);
    const place = this.#placeOf(bytes, start, end, hash), code = this.#table[place] - 1;
    if (code >= 0) this.#remember(code, number);
    return code;
  }

  /** Adds the id that `known` was asked for last, that is not there, and that has no problem; gives its code. */
  addMissing(bytes: Uint8Array, start: number, end: number): number {
    const code = this.#ids.push("") - 1;
    if (code + 1 === this.#starts.length) this.#starts = grown(this.#starts, new Float64Array(2 * code + 1));
    const from = this.#starts[code], until = from + end - start;
    if (until > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, new Uint8Array(2 * this.#bytes.length));
    }
    // Most ids are short: a loop is faster than a view and its copy.
    for (let p = start, q = from; p < end; p++, q++) this.#bytes[q] = bytes[p];
    this.#starts[code + 1] = until;
    const hash = this.#soughtHash, place = this.#placeOf(bytes, start, end, hash);
    this.#table[place] = code + 1, this.#table[place + 1] = hash;
    if (4 * this.#ids.length > this.#table.length) this.#growTable();
    this.#remember(code, wholeNumber(bytes, start, end));
    return code;
  }

  /** 0 if `bytes[start, end)` could be an id, else what `codeOf` gives for it. Adds nothing. */
  problemOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > 0 && length <= MAX_ID_LENGTH && isPlain(bytes, start, end)) return 0;
    if (length > MAX_ID_BYTES) return problemCode("idTooLong");
    let id: string;
    try {
      id = this.#decoder.decode(bytes.subarray(start, end));
    } catch {
      return problemCode("badUtf8");
    }
    const problem = idProblem(id);
    return problem === undefined ? 0 : problemCode(problem);
  }

  /** Where in the table the id is, or is to be. */
  #placeOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const table = this.#table, mask = table.length - 1;
    let place = (hash << 1) & mask;
    for (let found = table[place]; found !== 0; found = table[place]) {
      if (table[place + 1] === hash && this.#is(found - 1, bytes, start, end)) break;
      place = (place + 2) & mask;
    }
    return place;
  }

  #is(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes, from = this.#starts[code];
    if (this.#starts[code + 1] - from !== end - start) return false;
    for (let p = start, q = from; p < end; p++, q++) if (bytes[p] !== own[q]) return false;
    return true;
  }

  #decodeSome(first: number, end: number): void {
    const starts = this.#starts, bytes = this.#bytes;
    const text = this.#decoder.decode(bytes.subarray(starts[first], starts[end]));
    let from = 0, p = starts[first];
    for (let code = first; code < end; code++) {
      let until = from;
      // UTF-16 code units: two of what takes four bytes, none of what continues a character.
      for (; p < starts[code + 1]; p++) until += bytes[p] >= 0xf0 ? 2 : (bytes[p] & 0xc0) === 0x80 ? 0 : 1;
      this.#ids[code] = text.slice(from, until);
      from = until;
    }
  }

  #remember(code: number, number: number): void {
    this.#last = code;
    if (number < 0 || number >= MAX_NUMBER) return;
    if (number >= this.#byNumber.length) {
      this.#byNumber = grown(this.#byNumber, new Int32Array(2 << (31 - Math.clz32(number))));
    }
    this.#byNumber[number] = code + 1;
  }

  #growTable(): void {
    const old = this.#table, table = new Int32Array(2 * old.length), mask = table.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue;
      let place = (old[from + 1] << 1) & mask;
      while (table[place] !== 0) place = (place + 2) & mask;
      table[place] = old[from], table[place + 1] = old[from + 1];
    }
    this.#table = table;
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The number that the bytes write, if they write it in the one way without leading zeros; else -1. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  let number = bytes[start] - ZERO;
  if (!(number >= 0 && number <= 9) || end - start > MAX_DIGITS) return -1;
  if (end - start !== 1 && (number === 0 || end === start)) return -1;
  for (let p = start + 1; p < end; p++) {
    const digit = bytes[p] - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Whether it is ASCII without control characters: then it needs no decoding to be an id. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (bytes[p] < SPACE || bytes[p] > TILDE) return false;
  return true;
}

/** FNV-1a with a final mix, so that its low bits are good enough for a table of a power of two. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return hash ^ (hash >>> 15);
}
