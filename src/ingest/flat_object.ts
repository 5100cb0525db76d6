/**
 * JSON objects of the simple kind, straight from bytes: strings without escapes and plain numbers, nothing nested. Nearly
 * every line of a file of events is one, and is read in a quarter of the time (measured, the whole import). What is not
 * simple is not refused here but left to JSON.parse.
 */

/** What a property holds. */
export const ABSENT = 0, TEXT = 1, NUMBER = 2;

const QUOTE = 0x22, COMMA = 0x2c, MINUS = 0x2d, POINT = 0x2e, ZERO = 0x30, NINE = 0x39, COLON = 0x3a;
const BACKSLASH = 0x5c, OPEN = 0x7b, CLOSE = 0x7d;
const SPACE = 0x20;
/** Not a place: the object is not simple. */
const NONE = -1;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function skipSpace(bytes: Uint8Array, p: number): number {
  while (bytes[p] === SPACE || bytes[p] === 0x09 || bytes[p] === 0x0d) p++;
  return p;
}

export class FlatObject {
  /** Of property k: bytes[starts[k], ends[k]), without quotes. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
  readonly #names: Uint8Array[];
  readonly #refused: Uint8Array[];

  /** Looks for the properties `names`, all different; an object with one of the `refused` is not simple. */
  constructor(names: readonly string[], refused: readonly string[]) {
    const encoder = new TextEncoder();
    this.#names = names.map((name) => encoder.encode(name));
    this.#refused = refused.map((name) => encoder.encode(name));
    this.starts = new Int32Array(names.length), this.ends = new Int32Array(names.length);
    this.kinds = new Uint8Array(names.length);
  }

  /**
   * True if bytes[start, end) is a simple object, with what it holds noted; `bytes[end]` is a line feed. Texts may be no
   * UTF-8 where they are values of `names`; elsewhere they are ASCII.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.kinds.fill(ABSENT);
    let p = skipSpace(bytes, start);
    if (bytes[p] !== OPEN) return false;
    do {
      p = skipSpace(bytes, p + 1);
      if (bytes[p] !== QUOTE) return false;
      const keyStart = p + 1, keyEnd = this.#endOfText(bytes, keyStart, true);
      if (keyEnd === NONE) return false;
      p = skipSpace(bytes, keyEnd + 1);
      if (bytes[p] !== COLON) return false;
      p = this.#readValue(bytes, skipSpace(bytes, p + 1), this.#placeOf(bytes, keyStart, keyEnd));
      if (p === NONE) return false;
      p = skipSpace(bytes, p);
    } while (bytes[p] === COMMA);
    return bytes[p] === CLOSE && skipSpace(bytes, p + 1) === end;
  }

  /** Which of the names it is; the number of names for another, NONE for one that makes the object not simple. */
  #placeOf(bytes: Uint8Array, start: number, end: number): number {
    for (let k = 0; k < this.#names.length; k++) {
      // A property that comes twice: the last one counts, as JSON.parse has it, but seldom enough to leave it to that.
      if (isAt(this.#names[k], bytes, start, end)) return this.kinds[k] === ABSENT ? k : NONE;
    }
    for (const name of this.#refused) if (isAt(name, bytes, start, end)) return NONE;
    return this.#names.length;
  }

  /** Where the value ends that begins at p. */
  #readValue(bytes: Uint8Array, p: number, place: number): number {
    if (place === NONE) return NONE;
    const isText = bytes[p] === QUOTE, start = isText ? p + 1 : p;
    const end = isText
      ? this.#endOfText(bytes, start, place === this.#names.length)
      : endOfNumber(bytes, start);
    if (end === NONE) return NONE;
    if (place < this.#names.length) {
      this.starts[place] = start, this.ends[place] = end, this.kinds[place] = isText ? TEXT : NUMBER;
    }
    return isText ? end + 1 : end;
  }

  #endOfText(bytes: Uint8Array, p: number, isAscii: boolean): number {
    for (;; p++) {
      const byte = bytes[p];
      if (byte === QUOTE) return p;
      // Control characters, the line feed at the end among them, are not JSON.
      if (byte === BACKSLASH || byte < SPACE || (isAscii && byte >= 0x80)) return NONE;
    }
  }
}

/** Where the number ends that begins at p: without an exponent, as JSON writes it (no leading zeros, digits on both sides). */
function endOfNumber(bytes: Uint8Array, p: number): number {
  if (bytes[p] === MINUS) p++;
  if (!isDigit(bytes[p]) || (bytes[p] === ZERO && isDigit(bytes[p + 1]))) return NONE;
  while (isDigit(bytes[p])) p++;
  if (bytes[p] !== POINT) return p;
  if (!isDigit(bytes[++p])) return NONE;
  while (isDigit(bytes[p])) p++;
  return p;
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== name.length) return false;
  for (let p = start, q = 0; p < end; p++, q++) if (bytes[p] !== name[q]) return false;
  return true;
}
