/** A figure over the last outcomes only. */
import type { Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import type { Outcome, WeightedFigure } from "./running_metric.ts";

/**
 * Keeps the last `size` outcomes and computes the figure from them when it is asked for: exact, without the rounding
 * that adding and subtracting would leave behind.
 */
export class Rolling implements WeightedFigure {
  readonly #size: number;
  readonly #make: () => WeightedFigure;
  readonly #outcomes: Outcome[] = [];
  /** Place of the oldest once the window is full. */
  #oldest = 0;

  constructor(size: number, make: () => WeightedFigure) {
    this.#size = size;
    this.#make = make;
  }

  add(outcome: Outcome): void {
    if (this.#outcomes.length < this.#size) this.#outcomes.push(outcome);
    else {
      this.#outcomes[this.#oldest] = outcome;
      this.#oldest = (this.#oldest + 1) % this.#size;
    }
  }

  value(): number {
    const figure = this.#make();
    for (const outcome of this.#inOrder()) figure.add(outcome, 1);
    return figure.value();
  }

  save(): StateTree {
    return this.#inOrder().map(({ truth, prediction, probabilities }) => [
      truth,
      prediction,
      probabilities === undefined ? null : Array.from(probabilities, ([label, p]) => [label, p]),
    ]);
  }

  load(state: StateTree): void {
    const outcomes = state as [Target, Target, [Target, number][] | null][];
    for (const [truth, prediction, pairs] of outcomes) {
      this.#outcomes.push({ truth, prediction, probabilities: pairs === null ? undefined : new Map(pairs) });
    }
  }

  #inOrder(): Outcome[] {
    return [...this.#outcomes.slice(this.#oldest), ...this.#outcomes.slice(0, this.#oldest)];
  }
}
