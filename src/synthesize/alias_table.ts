/** Drawing from a fixed distribution over indexes in constant time. */
import type { Random } from "./random.ts";

/** Walker's alias method, built as Vose does (IEEE Transactions on Software Engineering 17, 1991). */
export class AliasTable {
  /** In [0, 1]: how much of its own cell an index keeps. */
  readonly #kept: Float64Array;
  readonly #aliases: Uint32Array;

  /** `weights`: finite, not negative, not all 0. Index i is drawn with probability weights[i] / sum. */
  constructor(weights: ArrayLike<number>) {
    const count = weights.length;
    const total = totalOf(weights);
    this.#kept = new Float64Array(count);
    this.#aliases = new Uint32Array(count);
    const small: number[] = [], large: number[] = [];
    for (let i = 0; i < count; i++) {
      this.#kept[i] = (weights[i] * count) / total;
      (this.#kept[i] < 1 ? small : large).push(i);
    }
    while (small.length > 0 && large.length > 0) {
      const less = small.pop()!, more = large[large.length - 1];
      this.#aliases[less] = more;
      this.#kept[more] -= 1 - this.#kept[less];
      if (this.#kept[more] < 1) small.push(large.pop()!);
    }
    // What is left over differs from 1 by rounding only.
    for (const i of small) this.#kept[i] = 1;
    for (const i of large) this.#kept[i] = 1;
  }

  get count(): number {
    return this.#aliases.length;
  }

  /** One uniform number serves twice: its whole part times the count is the cell, the rest decides within it. */
  draw(random: Random): number {
    const place = random.uniform() * this.#aliases.length, cell = place >>> 0;
    return place - cell < this.#kept[cell] ? cell : this.#aliases[cell];
  }
}

function totalOf(weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i] >= 0)) {
      throw new RangeError(
        `a distribution with weight ${weights[i]} at ${i}: not negative, not NaN is accepted`,
      );
    }
    total += weights[i];
  }
  if (!(total > 0 && total < Infinity)) {
    throw new RangeError(
      `a distribution with a sum of weights of ${total}: more than 0 and finite is accepted`,
    );
  }
  return total;
}

/** Zipf-Mandelbrot weights of ranks 0 to count-1: (rank + 1 + flatness)^-exponent. */
export function zipfWeights(count: number, exponent: number, flatness = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, rank) => (rank + 1 + flatness) ** -exponent);
}
