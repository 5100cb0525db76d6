/** Lists from the live model of this process. */
import type { RecommendationList } from "../domain/recommendation.ts";
import type { Recommender } from "../recommend/recommender.ts";
import type { Answerer, ListWish } from "./answerer.ts";

/** Whatever holds the model and follows the log. */
export interface HeldModel {
  /** Undefined until the first generation is loaded. */
  readonly current: { readonly recommender: Recommender } | undefined;
  waitFor(offset: number, waitMs: number): Promise<boolean>;
}

export class ModelAnswerer implements Answerer {
  readonly #model: HeldModel;

  constructor(model: HeldModel) {
    this.#model = model;
  }

  answer(wishes: readonly ListWish[]): Promise<RecommendationList[] | undefined> {
    // Taken once: all of a batch come from one generation.
    const recommender = this.#model.current?.recommender;
    return Promise.resolve(
      recommender && wishes.map(({ userId, limit }) => recommender.recommend(userId, { n: limit })),
    );
  }

  async waitFor(offset: number, waitMs: number): Promise<boolean> {
    if ((this.#model.current?.recommender.appliedOffset ?? 0) > offset) return true;
    return await this.#model.waitFor(offset, waitMs);
  }
}
