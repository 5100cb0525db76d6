/** Progressive validation of what is served: asked before an event is learned (MATHS.md 2). */

/** Figures of a window or in total. Ranking: expectation over ties; undefined where nothing was measured. */
export interface ProgressFigures {
  /** Events that were measured. */
  readonly events: number;
  readonly recallAt10?: number;
  readonly ndcgAt10?: number;
  readonly popularRecallAt10?: number;
  readonly popularNdcgAt10?: number;
  /** Explicit only: of the prediction, and of the item's mean. */
  readonly rmse?: number;
  readonly baselineRmse?: number;
}

export interface ProgressOptions {
  /** Only events whose offset is a multiple of this are measured; 1 measures all. */
  readonly every: number;
  /** Measured events of the window. */
  readonly windowCount: number;
}

/** Handed to Learner.apply, which asks it before each event. */
export class Progress {
  constructor(readonly options: ProgressOptions) {}
  /** Over the last `windowCount` measured events. */
  get window(): ProgressFigures {
    throw new Error("in the making");
  }
  /** Over all. */
  get total(): ProgressFigures {
    throw new Error("in the making");
  }
}
