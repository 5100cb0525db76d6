/** What a leaf of a classification tree remembers of one feature: a normal distribution for each class. */
import type { Candidate } from "./hoeffding.ts";
import { normalCdf } from "./normal_cdf.ts";
import { gainOf } from "./information_gain.ts";

/** A test `x <= threshold`, and the weights of the classes on its two sides. */
export interface ClassSplit extends Candidate {
  readonly below: Float64Array;
  readonly above: Float64Array;
}

export interface ClassGaussiansOptions {
  /** Thresholds that are tried, evenly between the least and the greatest value. */
  readonly splits: number;
  /** Least share of the observations on each side of a split. */
  readonly minBranchFraction: number;
}

/** Numbers kept for each class: count, mean, squared deviations, least, greatest. */
const FIELDS = 5;
const HALF_LOG_2_PI = 0.5 * Math.log(2 * Math.PI);

/** Pfahringer, Holmes and Kirkby 2008: Gaussian approximation. */
export class ClassGaussians {
  readonly #options: ClassGaussiansOptions;
  #numbers = new Float64Array(0);

  constructor(options: ClassGaussiansOptions) {
    this.#options = options;
  }

  get classCount(): number {
    return this.#numbers.length / FIELDS;
  }

  add(value: number, classIndex: number): void {
    if (classIndex >= this.classCount) this.#grow(classIndex + 1);
    const numbers = this.#numbers, at = FIELDS * classIndex;
    const count = ++numbers[at], before = numbers[at + 1], mean = before + (1 / count) * (value - before);
    numbers[at + 1] = mean;
    numbers[at + 2] += (value - before) * (value - mean);
    if (value < numbers[at + 3]) numbers[at + 3] = value;
    if (value > numbers[at + 4]) numbers[at + 4] = value;
  }

  /** Logarithm of the density of `value` in this class; 0, which says nothing, where the class has no spread. */
  logDensity(value: number, classIndex: number): number {
    if (classIndex >= this.classCount) return 0;
    const numbers = this.#numbers, at = FIELDS * classIndex, count = numbers[at];
    if (count < 2) return 0;
    const variance = numbers[at + 2] / (count - 1);
    if (!(variance > 0)) return 0;
    const difference = value - numbers[at + 1];
    return difference * difference / (-2 * variance) - HALF_LOG_2_PI - 0.5 * Math.log(variance);
  }

  /** The threshold with the greatest gain of information, of equal ones the least; undefined if no threshold splits. */
  best(weights: Float64Array): ClassSplit | undefined {
    const { splits, minBranchFraction } = this.#options;
    const [least, greatest] = this.#range(), step = (greatest - least) / (splits + 1);
    let best: ClassSplit | undefined;
    for (let i = 1; i <= splits; i++) {
      const threshold = least + step * i;
      if (!(threshold > least && threshold < greatest)) continue;
      const { below, above } = this.#sides(threshold);
      const merit = gainOf(weights, [below, above], minBranchFraction);
      if (merit > (best?.merit ?? -Infinity)) best = { merit, threshold, below, above };
    }
    return best;
  }

  save(): Float64Array {
    return this.#numbers.slice();
  }

  load(saved: Float64Array): void {
    this.#numbers = saved.slice();
  }

  #range(): readonly [least: number, greatest: number] {
    let least = Infinity, greatest = -Infinity;
    for (let at = 0; at < this.#numbers.length; at += FIELDS) {
      least = Math.min(least, this.#numbers[at + 3]);
      greatest = Math.max(greatest, this.#numbers[at + 4]);
    }
    return [least, greatest];
  }

  /** How much of each class lies on each side, by its distribution within its least and greatest value. */
  #sides(threshold: number): { below: Float64Array; above: Float64Array } {
    const numbers = this.#numbers, below = new Float64Array(this.classCount);
    const above = new Float64Array(this.classCount);
    for (let c = 0, at = 0; at < numbers.length; c++, at += FIELDS) {
      const count = numbers[at];
      if (count === 0) continue;
      if (threshold < numbers[at + 3]) above[c] = count;
      else if (threshold >= numbers[at + 4]) below[c] = count;
      else {
        const deviation = Math.sqrt(numbers[at + 2] / (count - 1));
        below[c] = deviation > 0 ? normalCdf((threshold - numbers[at + 1]) / deviation) * count : 0;
        above[c] = count - below[c];
      }
    }
    return { below, above };
  }

  #grow(classCount: number): void {
    const before = this.classCount, larger = new Float64Array(FIELDS * classCount);
    larger.set(this.#numbers);
    for (let c = before; c < classCount; c++) {
      larger[FIELDS * c + 3] = Infinity;
      larger[FIELDS * c + 4] = -Infinity;
    }
    this.#numbers = larger;
  }
}
