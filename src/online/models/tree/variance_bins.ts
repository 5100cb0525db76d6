/** What a leaf of a regression tree remembers of one feature: the targets' moments by rounded value. */
import type { StateTree } from "../../../domain/state_tree.ts";
import type { Candidate } from "./hoeffding.ts";
import { type Moments, NO_MOMENTS, together, varianceOf, without } from "./moments.ts";

/** A test `x <= threshold`, and what lies on its two sides. */
export interface VarianceSplit extends Candidate {
  readonly below: Moments;
  readonly above: Moments;
}

export interface VarianceBinsOptions {
  /** Decimal places that values are rounded to. */
  readonly digits: number;
  readonly maxBins: number;
}

/** Numbers kept for each bin, in ascending order of keys: key, count, mean, squared deviations. */
const FIELDS = 4, COUNT = 1, MEAN = 2, SQUARES = 3;
const FIRST_CAPACITY = 4;

/**
 * The truncated E-BST of Mastelini and de Carvalho 2021 (Ikonomovska et al. 2011 without the rounding) as a sorted array:
 * the same candidates, all of them. When more than `maxBins` values differ, the grid becomes twice as coarse; the bins
 * then still hold all that lies up to their thresholds.
 */
export class VarianceBins {
  readonly #options: VarianceBinsOptions;
  readonly #perUnit: number;
  /** How many steps of the rounding one step of the grid is; a power of 2. */
  #step = 1;
  #count = 0;
  #numbers = new Float64Array(FIELDS * FIRST_CAPACITY);

  constructor(options: VarianceBinsOptions) {
    this.#options = options;
    this.#perUnit = 10 ** options.digits;
  }

  get binCount(): number {
    return this.#count;
  }

  add(value: number, target: number): void {
    const units = roundedUnits(value, this.#perUnit, this.#options.digits);
    const at = FIELDS * this.#binOf(this.#step === 1 ? units : Math.ceil(units / this.#step));
    const numbers = this.#numbers, count = ++numbers[at + COUNT], before = numbers[at + MEAN];
    const mean = before + (1 / count) * (target - before);
    numbers[at + MEAN] = mean;
    numbers[at + SQUARES] += (target - before) * (target - mean);
  }

  /**
   * The threshold that lowers the variance most, of equal ones the least; undefined before the first value. A side with
   * fewer than `minSamples` gives merit 0.
   */
  best(whole: Moments, minSamples: number): VarianceSplit | undefined {
    const variance = varianceOf(whole);
    let best: VarianceSplit | undefined, below = NO_MOMENTS;
    for (let bin = 0; bin < this.#count; bin++) {
      below = together(below, this.#momentsOf(bin));
      const above = without(whole, below);
      const isWide = below.count >= minSamples && above.count >= minSamples;
      const merit = isWide
        ? variance - below.count / whole.count * varianceOf(below) -
          above.count / whole.count * varianceOf(above)
        : 0;
      if (best !== undefined && !(merit > best.merit)) continue;
      const threshold = this.#numbers[FIELDS * bin] * this.#step / this.#perUnit;
      best = { merit, threshold, below, above };
    }
    return best;
  }

  save(): StateTree {
    return [this.#step, this.#numbers.slice(0, FIELDS * this.#count)];
  }

  load(state: StateTree): void {
    const [step, numbers] = state as readonly [number, Float64Array];
    this.#step = step;
    this.#count = numbers.length / FIELDS;
    this.#numbers = new Float64Array(Math.max(FIELDS * FIRST_CAPACITY, numbers.length));
    this.#numbers.set(numbers);
  }

  #momentsOf(bin: number): Moments {
    const numbers = this.#numbers, at = FIELDS * bin;
    return { count: numbers[at + COUNT], mean: numbers[at + MEAN], squares: numbers[at + SQUARES] };
  }

  #set(bin: number, key: number, { count, mean, squares }: Moments): void {
    const numbers = this.#numbers, at = FIELDS * bin;
    numbers[at] = key;
    numbers[at + COUNT] = count;
    numbers[at + MEAN] = mean;
    numbers[at + SQUARES] = squares;
  }

  /** The place of a key's bin, which is made if need be. */
  #binOf(key: number): number {
    const numbers = this.#numbers;
    let low = 0, high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[FIELDS * middle] < key) low = middle + 1;
      else high = middle;
    }
    if (low < this.#count && numbers[FIELDS * low] === key) return low;
    if (this.#count < this.#options.maxBins) return this.#insert(low, key);
    let coarser = key;
    do {
      this.#coarsen();
      coarser = Math.ceil(coarser / 2);
    } while (this.#count > 0.75 * this.#options.maxBins);
    return this.#binOf(coarser);
  }

  #insert(bin: number, key: number): number {
    const end = FIELDS * this.#count;
    if (end === this.#numbers.length) {
      const larger = new Float64Array(2 * end);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers.copyWithin(FIELDS * (bin + 1), FIELDS * bin, end);
    this.#set(bin, key, NO_MOMENTS);
    this.#count++;
    return bin;
  }

  #coarsen(): void {
    let last = -1;
    for (let bin = 0; bin < this.#count; bin++) {
      const key = Math.ceil(this.#numbers[FIELDS * bin] / 2);
      const isSame = last >= 0 && this.#numbers[FIELDS * last] === key;
      const moments = isSame ? together(this.#momentsOf(last), this.#momentsOf(bin)) : this.#momentsOf(bin);
      if (!isSame) last++;
      this.#set(last, key, moments);
    }
    this.#count = last + 1;
    this.#step *= 2;
  }
}

/**
 * The value in units of its last decimal place that is kept, rounded as the exact binary value lies, a tie to the even
 * neighbour: what Python's `round` does.
 */
export function roundedUnits(value: number, perUnit: number, digits: number): number {
  const scaled = value * perUnit, nearest = Math.round(scaled);
  // Only near the middle can the rounding of the product itself decide.
  if (Math.abs(Math.abs(scaled - nearest) - 0.5) > 1e-6) return nearest;
  const isTie = Math.abs(scaled - Math.trunc(scaled)) === 0.5 && Number.isInteger(value * 2 ** 20);
  if (!isTie) return Math.round(Number(value.toFixed(digits)) * perUnit);
  const floor = Math.floor(scaled);
  return floor % 2 === 0 ? floor : floor + 1;
}
