/** Typed arrays as blobs and back. Little-endian, like every machine that this runs on. */

type Numbers = Uint32Array | Float32Array | Float64Array;

export function bytesOf(numbers: Numbers): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** SQLite gives each blob in a buffer of its own, so these are views and not copies. */
export function wordsOf(blob: Uint8Array): Uint32Array<ArrayBuffer> {
  return new Uint32Array(blob.buffer as ArrayBuffer, blob.byteOffset, blob.byteLength / 4);
}

export function floatsOf(blob: Uint8Array): Float32Array<ArrayBuffer> {
  return new Float32Array(blob.buffer as ArrayBuffer, blob.byteOffset, blob.byteLength / 4);
}

export function doublesOf(blob: Uint8Array): Float64Array<ArrayBuffer> {
  return new Float64Array(blob.buffer as ArrayBuffer, blob.byteOffset, blob.byteLength / 8);
}
