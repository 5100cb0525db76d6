/** How well the learner predicted what came, before it learned it. */

/** Figures of MATHS.md 2; those that were not measured are absent. */
export interface ValidationFigures {
  /** Events whose item was looked for among what the user had not seen. */
  readonly rankedEvents: number;
  readonly recallAt10?: number;
  readonly ndcgAt10?: number;
  /** The same of the items with the most interactions. */
  readonly popularRecallAt10?: number;
  readonly popularNdcgAt10?: number;
  /** Explicit only. */
  readonly ratedEvents: number;
  readonly rmse?: number;
  /** Of the items' damped means. */
  readonly baselineRmse?: number;
}

/** A detector saw the validation change. */
export interface DriftMark {
  readonly detector: string;
  /** What it watches: hits among the first ten, or squared errors of predicted ratings, by the square of their range. */
  readonly figure: "recallAt10" | "squaredError";
  /** Of the event at which it was seen. */
  readonly offset: number;
}

/** How far stored lists are behind the rows. */
export interface DocumentFigures {
  /** Users whose list is to be made anew. */
  readonly waiting: number;
  /** How long the one among them has waited who has waited longest. */
  readonly lagMs: number;
  /** Lists that were refreshed since the learner was started. */
  readonly refreshed: number;
}

export interface LearnerFigures {
  readonly generation: string;
  readonly appliedOffset: number;
  /** Rows that stayed as they were because their solution was not finite. */
  readonly numericFailures: number;
  /** Over the last measured events since the learner was started, and over all since the generation. */
  readonly window: ValidationFigures;
  readonly total: ValidationFigures;
  /** Since the generation: how many, and the last ones, oldest first. */
  readonly driftCount: number;
  readonly drifts: readonly DriftMark[];
  /** Absent where no lists are stored. */
  readonly documents?: DocumentFigures;
}
