/** How many times a row came before in its file. */

/** Five eighths of the places may be taken: 2^26 places of 8 bytes are 512 MiB for 42 million different rows. */
const MAX_PLACES = 1 << 26;
/** Room for a million rows without growing. What is not touched of these 16 MiB takes no memory. */
const FIRST_PLACES = 1 << 21;

export interface RepeatCounterOptions {
  /** Most places of the exact table, a power of two. For tests: ids of rows beyond the table depend on it. */
  readonly maxPlaces?: number;
  /** Places at the start, a power of two. */
  readonly firstPlaces?: number;
}

/**
 * Counts rows by 64 bits of their hash, in a table that grows to a fixed limit.
 *
 * What an event id needs is that equal rows of a file get different numbers, and the same ones each time the file, or
 * the file with more rows after it, is read. So a chance collision costs nothing: the two rows get numbers 0 and 1
 * instead of 0 and 0, always. For the same reason a full table does not end the import: rows that are not in it are
 * counted in buckets that several rows may share, with bounded memory. Only then does a row's number depend on other
 * rows before it, so that a file of that size in another order would be partly new.
 */
export class RepeatCounter {
  readonly #maxPlaces: number;
  /** Two words a place; both 0 is free. */
  #table: Uint32Array;
  #taken = 0;
  /** How often the row of each place came again. Where none does, these pages are never touched. */
  #repeats: Uint32Array;
  /** Of rows that found the table full. */
  #buckets = new Uint32Array(0);

  constructor(options: RepeatCounterOptions = {}) {
    this.#maxPlaces = options.maxPlaces ?? MAX_PLACES;
    const places = Math.min(options.firstPlaces ?? FIRST_PLACES, this.#maxPlaces);
    this.#table = new Uint32Array(2 * places);
    this.#repeats = new Uint32Array(places);
  }

  /** The number of earlier calls with the same two words (32 bits each, of a hash). */
  next(high: number, low: number): number {
    high >>>= 0;
    low = (high | low) === 0 ? 1 : low >>> 0;
    const table = this.#table, mask = (table.length >> 1) - 1;
    let place = low & mask;
    for (;;) {
      const a = table[2 * place], b = table[2 * place + 1];
      if (a === high && b === low) return ++this.#repeats[place];
      if ((a | b) === 0) break;
      place = (place + 1) & mask;
    }
    if (8 * this.#taken >= 5 * (mask + 1)) {
      if (mask + 1 === this.#maxPlaces) return this.#inBucket(high);
      this.#grow();
      return this.next(high, low);
    }
    table[2 * place] = high, table[2 * place + 1] = low;
    this.#taken++;
    return 0;
  }

  #inBucket(high: number): number {
    if (this.#buckets.length === 0) this.#buckets = new Uint32Array(this.#maxPlaces);
    return this.#buckets[high & (this.#maxPlaces - 1)]++;
  }

  #grow(): void {
    const old = this.#table, table = new Uint32Array(2 * old.length), mask = old.length - 1;
    const repeats = new Uint32Array(old.length);
    for (let from = 0; from < old.length >> 1; from++) {
      const a = old[2 * from], b = old[2 * from + 1];
      if ((a | b) === 0) continue;
      let place = b & mask;
      while ((table[2 * place] | table[2 * place + 1]) !== 0) place = (place + 1) & mask;
      table[2 * place] = a, table[2 * place + 1] = b;
      if (this.#repeats[from] !== 0) repeats[place] = this.#repeats[from];
    }
    this.#table = table, this.#repeats = repeats;
  }
}
