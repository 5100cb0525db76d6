/** Page-Hinkley: has the sum of deviations from the mean climbed too far above its lowest point? */
import type { StateTree } from "../../domain/state_tree.ts";
import type { DriftDetector } from "./drift_detector.ts";

export interface PageHinkleyOptions {
  /** Numbers before the first alarm. */
  readonly minCount: number;
  /** Deviations up to this are tolerated. */
  readonly delta: number;
  readonly threshold: number;
  /** What is kept of the sums with each number. */
  readonly alpha: number;
  /** Which change counts: of the mean upwards, downwards, or either. */
  readonly direction: "up" | "down" | "both";
}

export const PAGE_HINKLEY_DEFAULTS: PageHinkleyOptions = {
  minCount: 30,
  delta: 0.005,
  threshold: 50,
  alpha: 0.9999,
  direction: "both",
};

/**
 * `m = α m + (x - x̄ - δ)`; alarm where m - min(m) > threshold (Page 1954; the mean x̄ is that of all numbers so far), and the
 * same downwards with +δ and the greatest value.
 */
export class PageHinkley implements DriftDetector {
  readonly name = "page-hinkley";
  readonly #options: PageHinkleyOptions;
  #count = 0;
  #mean = 0;
  #rise = 0;
  #least = Infinity;
  #fall = 0;
  #greatest = -Infinity;

  constructor(options: Partial<PageHinkleyOptions> = {}) {
    this.#options = { ...PAGE_HINKLEY_DEFAULTS, ...options };
  }

  update(value: number): boolean {
    const { minCount, delta, threshold, alpha, direction } = this.#options;
    this.#count++;
    this.#mean += (value - this.#mean) / this.#count;
    const deviation = value - this.#mean;
    this.#rise = alpha * this.#rise + deviation - delta;
    this.#fall = alpha * this.#fall + deviation + delta;
    this.#least = Math.min(this.#least, this.#rise);
    this.#greatest = Math.max(this.#greatest, this.#fall);
    if (this.#count < minCount) return false;
    const isUp = direction !== "down" && this.#rise - this.#least > threshold;
    const isDown = direction !== "up" && this.#greatest - this.#fall > threshold;
    if (!isUp && !isDown) return false;
    this.#set([0, 0, 0, Infinity, 0, -Infinity]);
    return true;
  }

  save(): StateTree {
    return [this.#count, this.#mean, this.#rise, this.#least, this.#fall, this.#greatest];
  }

  load(state: StateTree): void {
    this.#set(state as readonly number[]);
  }

  #set(numbers: readonly number[]): void {
    [this.#count, this.#mean, this.#rise, this.#least, this.#fall, this.#greatest] = numbers;
  }
}
