/** ADWIN: a window that is as long as the stream has stayed the same. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { DriftDetector } from "./drift_detector.ts";

export interface AdwinOptions {
  /** Bound on the probability of a false alarm at any one time. */
  readonly delta: number;
  /** Numbers between two looks for a cut. */
  readonly clock: number;
  /** Shortest window, and shortest part of it, that is looked at. */
  readonly minPart: number;
}

export const ADWIN_DEFAULTS: AdwinOptions = { delta: 0.002, clock: 32, minPart: 5 };

/** Buckets of one size before the two oldest are merged (M of the paper). */
const BUCKETS_A_ROW = 5;

/** The sum of `size` numbers, and their squared deviations from their mean. */
interface Bucket {
  readonly sum: number;
  readonly deviations: number;
}

/**
 * The greatest difference between the means of two parts of a window that chance explains, with probability 1 - δ:
 * Bifet and Gavaldà 2007, section 4.1: `√(2/m σ² ln(2/δ')) + 2/(3m) ln(2/δ')`, `1/m = 1/n₀ + 1/n₁`,
 * `δ' = δ/ln n`, with `range` for numbers that do not lie in [0, 1] (Bernstein's inequality).
 */
export function adwinBound(older: number, newer: number, variance: number, delta: number, range = 1): number {
  const inverse = 1 / older + 1 / newer, logarithm = Math.log((2 * Math.log(older + newer)) / delta);
  return Math.sqrt(2 * inverse * variance * logarithm) + (2 / 3) * range * inverse * logarithm;
}

/**
 * Keeps a window as sums of 1, 2, 4, ... numbers (an exponential histogram: O(log n) memory), and drops its oldest part as long
 * as some cut of it has means further apart than `adwinBound`. The range is that of the numbers seen.
 */
export class Adwin implements DriftDetector {
  readonly name = "adwin";
  readonly #options: AdwinOptions;
  /** Row r: buckets of 2^r numbers, the oldest first. */
  #rows: Bucket[][] = [[]];
  #width = 0;
  #sum = 0;
  #deviations = 0;
  #ticks = 0;
  #least = Infinity;
  #greatest = -Infinity;

  constructor(options: Partial<AdwinOptions> = {}) {
    this.#options = { ...ADWIN_DEFAULTS, ...options };
  }

  /** Numbers in the window. */
  get width(): number {
    return this.#width;
  }

  get mean(): number {
    return this.#sum / this.#width;
  }

  /** Of the window, as a population. */
  get variance(): number {
    return Math.max(0, this.#deviations) / this.#width;
  }

  update(value: number): boolean {
    this.#least = Math.min(this.#least, value), this.#greatest = Math.max(this.#greatest, value);
    this.#append(value);
    this.#ticks++;
    if (this.#ticks % this.#options.clock !== 0 || this.#width < 2 * this.#options.minPart) return false;
    let hasChanged = false;
    while (this.#hasCut()) {
      this.#dropOldest();
      hasChanged = true;
    }
    return hasChanged;
  }

  save(): StateTree {
    return {
      scalars: [this.#width, this.#sum, this.#deviations, this.#ticks, this.#least, this.#greatest],
      rows: this.#rows.map((row) =>
        Float64Array.from(row.flatMap(({ sum, deviations }) => [sum, deviations]))
      ),
    };
  }

  load(state: StateTree): void {
    const { scalars, rows } = state as { scalars: readonly number[]; rows: readonly Float64Array[] };
    [this.#width, this.#sum, this.#deviations, this.#ticks, this.#least, this.#greatest] = scalars;
    this.#rows = rows.map((flat) =>
      Array.from({ length: flat.length / 2 }, (_, b) => ({ sum: flat[2 * b], deviations: flat[2 * b + 1] }))
    );
  }

  #append(value: number): void {
    if (this.#width > 0) {
      const difference = value - this.#sum / this.#width;
      this.#deviations += difference * difference * this.#width / (this.#width + 1);
    }
    this.#width++;
    this.#sum += value;
    this.#rows[0].push({ sum: value, deviations: 0 });
    for (let r = 0; this.#rows[r].length > BUCKETS_A_ROW; r++) {
      const [a, b] = this.#rows[r].splice(0, 2);
      if (r + 1 === this.#rows.length) this.#rows.push([]);
      this.#rows[r + 1].push(merged(a, b, 2 ** r));
    }
  }

  /** Walks the cuts between buckets from the oldest on. */
  #hasCut(): boolean {
    const { delta, minPart } = this.#options;
    const range = this.#greatest - this.#least, variance = this.variance;
    let older = 0, olderSum = 0;
    for (let r = this.#rows.length - 1; r >= 0; r--) {
      for (const { sum } of this.#rows[r]) {
        older += 2 ** r, olderSum += sum;
        const newer = this.#width - older;
        if (newer < minPart) return false;
        if (older < minPart) continue;
        const difference = Math.abs(olderSum / older - (this.#sum - olderSum) / newer);
        if (difference > adwinBound(older, newer, variance, delta, range)) return true;
      }
    }
    return false;
  }

  #dropOldest(): void {
    const r = this.#rows.length - 1, size = 2 ** r, { sum, deviations } = this.#rows[r].shift()!;
    if (this.#rows[r].length === 0 && r > 0) this.#rows.pop();
    this.#width -= size;
    this.#sum -= sum;
    const difference = sum / size - this.#sum / this.#width;
    const between = difference * difference * size * this.#width / (size + this.#width);
    this.#deviations = Math.max(0, this.#deviations - deviations - between);
  }
}

/** Chan, Golub and LeVeque 1979, for two parts of the same size. */
function merged(a: Bucket, b: Bucket, size: number): Bucket {
  const difference = (a.sum - b.sum) / size;
  return { sum: a.sum + b.sum, deviations: a.deviations + b.deviations + difference * difference * size / 2 };
}
