/**
 * A message as bytes of a record batch, written in one go. The library's own way makes an encoder for the record and for each
 * of its headers, and copies from one to the other: a fifth of the time of a bridge under load. Whatever is unusual is left
 * to it. The bytes stay the same.
 */
import { Buffer } from "node:buffer";

export interface RecordParts {
  readonly offsetDelta?: number;
  readonly timestampDelta?: unknown;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** What the library asks of an encoder that holds a record. */
export interface EncodedRecord {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

/** A record whose size is known and that waits until there is a place to be written to. */
export class WaitingRecord implements EncodedRecord {
  readonly #write: (buf: Buffer, at: number) => void;

  /** `size` in bytes, with the number in front that says it. `write` writes so many from `at` on. */
  constructor(readonly size: number, write: (buf: Buffer, at: number) => void) {
    this.#write = write;
  }

  writeTo(buf: Buffer, at: number): void {
    this.#write(buf, at);
  }

  get buf(): Buffer {
    const buf = Buffer.allocUnsafe(this.size);
    this.#write(buf, 0);
    return buf;
  }

  get buffer(): Buffer {
    return this.buf;
  }
}

export type EncodeRecord = (parts: RecordParts) => EncodedRecord;

/** Sizes beyond are the library's: as zigzag numbers they would leave 31 bits. */
const MOST_BYTES = 2 ** 29;

/** Bytes of a number from 0 on, zigzag and then seven bits at a time. */
function sizeOf(value: number): number {
  const zigzag = 2 * value;
  return zigzag < 0x80 ? 1 : zigzag < 0x4000 ? 2 : zigzag < 0x200000 ? 3 : zigzag < 0x10000000 ? 4 : 5;
}

function writeNumber(buf: Buffer, at: number, value: number): number {
  let rest = 2 * value;
  for (; rest > 0x7f; rest >>>= 7) buf[at++] = (rest & 0x7f) | 0x80;
  buf[at++] = rest;
  return at;
}

function writeBytes(buf: Buffer, at: number, bytes: Buffer | null): number {
  // Nothing at all is -1, whose zigzag number is 1.
  if (bytes === null) {
    buf[at] = 1;
    return at + 1;
  }
  at = writeNumber(buf, at, bytes.length);
  buf.set(bytes, at);
  return at + bytes.length;
}

function writeAscii(buf: Buffer, at: number, text: string): number {
  at = writeNumber(buf, at, text.length);
  for (let i = 0; i < text.length; i++) buf[at++] = text.charCodeAt(i);
  return at;
}

/** Non-negative where all of it is ASCII: then it has as many bytes as code units. */
function asciiSize(text: unknown): number {
  if (typeof text !== "string" || text.length > 1000) return -1;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return -1;
  return sizeOf(text.length) + text.length;
}

const bytesSize = (bytes: Buffer | null) => bytes === null ? 1 : sizeOf(bytes.length) + bytes.length;
const isBytes = (value: unknown): value is Buffer | null =>
  value === null || (Buffer.isBuffer(value) && value.length < MOST_BYTES);
const isSmall = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MOST_BYTES;

/** Gives `slow` what it does not do itself. */
export function fastRecord(slow: EncodeRecord): EncodeRecord {
  return (parts) => {
    const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = parts;
    if (!isBytes(key) || !isBytes(value) || !isSmall(offsetDelta) || !isSmall(timestampDelta)) {
      return slow(parts);
    }
    const names = Object.keys(headers);
    let size = 1 + sizeOf(timestampDelta) + sizeOf(offsetDelta) + bytesSize(key) + bytesSize(value) +
      sizeOf(names.length);
    for (const name of names) {
      const nameSize = asciiSize(name), textSize = asciiSize(headers[name]);
      if (nameSize < 0 || textSize < 0) return slow(parts);
      size += nameSize + textSize;
    }
    const write = (buf: Buffer, start: number) => {
      let at = writeNumber(buf, start, size);
      // No attribute of a record is in use.
      buf[at++] = 0;
      at = writeNumber(buf, at, timestampDelta);
      at = writeNumber(buf, at, offsetDelta);
      at = writeBytes(buf, at, key);
      at = writeBytes(buf, at, value);
      at = writeNumber(buf, at, names.length);
      for (const name of names) at = writeAscii(buf, writeAscii(buf, at, name), headers[name] as string);
    };
    return new WaitingRecord(sizeOf(size) + size, write);
  };
}
