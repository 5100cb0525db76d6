/** What the bridge answers from: a model in this process, or the documents of a store. */
import type { RecommendationList } from "../domain/recommendation.ts";

export interface ListWish {
  readonly userId: string;
  /** Most items, from 1 on. */
  readonly limit: number;
}

export interface Answerer {
  /** A list for each wish, in order, all of one generation. Undefined: no generation is active yet. Throws OutsideFailure. */
  answer(wishes: readonly ListWish[]): Promise<RecommendationList[] | undefined>;
  /** Waits until the record of the log at `offset` shows in the answers; false if that did not happen within `waitMs`. */
  waitFor(offset: number, waitMs: number): Promise<boolean>;
}
