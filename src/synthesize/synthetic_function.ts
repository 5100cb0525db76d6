/** A function that is observed: features and a target, under one of several concepts. */
import type { Observation, Task } from "../domain/observation.ts";
import type { Random } from "./random.ts";

/**
 * What a synthetic stream is made of. Drift is a change from one of its concepts to another: the features keep their
 * distribution, the target follows another rule.
 */
export interface SyntheticFunction {
  readonly task: Task;
  /** Names, at least one; concept c is concepts[c]. */
  readonly concepts: readonly string[];
  /**
   * The observation at a position (from 0). `random` is that position's own generator; the same arguments always give
   * the same observation, so a stream can be entered anywhere.
   */
  observe(random: Random, concept: number, position: number): Observation;
}
