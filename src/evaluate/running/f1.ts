/** Precision and recall in one figure. */
import type { Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import { isPositive, isSigned, type Outcome, type WeightedFigure } from "./running_metric.ts";

/** Weights of outcomes of one class: right, wrongly given, missed. */
interface Counts {
  hits: number;
  alarms: number;
  misses: number;
}

/**
 * 2 hits / (2 hits + false alarms + misses) of the positive class where labels are `true` and `false` or 1 and 0 (-1);
 * otherwise the mean of it over all labels seen (macro F1).
 */
export class F1 implements WeightedFigure {
  readonly #counts = new Map<Target, Counts>();

  add({ truth, prediction }: Outcome, keep: number): void {
    if (keep !== 1) {
      for (const counts of this.#counts.values()) {
        counts.hits *= keep, counts.alarms *= keep, counts.misses *= keep;
      }
    }
    if (truth === prediction) this.#countsOf(truth).hits++;
    else {
      this.#countsOf(truth).misses++;
      this.#countsOf(prediction).alarms++;
    }
  }

  value(): number {
    const labels = [...this.#counts.keys()];
    if (labels.length <= 2 && labels.every(isSigned)) {
      const positive = labels.find(isPositive);
      return positive === undefined ? NaN : f1Of(this.#counts.get(positive)!);
    }
    return labels.reduce<number>((sum, label) => sum + f1Of(this.#counts.get(label)!), 0) / labels.length;
  }

  save(): StateTree {
    return Array.from(this.#counts, ([label, { hits, alarms, misses }]) => [label, hits, alarms, misses]);
  }

  load(state: StateTree): void {
    for (const [label, hits, alarms, misses] of state as [Target, number, number, number][]) {
      this.#counts.set(label, { hits, alarms, misses });
    }
  }

  #countsOf(label: Target): Counts {
    let counts = this.#counts.get(label);
    if (counts === undefined) this.#counts.set(label, counts = { hits: 0, alarms: 0, misses: 0 });
    return counts;
  }
}

/** 0 for a class that was never right; what was neither given nor there has no say either way. */
function f1Of({ hits, alarms, misses }: Counts): number {
  return hits === 0 ? 0 : 2 * hits / (2 * hits + alarms + misses);
}
