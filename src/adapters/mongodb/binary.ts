/** Typed arrays as BSON binaries and back. Little-endian, like every machine that this runs on. */
import { Binary } from "mongodb";

type Numbers = Uint8Array | Uint32Array | Float32Array | Float64Array;

/** A view: the array must not change until it was sent. */
export function binaryOf(numbers: Numbers): Binary {
  return new Binary(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
}

/** The bytes, a copy: the driver gives views of what came over the wire, at any alignment. */
export function bytesOf({ buffer, position }: Binary): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(position);
  bytes.set(buffer.subarray(0, position));
  return bytes;
}

export function wordsOf(binary: Binary): Uint32Array<ArrayBuffer> {
  return new Uint32Array(bytesOf(binary).buffer);
}

export function floatsOf(binary: Binary): Float32Array<ArrayBuffer> {
  return new Float32Array(bytesOf(binary).buffer);
}

export function doublesOf(binary: Binary): Float64Array<ArrayBuffer> {
  return new Float64Array(bytesOf(binary).buffer);
}
