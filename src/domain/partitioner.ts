/**
 * Which partition of a topic a message goes to, as Kafka's Java client decides it, so that programs in any language that
 * write to a topic agree. Hash: MurmurHash2 (Austin Appleby, public domain) with Kafka's seed.
 */

const SEED = 0x9747b28c, M = 0x5bd1e995;

/** Kafka's `Utils.murmur2`: 32 bits, signed. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes, tail = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < tail; i += 4) {
    let k = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  if (length > tail) {
    for (let i = length - 1; i >= tail; i--) h ^= bytes[i] << (8 * (i - tail));
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/** The partition of a key, from 0 to `partitionCount` - 1. An empty key is a key like any other. */
export function partitionOf(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}
