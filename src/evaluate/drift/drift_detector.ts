/** Watches a stream of numbers, such as a model's errors, for a change. */
import type { StateTree } from "../../domain/state_tree.ts";

export interface DriftDetector {
  readonly name: string;
  /** How many of the newest numbers it goes by, where that is not all since its last alarm. */
  readonly width?: number;
  /** Takes the next number; true when it says that the stream has changed. It then starts anew from what is new. */
  update(value: number): boolean;
  save(): StateTree;
  load(state: StateTree): void;
}
