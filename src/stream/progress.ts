/** Progressive validation of what is served: asked before an event is learned (MATHS.md 2). */
import { expectedNdcgAt, expectedRecallAt, type TiedRank } from "../evaluate/expected_rank.ts";
import { WindowMean } from "../evaluate/window_mean.ts";
import type { ValidationFigures } from "../domain/learner_figures.ts";
import type { StateTree } from "../domain/state_tree.ts";
import { DriftWatch } from "./drift_watch.ts";
import type { LiveModel } from "./live_model.ts";

export interface ProgressOptions {
  /** Only events whose offset is a multiple of this are measured; 1 measures all. */
  readonly every: number;
  /** Measured events of the window. */
  readonly windowCount: number;
}

const FIGURES = ["recall", "ndcg", "popularRecall", "popularNdcg", "squaredError", "baselineError"] as const;
const K = 10;
/** An item's mean counts as so many ratings of the global mean more. */
const DAMPING = 5;

/**
 * Handed to Learner.apply, which asks it before each event. Events of users whose taste is not known yet are left out
 * (they are served what is popular). Not ranked are repeats, since a list leaves out what was seen, and evidence against
 * an item, which nobody wants to find first. An item that nobody knows yet is a miss.
 */
export class Progress {
  /** Of hits among the first ten, and of squared errors. */
  readonly drift = new DriftWatch();
  readonly #every: number;
  readonly #means: Readonly<Record<typeof FIGURES[number], WindowMean>>;

  constructor({ every, windowCount }: ProgressOptions) {
    this.#every = every;
    this.#means = Object.fromEntries(FIGURES.map((name) => [name, new WindowMean(windowCount)])) as Record<
      typeof FIGURES[number],
      WindowMean
    >;
  }

  /** Over the last `windowCount` measured events. */
  get window(): ValidationFigures {
    return this.#figures("window", "windowCount");
  }

  /** Over all. */
  get total(): ValidationFigures {
    return this.#figures("total", "count");
  }

  /** Measures an event that `model` has not learned yet. */
  observe(model: LiveModel, offset: number, user: number, item: number, value: number): void {
    if (offset % this.#every !== 0 || !model.knowsUser(user)) return;
    const isKnown = item < model.items.rows.count;
    if (model.parameters.feedback === "explicit" && isKnown) this.#rate(model, offset, user, item, value);
    const isAgainst = model.parameters.feedback === "implicit" && value <= 0;
    if (isAgainst || isKnown && model.users.lists.find(user, item) >= 0) return;
    this.#rank(model, offset, user, isKnown ? item : undefined);
  }

  /** Totals and what the drift detectors know; the window begins anew. A function of the events observed alone. */
  save(): StateTree {
    return { totals: FIGURES.map((name) => this.#means[name].save()), drift: this.drift.save() };
  }

  load(state: StateTree): void {
    const { totals, drift } = state as unknown as {
      totals: readonly (readonly [number, number])[];
      drift: StateTree;
    };
    FIGURES.forEach((name, k) => this.#means[name].resume(totals[k]));
    this.drift.load(drift);
  }

  #rate(model: LiveModel, offset: number, user: number, item: number, value: number): void {
    const error = model.predict(user, item) - value;
    const baselineError = model.clip(dampedMean(model, item)) - value;
    this.drift.observe("squaredError", (error / model.ratingRange) ** 2, offset);
    this.#means.squaredError.add(error * error);
    this.#means.baselineError.add(baselineError * baselineError);
  }

  #rank(model: LiveModel, offset: number, user: number, item: number | undefined): void {
    const { recall, ndcg, popularRecall, popularNdcg } = this.#means;
    const rank = item === undefined ? undefined : model.users.rank(user, item, K);
    const popular = item === undefined ? undefined : popularityRank(model, user, item);
    const hit = rank === undefined ? 0 : expectedRecallAt(K, rank);
    this.drift.observe("recallAt10", hit, offset);
    recall.add(hit);
    ndcg.add(rank === undefined ? 0 : expectedNdcgAt(K, rank));
    popularRecall.add(popular === undefined ? 0 : expectedRecallAt(K, popular));
    popularNdcg.add(popular === undefined ? 0 : expectedNdcgAt(K, popular));
  }

  #figures(mean: "window" | "total", count: "windowCount" | "count"): ValidationFigures {
    const { recall, ndcg, popularRecall, popularNdcg, squaredError, baselineError } = this.#means;
    return {
      rankedEvents: recall[count],
      recallAt10: recall[mean],
      ndcgAt10: ndcg[mean],
      popularRecallAt10: popularRecall[mean],
      popularNdcgAt10: popularNdcg[mean],
      ratedEvents: squaredError[count],
      rmse: rootOf(squaredError[mean]),
      baselineRmse: rootOf(baselineError[mean]),
    };
  }
}

/** Among the items that the user has not seen, by number of interactions. */
function popularityRank({ users, items }: LiveModel, user: number, item: number): TiedRank {
  const wanted = items.lists.countOf(item);
  let { greater, equal } = items.lists.compareCounts(wanted);
  for (const seen of users.lists.indices(user)) {
    const count = items.lists.countOf(seen);
    if (count > wanted) greater--;
    else if (count === wanted) equal--;
  }
  return { greater, equal };
}

function dampedMean({ items, globalMean }: LiveModel, item: number): number {
  const values = items.lists.values(item);
  let sum = 0;
  for (const value of values) sum += value - globalMean;
  return globalMean + sum / (values.length + DAMPING);
}

function rootOf(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.sqrt(value);
}
