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

export interface LearnerFigures {
  readonly generation: string;
  readonly appliedOffset: number;
  /** Rows that stayed as they were because their solution was not finite. */
  readonly numericFailures: number;
  /** Over the last measured events, and over all since the learner was started. */
  readonly window: ValidationFigures;
  readonly total: ValidationFigures;
}
