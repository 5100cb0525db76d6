/**
 * Says of most keys that a run does not hold them, without reading the run: a Bloom filter of which each key touches
 * one 32-bit word (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2009).
 * With one to two keys a word about one absent key in a hundred is taken for a present one.
 */
export class KeyFilter {
  readonly #mask: number;

  /** `words`: a power of two of them. */
  constructor(readonly words: Uint32Array) {
    this.#mask = words.length - 1;
  }

  /** A filter that holds the keys of two hash words each. */
  static of(first: Uint32Array, second: Uint32Array): KeyFilter {
    let size = 1;
    while (2 * size < first.length) size *= 2;
    const words = new Uint32Array(size);
    for (let i = 0; i < first.length; i++) words[first[i] & (size - 1)] |= bitsOf(second[i]);
    return new KeyFilter(words);
  }

  /** False only if the key is not there. */
  mayHold(first: number, second: number): boolean {
    const bits = bitsOf(second);
    return (this.words[first & this.#mask] & bits) === bits;
  }
}

/** Four of 32 bits. */
function bitsOf(hash: number): number {
  return (1 << (hash & 31)) | (1 << ((hash >>> 5) & 31)) | (1 << ((hash >>> 10) & 31)) |
    (1 << ((hash >>> 15) & 31));
}
