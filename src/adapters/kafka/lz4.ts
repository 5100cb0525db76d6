/** Reads LZ4 frames (lz4_Frame_format.md, lz4_Block_format.md), as Kafka's clients write them. Checksums are Kafka's own affair: not checked. */
import { OutsideFailure } from "../../domain/failure.ts";

const MAGIC = 0x184d2204;
const HAS_BLOCK_CHECKSUMS = 0x10, HAS_SIZE = 0x08, HAS_DICTIONARY = 0x01;
const IS_PLAIN = 0x80000000;

/** Grows as it is written to. */
class Output {
  bytes: Uint8Array;
  length = 0;

  constructor(room: number) {
    this.bytes = new Uint8Array(room);
  }

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  append(part: Uint8Array): void {
    this.reserve(part.length);
    this.bytes.set(part, this.length);
    this.length += part.length;
  }

  /** Byte by byte: it may read what it has just written. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) throw torn();
    this.reserve(count);
    for (let i = 0; i < count; i++, this.length++) {
      this.bytes[this.length] = this.bytes[this.length - distance];
    }
  }
}

/** Throws OutsideFailure when the bytes are torn. */
export function lz4Decompress(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== MAGIC) throw torn();
  const flags = bytes[4];
  // After magic, flags and the greatest block size: what the flags announce, and a checksum of the header.
  let at = 6 + (flags & HAS_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY ? 4 : 0) + 1;
  const out = new Output(4 * bytes.length);
  for (;;) {
    if (at + 4 > bytes.length) throw torn();
    const word = view.getUint32(at, true), size = (word & ~IS_PLAIN) >>> 0;
    at += 4;
    if (word === 0) return out.bytes.subarray(0, out.length);
    if (at + size > bytes.length) throw torn();
    const block = bytes.subarray(at, at + size);
    if (word >= IS_PLAIN) out.append(block);
    else decompressBlock(block, out);
    at += size + (flags & HAS_BLOCK_CHECKSUMS ? 4 : 0);
  }
}

function decompressBlock(block: Uint8Array, out: Output): void {
  let at = 0;
  const longCount = (count: number): number => {
    if (count < 15) return count;
    for (;;) {
      if (at >= block.length) throw torn();
      const byte = block[at++];
      count += byte;
      if (byte < 255) return count;
    }
  };
  while (at < block.length) {
    const token = block[at++], literals = longCount(token >> 4);
    if (at + literals > block.length) throw torn();
    out.append(block.subarray(at, at + literals));
    at += literals;
    // The last sequence has no match.
    if (at === block.length) return;
    if (at + 2 > block.length) throw torn();
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    out.repeat(distance, longCount(token & 15) + 4);
  }
}

function torn(): OutsideFailure {
  return new OutsideFailure("reading a batch compressed by LZ4: its bytes are torn");
}
