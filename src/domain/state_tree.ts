/**
 * What a learner remembers, as a tree of plain values, and as bytes. Numbers keep every bit (also -0, NaN, infinities), so a
 * learner that was restored goes on as if it had never stopped. The same tree always gives the same bytes.
 */

export type StateTree =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Uint32Array
  | Float64Array
  | readonly StateTree[]
  | { readonly [name: string]: StateTree };

/** One byte before each value says what it is. */
const NULL = 0,
  FALSE = 1,
  TRUE = 2,
  NUMBER = 3,
  TEXT = 4,
  BYTES = 5,
  WORDS = 6,
  DOUBLES = 7,
  LIST = 8,
  RECORD = 9;
const FORMAT = 1;

class Writer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  result(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#end);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  count(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#end, value, true);
    this.#end += 4;
  }

  number(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#end, value, true);
    this.#end += 8;
  }

  /** UTF-16 code units: a label may hold half of a surrogate pair, which UTF-8 would lose. */
  text(value: string): void {
    this.count(value.length);
    this.#reserve(2 * value.length);
    for (let i = 0; i < value.length; i++, this.#end += 2) {
      this.#view.setUint16(this.#end, value.charCodeAt(i), true);
    }
  }

  array(value: Uint8Array | Uint32Array | Float64Array): void {
    this.count(value.length);
    this.#reserve(value.byteLength);
    this.#bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), this.#end);
    this.#end += value.byteLength;
  }

  #reserve(sizeBytes: number): void {
    if (this.#end + sizeBytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + sizeBytes));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** The bytes of a tree; names of records in ascending order. */
export function encodeState(state: StateTree): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.byte(FORMAT);
  writeValue(writer, state);
  return writer.result();
}

function writeValue(writer: Writer, value: StateTree): void {
  if (value === null) writer.byte(NULL);
  else if (typeof value === "boolean") writer.byte(value ? TRUE : FALSE);
  else if (typeof value === "number") writer.byte(NUMBER), writer.number(value);
  else if (typeof value === "string") writer.byte(TEXT), writer.text(value);
  else if (value instanceof Uint8Array) writer.byte(BYTES), writer.array(value);
  else if (value instanceof Uint32Array) writer.byte(WORDS), writer.array(value);
  else if (value instanceof Float64Array) writer.byte(DOUBLES), writer.array(value);
  else if (Array.isArray(value)) {
    writer.byte(LIST), writer.count(value.length);
    for (const one of value as readonly StateTree[]) writeValue(writer, one);
  } else {
    const entries = Object.entries(value as Readonly<Record<string, StateTree>>);
    entries.sort(([a], [b]) => a < b ? -1 : 1);
    writer.byte(RECORD), writer.count(entries.length);
    for (const [name, one] of entries) writer.text(name), writeValue(writer, one);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  count(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  number(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  text(): string {
    const length = this.count();
    const at = this.#take(2 * length);
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.#view.getUint16(at + 2 * i, true));
    return text;
  }

  /** A copy of `count` elements: the bytes need not be aligned. */
  array(elementBytes: number): ArrayBuffer {
    const sizeBytes = this.count() * elementBytes, at = this.#take(sizeBytes);
    return this.#bytes.slice(at, at + sizeBytes).buffer as ArrayBuffer;
  }

  #take(sizeBytes: number): number {
    const at = this.#at;
    if (at + sizeBytes > this.#bytes.length) {
      throw new RangeError(
        `${sizeBytes} bytes of state wanted at ${at}, but it ends at ${this.#bytes.length}`,
      );
    }
    this.#at += sizeBytes;
    return at;
  }
}

/** The tree of these bytes. Throws RangeError when they are not those of a tree. */
export function decodeState(bytes: Uint8Array): StateTree {
  const reader = new Reader(bytes);
  const format = reader.byte();
  if (format !== FORMAT) throw new RangeError(`state of format ${format}: format ${FORMAT} is accepted`);
  const state = readValue(reader);
  if (!reader.isAtEnd) throw new RangeError("bytes are left over after the state");
  return state;
}

function readValue(reader: Reader): StateTree {
  const kind = reader.byte();
  switch (kind) {
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case NUMBER:
      return reader.number();
    case TEXT:
      return reader.text();
    case BYTES:
      return new Uint8Array(reader.array(1));
    case WORDS:
      return new Uint32Array(reader.array(4));
    case DOUBLES:
      return new Float64Array(reader.array(8));
    case LIST:
      return Array.from({ length: reader.count() }, () => readValue(reader));
    case RECORD:
      return Object.fromEntries(
        Array.from({ length: reader.count() }, () => [reader.text(), readValue(reader)]),
      );
    default:
      throw new RangeError(`a value of kind ${kind} in a state: 0 to ${RECORD} is known`);
  }
}
