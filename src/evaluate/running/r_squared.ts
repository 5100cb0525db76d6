/** Share of the targets' variance that predictions explain. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Outcome, WeightedFigure } from "./running_metric.ts";

/** 1 - Σ(y - p)² / Σ(y - ȳ)²; undefined while all targets are the same. Sums by West's weighted update (1979). */
export class RSquared implements WeightedFigure {
  #weight = 0;
  #mean = 0;
  #spread = 0;
  #errors = 0;

  add({ truth, prediction }: Outcome, keep: number): void {
    const y = truth as number, error = y - (prediction as number), before = this.#mean;
    this.#weight = keep * this.#weight + 1;
    this.#mean += (y - before) / this.#weight;
    this.#spread = keep * this.#spread + (y - before) * (y - this.#mean);
    this.#errors = keep * this.#errors + error * error;
  }

  value(): number {
    return this.#spread > 0 ? 1 - this.#errors / this.#spread : NaN;
  }

  save(): StateTree {
    return [this.#weight, this.#mean, this.#spread, this.#errors];
  }

  load(state: StateTree): void {
    [this.#weight, this.#mean, this.#spread, this.#errors] = state as [number, number, number, number];
  }
}
