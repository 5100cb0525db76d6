/** Messages that change what is served. Each names its generation; whoever serves another one drops it. */
import type { LearnerFigures } from "./learner_figures.ts";

/** These rows are now so. A row that is told again, as it was at an earlier offset, is older than one told later. */
export interface RowsChanged {
  readonly kind: "rowsChanged";
  readonly generation: string;
  readonly appliedOffset: number;
  readonly side: "user" | "item";
  readonly indexes: Uint32Array;
  /** indexes.length x stride. */
  readonly rows: Float32Array;
}

/**
 * All rows that the records in [fromOffset, appliedOffset) changed were told before. Whoever knows the rows at fromOffset
 * or later knows them at appliedOffset now; whoever does not has missed something.
 */
export interface RowsAdvanced {
  readonly kind: "rowsAdvanced";
  readonly generation: string;
  readonly fromOffset: number;
  readonly appliedOffset: number;
  /** How many "rowsChanged" were told with this, all of them just before it. Who has counted fewer has missed some. */
  readonly parts: number;
  /** When the learner had them, by its clock. */
  readonly atMs: number;
  /**
   * These are all rows there are, as a learner has them that could not go on from where the one before it was: after an
   * erasure the log does not say any more what that one had learned. Who knows other rows, of this offset too, takes these.
   */
  readonly isWhole?: boolean;
}

/** What changed between two offsets, whole: rows, and what they amount to. */
export type RowBatch = readonly [...changes: RowsChanged[], advanced: RowsAdvanced];

/** How well the learner predicts, for those who serve. */
export interface Measured {
  readonly kind: "measured";
  readonly generation: string;
  /** Rows were told up to here: whoever does not know them has missed something. */
  readonly appliedOffset: number;
  readonly figures: LearnerFigures;
}

export type ModelUpdate =
  | Measured
  | {
    readonly kind: "generationActivated";
    readonly generation: string;
    readonly appliedOffset: number;
  }
  | RowsChanged
  | RowsAdvanced;
