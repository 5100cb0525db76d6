/** A function under a drift schedule: observations in order, with the truth about when the concept changes. */
import type { ConceptChange, Observation } from "../domain/observation.ts";
import { ConceptPlan, type StreamClock } from "./concept_plan.ts";
import type { DriftSchedule } from "./drift_schedule.ts";
import { Random } from "./random.ts";
import type { SyntheticFunction } from "./synthetic_function.ts";

export interface SyntheticStreamOptions {
  readonly function: SyntheticFunction;
  readonly schedule: DriftSchedule;
  /** An integer; with the position all the state there is. */
  readonly seed: number;
  readonly clock?: StreamClock;
}

export class SyntheticStream {
  readonly #function: SyntheticFunction;
  readonly #plan: ConceptPlan;
  readonly #seed: number;

  constructor(options: SyntheticStreamOptions) {
    this.#function = options.function;
    this.#plan = new ConceptPlan({ ...options, concepts: options.function.concepts });
    this.#seed = options.seed;
  }

  /** `count` observations from a position on: the same ones, whatever was asked for before. */
  block(from: number, count: number): Observation[] {
    const observations = Array.from({ length: count }, (_, i) => {
      const position = from + i;
      return this.#function.observe(
        Random.at(this.#seed, position),
        this.#plan.conceptAt(position),
        position,
      );
    });
    return this.#plan.mark(observations, from);
  }

  /** Changes that begin at from, ... until - 1; the stream's beginning counts as one. */
  truth(from: number, until: number): ConceptChange[] {
    return this.#plan.truth(from, until);
  }
}
