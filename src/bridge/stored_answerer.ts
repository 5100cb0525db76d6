/** Lists from the documents per user, for a process that holds no model. */
import type { Recommendation, RecommendationList } from "../domain/recommendation.ts";
import type { Clock } from "../ports/clock.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { RecommendationStore } from "../ports/recommendation_store.ts";
import type { Answerer, ListWish } from "./answerer.ts";

export interface StoredAnswererOptions {
  readonly generations: Pick<GenerationStore, "active">;
  readonly recommendations: Pick<RecommendationStore, "getMany" | "popular">;
  readonly clock: Pick<Clock, "monotonicMs">;
}

/** The pointer is looked at again after so long: a batch then costs one query. Two generations stay after a swap. */
const POINTER_MS = 250;

interface Active {
  readonly generation: string;
  readonly appliedOffset: number;
  readonly popular: readonly Recommendation[];
}

export class StoredAnswerer implements Answerer {
  readonly #options: StoredAnswererOptions;
  #active: Active | undefined;
  #lookedMs = -Infinity;

  constructor(options: StoredAnswererOptions) {
    this.#options = options;
  }

  async answer(wishes: readonly ListWish[]): Promise<RecommendationList[] | undefined> {
    const active = await this.#look();
    if (active === undefined) return undefined;
    const { generation, appliedOffset, popular } = active;
    const userIds = [...new Set(wishes.map(({ userId }) => userId))];
    const found = await this.#options.recommendations.getMany(generation, userIds);
    return wishes.map(({ userId, limit }) => {
      const list = found.get(userId);
      return list === undefined
        ? { userId, generation, appliedOffset, basis: "popular", items: popular.slice(0, limit) }
        : { ...list, basis: "stored", items: list.items.slice(0, limit) };
    });
  }

  /** Documents promise no freshness: their appliedOffset says what they know. */
  waitFor(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async #look(): Promise<Active | undefined> {
    const { generations, recommendations, clock } = this.#options, nowMs = clock.monotonicMs();
    if (this.#active !== undefined && nowMs < this.#lookedMs + POINTER_MS) return this.#active;
    const pointer = await generations.active();
    if (pointer === undefined) return undefined;
    const { generation, appliedOffset } = pointer;
    const popular = this.#active?.generation === generation
      ? this.#active.popular
      : await recommendations.popular(generation);
    this.#lookedMs = nowMs;
    return this.#active = { generation, appliedOffset, popular };
  }
}
