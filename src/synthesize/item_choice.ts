/** How a planted user finds the next item. */
import { AliasTable } from "./alias_table.ts";
import type { Random } from "./random.ts";
import { affinity, propensity, type Tastes } from "./tastes.ts";

/** After so many items that were met and not taken, a user takes the next one there is. */
const PATIENCE = 256;

/**
 * Users come across items in proportion to their popularity and act on one with the probability `propensity` of their
 * affinity to it; nobody acts on the same item twice. So P(u's next item is i) ∝ popularity_i · propensity_ui.
 */
export class ItemChoice {
  readonly #exposure: AliasTable;
  /** Which user took the item last, counting from 1: users are worked off one after the other. */
  readonly #takenBy: Uint32Array;

  constructor(readonly tastes: Tastes, popularity: Float64Array, readonly selectivity: number) {
    this.#exposure = new AliasTable(popularity);
    this.#takenBy = new Uint32Array(popularity.length);
  }

  /**
   * An item for `user` that it has not taken before, among those with `arrivals[item] <= now`. All choices of a user
   * must be made before those of the next. Throws RangeError when nothing is left.
   */
  next(user: number, random: Random, arrivals?: Float64Array, now = 0): number {
    const takenBy = this.#takenBy, mark = user + 1;
    for (let met = 0; met < PATIENCE; met++) {
      const item = this.#exposure.draw(random);
      if (takenBy[item] === mark || (arrivals !== undefined && arrivals[item] > now)) continue;
      if (random.uniform() >= propensity(this.selectivity, affinity(this.tastes, user, item))) continue;
      takenBy[item] = mark;
      return item;
    }
    const start = random.below(takenBy.length);
    for (let step = 0; step < takenBy.length; step++) {
      const item = (start + step) % takenBy.length;
      if (takenBy[item] === mark || (arrivals !== undefined && arrivals[item] > now)) continue;
      takenBy[item] = mark;
      return item;
    }
    throw new RangeError(`user ${user} has taken every item that is there`);
  }
}
