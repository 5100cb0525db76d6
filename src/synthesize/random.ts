/**
 * Seeded random numbers: the generator is xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 2021), its state filled by SplitMix64, as its authors advise. One seed gives one sequence on
 * every machine as far as integers and `uniform` go; `normal` uses Math.log, whose last bit is the engine's.
 */

import { hash128OfWords } from "../domain/event_key.ts";

const MASK64 = (1n << 64n) - 1n;

/** The first `count` outputs of SplitMix64 (Steele, Lea, Flood 2014; Vigna's splitmix64.c) from `seed`. */
export function splitMix64(seed: bigint, count: number): bigint[] {
  const outputs: bigint[] = [];
  let state = seed & MASK64;
  for (let i = 0; i < count; i++) {
    state = (state + 0x9e3779b97f4a7c15n) & MASK64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK64;
    outputs.push(z ^ (z >> 31n));
  }
  return outputs;
}

const place = new Uint32Array(5), word = new Uint32Array(4);

/** A stream of random numbers. Not for secrets. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  /** The second value of the last pair of normal numbers; NaN when used up. */
  #spareNormal = NaN;

  /** `state`: four 32-bit words, not all 0. */
  constructor(state: readonly [number, number, number, number]) {
    if (state.every((word) => (word | 0) === 0)) {
      throw new RangeError("xoshiro128** with a state of four zeros: at least one word must differ from 0");
    }
    [this.#a, this.#b, this.#c, this.#d] = state.map((word) => word | 0);
  }

  /**
   * `seed`: an integer. Streams of the same seed with different `stream` numbers are independent, so that drawing
   * more of one thing does not change another.
   */
  static seeded(seed: number, stream = 0): Random {
    if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(stream)) {
      throw new RangeError(`random numbers from seed ${seed}, stream ${stream}: both must be safe integers`);
    }
    const [base] = splitMix64(BigInt(seed), 1);
    const [x, y] = splitMix64(base ^ BigInt.asUintN(64, BigInt(stream) * 0xd1342543de82ef95n), 2);
    const word = (value: bigint) => Number(value & 0xffffffffn);
    return new Random([word(x), word(x >> 32n), word(y), word(y >> 32n)]);
  }

  /**
   * The generator of one place of a stream of draws. What it gives does not depend on what was drawn at other places:
   * (seed, position) is all the state that such a stream has. `stream` as in `seeded`.
   */
  static at(seed: number, position: number, stream = 0): Random {
    place[0] = seed, place[1] = Math.floor(seed / 2 ** 32);
    place[2] = position, place[3] = Math.floor(position / 2 ** 32), place[4] = stream;
    hash128OfWords(place, 5, word, 0);
    // An odd word keeps the state from being all 0.
    return new Random([word[0] | 1, word[1], word[2], word[3]]);
  }

  /** An integer, uniform over 0 to 2³²-1. */
  nextUint32(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** Uniform over [0, 1), in steps of 2⁻³². */
  uniform(): number {
    return this.nextUint32() * 2 ** -32;
  }

  /** An integer, uniform over 0 to `count` - 1 up to a bias of count·2⁻³². */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Normal with mean 0 and variance 1 (Marsaglia's polar method). */
  normal(): number {
    const spare = this.#spareNormal;
    if (spare === spare) {
      this.#spareNormal = NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1, y = 2 * this.uniform() - 1;
      const squared = x * x + y * y;
      if (squared >= 1 || squared === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(squared)) / squared);
      this.#spareNormal = y * scale;
      return x * scale;
    }
  }

  /**
   * Poisson with mean `mean` ≥ 0: counts how many uniform factors keep a product above e^-mean (Knuth), a part of the
   * mean at a time so that the product does not vanish. Takes time in proportion to the mean.
   */
  poisson(mean: number): number {
    let count = 0;
    for (let left = mean; left > 0; left -= 16) {
      const threshold = Math.exp(-Math.min(left, 16));
      for (let product = this.uniform(); product > threshold; product *= this.uniform()) count++;
    }
    return count;
  }
}
