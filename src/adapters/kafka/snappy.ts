/** Reads Snappy (google/snappy, format_description.txt), alone or in the frames of snappy-java, as Kafka's Java client writes it. */
import { OutsideFailure } from "../../domain/failure.ts";

const FRAME_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00];
/** Magic, version, least compatible version. */
const FRAME_HEADER_BYTES = 16;

/** Throws OutsideFailure when the bytes are torn. */
export function snappyDecompress(bytes: Uint8Array): Uint8Array {
  if (!FRAME_MAGIC.every((byte, i) => bytes[i] === byte)) return decompressBlock(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), parts: Uint8Array[] = [];
  for (let at = FRAME_HEADER_BYTES; at < bytes.length;) {
    if (at + 4 > bytes.length) throw torn();
    const size = view.getUint32(at), end = at + 4 + size;
    if (end > bytes.length) throw torn();
    parts.push(decompressBlock(bytes.subarray(at + 4, end)));
    at = end;
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function decompressBlock(bytes: Uint8Array): Uint8Array {
  let at = 0, length = 0;
  for (let shift = 0;; shift += 7) {
    if (at >= bytes.length || shift > 28) throw torn();
    const byte = bytes[at++];
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  // Three bytes make 64 at most.
  if (length > 22 * bytes.length + 64) throw torn();
  const out = new Uint8Array(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++], kind = tag & 3;
    if (kind === 0) {
      let count = tag >> 2;
      if (count >= 60) {
        const extra = count - 59;
        count = littleEndian(bytes, at, extra);
        at += extra;
      }
      count++;
      if (at + count > bytes.length || end + count > length) throw torn();
      out.set(bytes.subarray(at, at + count), end);
      at += count, end += count;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const extra = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const distance = littleEndian(bytes, at, extra) + (kind === 1 ? (tag >> 5) * 256 : 0);
    at += extra;
    if (distance === 0 || distance > end || end + count > length) throw torn();
    // Byte by byte: a copy may read what it has just written.
    for (let i = 0; i < count; i++, end++) out[end] = out[end - distance];
  }
  if (end !== length) throw torn();
  return out;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length) throw torn();
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i];
  return value;
}

function torn(): OutsideFailure {
  return new OutsideFailure("reading a batch compressed by Snappy: its bytes are torn");
}
