/** Ids of a file by their bytes: a hash table, so that a row makes no string. Each id is decoded once. */
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

function problemCode(reason: RejectReason): number {
  return -1 - ID_PROBLEMS.indexOf(reason as (typeof ID_PROBLEMS)[number]);
}

export class IdDictionary {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** Code + 1 of the id at each place; 0 is free. Linear probing, at most half full. */
  #places = new Uint32Array(1 << 12);
  #hashes = new Int32Array(1 << 11);
  /** Id c is bytes[starts[c], starts[c + 1]). */
  #starts = new Float64Array((1 << 11) + 1);
  #bytes = new Uint8Array(1 << 15);
  #ids: string[] = [];
  /** The code that was given last: files often hold the rows of a user together. */
  #last = -1;

  /** How many ids there are: codes are 0 to count - 1. */
  get count(): number {
    return this.#ids.length;
  }

  idOf(code: number): string {
    return this.#ids[code];
  }

  /** The code of the id in `bytes[start, end)`, dense in order of first appearance; negative if it is no id. */
  codeOf(bytes: Uint8Array, start: number, end: number): number {
    if (this.#last >= 0 && this.#is(this.#last, bytes, start, end)) return this.#last;
    return this.#last = this.#find(bytes, start, end);
  }

  #find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end), mask = this.#places.length - 1;
    let place = hash & mask;
    for (let found = this.#places[place]; found !== 0; found = this.#places[place]) {
      if (this.#hashes[found - 1] === hash && this.#is(found - 1, bytes, start, end)) return found - 1;
      place = (place + 1) & mask;
    }
    return this.#add(bytes, start, end, hash, place);
  }

  #is(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes, from = this.#starts[code];
    if (this.#starts[code + 1] - from !== end - start) return false;
    for (let p = start, q = from; p < end; p++, q++) if (bytes[p] !== own[q]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, place: number): number {
    if (end - start > MAX_ID_BYTES) return problemCode("idTooLong");
    let id: string;
    try {
      id = this.#decoder.decode(bytes.subarray(start, end));
    } catch {
      return problemCode("badUtf8");
    }
    const problem = idProblem(id);
    if (problem !== undefined) return problemCode(problem);
    const code = this.#ids.push(id) - 1;
    if (code === this.#hashes.length) this.#growIds();
    const from = this.#starts[code], until = from + end - start;
    if (until > this.#bytes.length) this.#growBytes();
    this.#bytes.set(bytes.subarray(start, end), from);
    this.#starts[code + 1] = until;
    this.#hashes[code] = hash;
    this.#places[place] = code + 1;
    if (2 * this.#ids.length > this.#places.length) this.#growPlaces();
    return code;
  }

  #growIds(): void {
    const hashes = new Int32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    const starts = new Float64Array(hashes.length + 1);
    starts.set(this.#starts);
    this.#hashes = hashes, this.#starts = starts;
  }

  #growBytes(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  #growPlaces(): void {
    const places = new Uint32Array(2 * this.#places.length), mask = places.length - 1;
    for (let code = 0; code < this.#ids.length; code++) {
      let place = this.#hashes[code] & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = code + 1;
    }
    this.#places = places;
  }
}

/** FNV-1a with a final mix, so that its low bits are good enough for a table of a power of two. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return hash ^ (hash >>> 15);
}
