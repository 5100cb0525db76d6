/**
 * A list of ids as bytes: their count, the byte length of each (unsigned 32-bit, little-endian), then their UTF-8.
 * Half of a surrogate pair has no UTF-8; the log refuses such ids.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function packIds(ids: readonly string[]): Uint8Array<ArrayBuffer> {
  // One encoding for all where a character is a byte: one for each takes three times as long.
  const text = ids.join(""), header = new Uint32Array(1 + ids.length);
  const packed = new Uint8Array(header.byteLength + 3 * text.length);
  const { written } = encoder.encodeInto(text, packed.subarray(header.byteLength));
  const isAscii = written === text.length;
  header[0] = ids.length;
  for (let i = 0; i < ids.length; i++) {
    header[1 + i] = isAscii ? ids[i].length : encoder.encode(ids[i]).length;
  }
  packed.set(new Uint8Array(header.buffer));
  return packed.slice(0, header.byteLength + written);
}

/** The ids of `packIds`. Throws RangeError when the bytes cannot be a list. */
export function unpackIds(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength < 4 ? -1 : view.getUint32(0, true);
  const headerBytes = 4 + 4 * count;
  if (count < 0 || headerBytes > bytes.byteLength) {
    throw new RangeError(`a list of ${count} ids does not fit into ${bytes.byteLength} bytes`);
  }
  const text = bytes.subarray(headerBytes);
  const whole = decoder.decode(text);
  // One decoding for all where a byte is a character; 136,000 single ones take ten times as long.
  const isAscii = whole.length === text.length;
  const ids = new Array<string>(count);
  let start = 0;
  for (let i = 0; i < count; i++) {
    const end = start + view.getUint32(4 + 4 * i, true);
    ids[i] = isAscii ? whole.slice(start, end) : decoder.decode(text.subarray(start, end));
    start = end;
  }
  if (start !== text.length) {
    throw new RangeError(`the ids take ${start} bytes, but ${text.length} bytes of text are there`);
  }
  return ids;
}
