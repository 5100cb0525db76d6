/** The live learner: a pure fold of the log over a generation (DESIGN.md 6, MATHS.md 2). */
import type { LoggedEventColumns } from "../domain/event.ts";
import type { FactorModel } from "../domain/factor_model.ts";
import type { GenerationContent } from "../domain/generation.ts";
import type { ModelUpdate } from "../domain/model_update.ts";
import type { Kernels } from "../kernels/kernel_module.ts";
import type { GenerationHistory } from "./histories.ts";
import type { Progress } from "./progress.ts";

/**
 * `kernels`: an instance of the `portable` build that is the learner's alone (its memory goes when the learner goes).
 * All that it holds is a function of the generation and of the events applied: neither of the sizes of batches nor of
 * checkpoints in between.
 */
export class Learner {
  /** The state at the generation's own offset. `history`: readHistory() of histories.ts. */
  static fromGeneration(kernels: Kernels, content: GenerationContent, history: GenerationHistory): Learner {
    throw new Error("in the making");
  }

  /** The state of these bytes. Throws OutsideFailure when they are torn or of another generation. */
  static restore(kernels: Kernels, content: GenerationContent, state: Uint8Array): Learner {
    throw new Error("in the making");
  }

  /** Id of the generation. */
  readonly generation: string = "";

  /** Every record of the log with a smaller offset is in. */
  get appliedOffset(): number {
    throw new Error("in the making");
  }

  /** How many rows there are now: the log's codes below are rows. */
  get userCount(): number {
    throw new Error("in the making");
  }
  get itemCount(): number {
    throw new Error("in the making");
  }

  /**
   * Applies events in order of offset; those below `appliedOffset` are passed over. Codes of users and items are rows;
   * what is new gets one. `progress` is asked about each event before it is learned.
   */
  apply(batch: LoggedEventColumns, progress?: Progress): void {
    throw new Error("in the making");
  }

  /** Says that what lies below `offset` and was not handed to `apply` are control records. Never goes back. */
  advance(offset: number): void {
    throw new Error("in the making");
  }

  /** Rows that changed since the last call, as at most one "rowsChanged" a side, both with the present `appliedOffset`. */
  takeChanges(): ModelUpdate[] {
    throw new Error("in the making");
  }

  /** For a checkpoint. */
  state(): Uint8Array {
    throw new Error("in the making");
  }

  /** SHA-256 (hex) of userFactors, then itemFactors, as a generation's. */
  sha256(): Promise<string> {
    throw new Error("in the making");
  }

  /** A copy of the rows as they stand. New items: `itemWeights` as the learner weighs them. */
  model(): FactorModel {
    throw new Error("in the making");
  }
}
