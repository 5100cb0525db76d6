/**
 * Event keys: 128 bits that stand for an event id in the log's uniqueness constraint.
 * Hash: MurmurHash3_x86_128 (Austin Appleby, public domain), seed 0 unless given.
 */

const C1 = 0x239b961b, C2 = 0xab0e9789, C3 = 0x38b34ae5, C4 = 0xa1e38b93;

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function finalMix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The end of the hash: mixes the four lanes and the length in bytes, and writes them. */
function writeMixed(
  h1: number,
  h2: number,
  h3: number,
  h4: number,
  length: number,
  out: Uint32Array,
  at: number,
): void {
  h1 ^= length, h2 ^= length, h3 ^= length, h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0, h3 = (h3 + h1) | 0, h4 = (h4 + h1) | 0;
  h1 = finalMix(h1), h2 = finalMix(h2), h3 = finalMix(h3), h4 = finalMix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0, h3 = (h3 + h1) | 0, h4 = (h4 + h1) | 0;
  out[at] = h1, out[at + 1] = h2, out[at + 2] = h3, out[at + 3] = h4;
}

/**
 * MurmurHash3_x86_128 of `bytes[start, end)`, written to `out[at, at + 4)` as four unsigned 32-bit words.
 * Allocates nothing: the importer calls it once a row.
 */
export function hash128(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint32Array,
  at: number,
  seed = 0,
): void {
  let h1 = seed, h2 = seed, h3 = seed, h4 = seed;
  const length = end - start;
  let p = start;
  for (const last = end - 15; p < last; p += 16) {
    let k1 = bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24);
    let k2 = bytes[p + 4] | (bytes[p + 5] << 8) | (bytes[p + 6] << 16) | (bytes[p + 7] << 24);
    let k3 = bytes[p + 8] | (bytes[p + 9] << 8) | (bytes[p + 10] << 16) | (bytes[p + 11] << 24);
    let k4 = bytes[p + 12] | (bytes[p + 13] << 8) | (bytes[p + 14] << 16) | (bytes[p + 15] << 24);
    k1 = Math.imul(rotateLeft(Math.imul(k1, C1), 15), C2);
    h1 = (Math.imul(rotateLeft(h1 ^ k1, 19) + h2, 5) + 0x561ccd1b) | 0;
    k2 = Math.imul(rotateLeft(Math.imul(k2, C2), 16), C3);
    h2 = (Math.imul(rotateLeft(h2 ^ k2, 17) + h3, 5) + 0x0bcaa747) | 0;
    k3 = Math.imul(rotateLeft(Math.imul(k3, C3), 17), C4);
    h3 = (Math.imul(rotateLeft(h3 ^ k3, 15) + h4, 5) + 0x96cd1c35) | 0;
    k4 = Math.imul(rotateLeft(Math.imul(k4, C4), 18), C1);
    h4 = (Math.imul(rotateLeft(h4 ^ k4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  let k1 = 0, k2 = 0, k3 = 0, k4 = 0;
  for (let i = end - 1; i >= p; i--) {
    const lane = (i - p) >> 2, byte = bytes[i] << (((i - p) & 3) << 3);
    if (lane === 0) k1 |= byte;
    else if (lane === 1) k2 |= byte;
    else if (lane === 2) k3 |= byte;
    else k4 |= byte;
  }
  h4 ^= Math.imul(rotateLeft(Math.imul(k4, C4), 18), C1);
  h3 ^= Math.imul(rotateLeft(Math.imul(k3, C3), 17), C4);
  h2 ^= Math.imul(rotateLeft(Math.imul(k2, C2), 16), C3);
  h1 ^= Math.imul(rotateLeft(Math.imul(k1, C1), 15), C2);
  writeMixed(h1, h2, h3, h4, length, out, at);
}

/**
 * The same hash, seed 0, of `words[0, count)`: what `hash128` gives for their little-endian bytes. Twice as fast and more, as
 * words need no putting together.
 */
export function hash128OfWords(words: Uint32Array, count: number, out: Uint32Array, at: number): void {
  let h1 = 0, h2 = 0, h3 = 0, h4 = 0, p = 0;
  for (const last = count - 3; p < last; p += 4) {
    const k1 = Math.imul(rotateLeft(Math.imul(words[p], C1), 15), C2);
    h1 = (Math.imul(rotateLeft(h1 ^ k1, 19) + h2, 5) + 0x561ccd1b) | 0;
    const k2 = Math.imul(rotateLeft(Math.imul(words[p + 1], C2), 16), C3);
    h2 = (Math.imul(rotateLeft(h2 ^ k2, 17) + h3, 5) + 0x0bcaa747) | 0;
    const k3 = Math.imul(rotateLeft(Math.imul(words[p + 2], C3), 17), C4);
    h3 = (Math.imul(rotateLeft(h3 ^ k3, 15) + h4, 5) + 0x96cd1c35) | 0;
    const k4 = Math.imul(rotateLeft(Math.imul(words[p + 3], C4), 18), C1);
    h4 = (Math.imul(rotateLeft(h4 ^ k4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  if (p + 2 < count) h3 ^= Math.imul(rotateLeft(Math.imul(words[p + 2], C3), 17), C4);
  if (p + 1 < count) h2 ^= Math.imul(rotateLeft(Math.imul(words[p + 1], C2), 16), C3);
  if (p < count) h1 ^= Math.imul(rotateLeft(Math.imul(words[p], C1), 15), C2);
  writeMixed(h1, h2, h3, h4, 4 * count, out, at);
}

const PREFIX = "row-";
const KEY_ID = /^row-[0-9a-f]{32}$/;
const encoder = new TextEncoder();

/** The event id of an imported row: "row-" and its key as 32 hexadecimal digits. */
export function eventIdOfKey(keys: Uint32Array, at = 0): string {
  let id = PREFIX;
  for (let i = at; i < at + 4; i++) id += keys[i].toString(16).padStart(8, "0");
  return id;
}

/** Whether an event id is that of an imported row, so that its key says all of it. */
export function isKeyId(eventId: string): boolean {
  return KEY_ID.test(eventId);
}

/** The key of an event id: its own digits if it is that of an imported row, otherwise the hash of its UTF-8 bytes. */
export function keyOfEventId(eventId: string, out: Uint32Array = new Uint32Array(4), at = 0): Uint32Array {
  if (isKeyId(eventId)) {
    for (let i = 0; i < 4; i++) out[at + i] = parseInt(eventId.slice(4 + 8 * i, 12 + 8 * i), 16);
  } else {
    const bytes = encoder.encode(eventId);
    hash128(bytes, 0, bytes.length, out, at);
  }
  return out;
}
