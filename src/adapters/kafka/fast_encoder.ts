/**
 * Makes the library write numbers faster. It makes a buffer, and a 64-bit number in an object, for every number of variable
 * length, and half a kilobyte of zeros for every record and header: more than half of the time of a bridge under load. The
 * bytes stay the same.
 */
import { Buffer } from "node:buffer";
import Encoder from "kafkajs/src/protocol/encoder.js";

export interface LibraryEncoder {
  buf: Buffer;
  readonly buffer: Buffer;
  offset: number;
  ensureAvailable(size: number): void;
  writeUVarInt(value: number): LibraryEncoder;
  writeVarLong(value: unknown): LibraryEncoder;
}

interface EncoderClass {
  readonly prototype: LibraryEncoder;
  nextPowerOfTwo(value: number): number;
  encodeZigZag(value: number): number;
  sizeOfVarInt(value: number): number;
  sizeOfVarLong(value: unknown): number;
  isFast?: true;
}

/** What an encoder begins with unless it is told otherwise. */
const STANDARD_SIZE = 511;
/** The least that is taken, from Node's pool, when something is written. */
const LEAST_SIZE = 64;
const MOST_VARINT_BYTES = 5;

/** Differences of times and offsets are nearly always small. */
const isSmall = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= -(2 ** 30) && value < 2 ** 30;

/** Once for the process. */
export function makeEncoderFast(): void {
  const library = Encoder as unknown as EncoderClass, { prototype } = library;
  if (library.isFast) return;
  const { sizeOfVarLong, nextPowerOfTwo } = library, { writeVarLong } = prototype;
  library.nextPowerOfTwo = (value) => value === STANDARD_SIZE ? 0 : nextPowerOfTwo.call(library, value);
  library.sizeOfVarLong = (value) =>
    isSmall(value) ? library.sizeOfVarInt(value) : sizeOfVarLong.call(library, value);
  prototype.ensureAvailable = function (size) {
    const { buf, offset } = this, needed = offset + size;
    if (needed <= buf.length) return;
    // Not filled with zeros: what was not written is never looked at.
    this.buf = Buffer.allocUnsafe(Math.max(LEAST_SIZE, nextPowerOfTwo.call(library, needed)));
    buf.copy(this.buf, 0, 0, offset);
  };
  prototype.writeUVarInt = function (value) {
    this.ensureAvailable(MOST_VARINT_BYTES);
    const { buf } = this;
    let at = this.offset;
    for (value >>>= 0; value > 0x7f; value >>>= 7) buf[at++] = (value & 0x7f) | 0x80;
    buf[at++] = value;
    this.offset = at;
    return this;
  };
  prototype.writeVarLong = function (value) {
    return isSmall(value) ? this.writeUVarInt(library.encodeZigZag(value)) : writeVarLong.call(this, value);
  };
  library.isFast = true;
}
