/** DDM: has a classifier's error rate left its best by three standard deviations? */
import type { StateTree } from "../../domain/state_tree.ts";
import type { DriftDetector } from "./drift_detector.ts";

export interface DdmOptions {
  /** Numbers before the first look. */
  readonly minCount: number;
  /** Standard deviations above the best error rate. */
  readonly threshold: number;
}

export const DDM_DEFAULTS: DdmOptions = { minCount: 30, threshold: 3 };

/**
 * Takes 1 for an error and 0 for a hit. With the error rate p and s = √(p(1-p)/n) it keeps the least p + s, and gives
 * alarm where p + s > p_min + threshold · s_min (Gama et al. 2004).
 */
export class Ddm implements DriftDetector {
  readonly name = "ddm";
  readonly #options: DdmOptions;
  #count = 0;
  #rate = 0;
  #leastRate = Infinity;
  #leastDeviation = Infinity;

  constructor(options: Partial<DdmOptions> = {}) {
    this.#options = { ...DDM_DEFAULTS, ...options };
  }

  update(value: number): boolean {
    this.#count++;
    this.#rate += (value - this.#rate) / this.#count;
    if (this.#count <= this.#options.minCount) return false;
    const deviation = Math.sqrt(Math.max(0, this.#rate * (1 - this.#rate)) / this.#count);
    if (this.#rate + deviation <= this.#leastRate + this.#leastDeviation) {
      this.#leastRate = this.#rate;
      this.#leastDeviation = deviation;
    }
    if (this.#rate + deviation <= this.#leastRate + this.#options.threshold * this.#leastDeviation) {
      return false;
    }
    this.load([0, 0, Infinity, Infinity]);
    return true;
  }

  save(): StateTree {
    return [this.#count, this.#rate, this.#leastRate, this.#leastDeviation];
  }

  load(state: StateTree): void {
    [this.#count, this.#rate, this.#leastRate, this.#leastDeviation] = state as readonly number[];
  }
}
