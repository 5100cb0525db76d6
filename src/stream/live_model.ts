/** Rows, histories and Gram matrices of a generation as they move with events; the arithmetic of one event. */
import type { AlsParameters, FactorModel } from "../domain/factor_model.ts";
import { EntryLists } from "../kernels/entry_lists.ts";
import { GrowingRows } from "../kernels/growing_rows.ts";
import type { Kernels } from "../kernels/kernel_module.ts";
import { LiveSide, type RowSystem } from "../kernels/live_side.ts";
import { LiveWorkspace } from "../kernels/live_workspace.ts";

/** What is known of one pair of user and item. */
export interface PairValue {
  readonly value: number;
  readonly timeMs: number;
}

// How rows are solved is part of the arithmetic: changing one of these numbers changes the bytes of every replay.

/** Users with at most this many items are solved by Cholesky; longer rows reach the tolerance sooner by conjugate gradients. */
const DIRECT_ITEMS = 96;
const USER_MOVE = { steps: 12, tolerance: 5e-5 };
/** Items with at most this many users are solved exactly; the others move a step or two and are never far. */
const EXACT_USERS = 64;
const TWO_STEP_USERS = 256;
/** Steps of gradient descent; of a few that were tried, what did best on planted streams. */
const DESCENT = { explicit: { rate: 0.01, penalty: 0.05 }, implicit: { rate: 0.05, penalty: 0.01 } } as const;

/**
 * "foldIn": each event's user is solved for and its item solved for or moved, over their histories. "sgd": both take one
 * step of gradient descent on the event's squared error, as ISGD and online biased MF do; for comparison.
 */
export type LearnerMethod = "foldIn" | "sgd";

/**
 * Both sides of a model. Explicit: a row weighs in its Gram matrix as many times as it has entries, so that the matrix
 * divided by their number is the mean over ratings; implicit: users weigh 1, items w_i.
 */
export class LiveModel {
  readonly parameters: AlsParameters;
  readonly users: LiveSide;
  readonly items: LiveSide;
  readonly #frozen: FactorModel;
  readonly #isExplicit: boolean;
  /** Of the noise that new rows start from; undefined where they start from zeros. */
  readonly #noiseSeed: number | undefined;
  /** Σ w_i of the generation. */
  readonly #weightSum: number;
  /** Weight of an item that the generation does not know: the least there is. */
  readonly #newItemWeight: number;

  /** Histories are empty, Gram matrices zero. `noiseSeed`: for rows to descend from, which must not be zeros. */
  constructor(kernels: Kernels, model: FactorModel, noiseSeed?: number) {
    const { parameters, globalMean, stride, itemWeights } = model;
    this.parameters = parameters;
    this.#frozen = model;
    this.#noiseSeed = noiseSeed;
    this.#isExplicit = parameters.feedback === "explicit";
    this.#weightSum = itemWeights.reduce((sum, weight) => sum + weight, 0);
    this.#newItemWeight = itemWeights.reduce((least, weight) => Math.min(least, weight), 1);
    const workspace = new LiveWorkspace(kernels, parameters, stride);
    const sideOf = (side: "user" | "item", rows: Float32Array, hasTimes: boolean) =>
      new LiveSide(kernels, workspace, {
        parameters,
        globalMean,
        side,
        rows: new GrowingRows(kernels, rows, stride),
        lists: new EntryLists(kernels, hasTimes),
      });
    this.users = sideOf("user", model.userFactors, this.#isExplicit);
    this.items = sideOf("item", model.itemFactors, false);
    LiveSide.pair(this.users, this.items);
    this.#reserve(model.userCount, model.itemCount);
  }

  get globalMean(): number {
    return this.#frozen.globalMean;
  }

  /** Whether something is known about the user's taste: a row that is not all zeros. */
  knowsUser(user: number): boolean {
    const { rows } = this.users;
    return user < rows.count && rows.row(user).some((x) => x !== 0);
  }

  /** The estimate of a pair, as recommend/recommender.ts makes it of the same rows. */
  predict(user: number, item: number): number {
    return this.clip(Math.fround(this.users.score(user, item) + this.globalMean));
  }

  /** How far the least and the greatest rating are apart; at least a little. */
  get ratingRange(): number {
    const { minRating, maxRating } = this.#frozen;
    return Math.max(maxRating - minRating, 1e-6);
  }

  /** Into the range of ratings, if explicit. */
  clip(score: number): number {
    const { minRating, maxRating } = this.#frozen;
    return this.#isExplicit ? Math.min(maxRating, Math.max(minRating, score)) : score;
  }

  weightOfItem(item: number): number {
    const { itemWeights } = this.#frozen;
    return item < itemWeights.length ? itemWeights[item] : this.#newItemWeight;
  }

  /** Rows as they were saved: at least as many as there are. */
  load(userFactors: Float32Array, itemFactors: Float32Array): void {
    const { users: { rows: users }, items: { rows: items } } = this;
    this.#reserve(userFactors.length / users.stride, itemFactors.length / items.stride);
    users.view().set(userFactors);
    items.view().set(itemFactors);
  }

  /** Both Gram matrices anew. */
  sumGrams(): void {
    const { users, items } = this;
    if (this.#isExplicit) {
      users.sumGram((user) => users.lists.countOf(user));
      items.sumGram((item) => items.lists.countOf(item));
    } else {
      users.sumGram(() => 1);
      items.sumGram((item) => this.weightOfItem(item));
    }
  }

  /** Entries of a row; 0 of one that is not there yet. */
  countOf(side: "user" | "item", row: number): number {
    const { lists } = side === "user" ? this.users : this.items;
    return row < lists.rowCount ? lists.countOf(row) : 0;
  }

  /**
   * Takes an interaction into both histories. False if it is older than what is known of the pair (explicit): nothing
   * has changed then, and no row needs to move.
   */
  remember(user: number, item: number, value: number, timeMs: number): boolean {
    this.#reserve(user + 1, item + 1);
    const users = this.users.lists, items = this.items.lists;
    const position = users.find(user, item);
    if (position < 0) {
      users.append(user, { index: item, value, timeMs });
      items.append(item, { index: user, value, timeMs });
      return true;
    }
    if (this.#isExplicit && timeMs < users.timeAt(user, position)) return false;
    const now = this.#isExplicit ? value : Math.fround(users.valueAt(user, position) + Math.fround(value));
    users.set(user, position, now, timeMs);
    items.set(item, items.find(item, user), now, timeMs);
    return true;
  }

  /**
   * Puts right what both histories hold of a pair: `remaining` (the value and time that training would have of it), or
   * nothing. False if that is what they hold already.
   */
  correct(user: number, item: number, remaining?: PairValue): boolean {
    this.#reserve(user + 1, item + 1);
    const users = this.users.lists, items = this.items.lists, position = users.find(user, item);
    if (position < 0) {
      return remaining !== undefined && this.remember(user, item, remaining.value, remaining.timeMs);
    }
    const itemPosition = items.find(item, user);
    if (remaining === undefined) {
      users.remove(user, position);
      items.remove(item, itemPosition);
      return true;
    }
    const value = Math.fround(remaining.value), before = users.valueAt(user, position);
    users.set(user, position, value, remaining.timeMs);
    items.set(item, itemPosition, value, remaining.timeMs);
    return value !== before;
  }

  /** Takes a user out of all histories; the row becomes zeros. Rows of items stay until something moves them. */
  forget(user: number): void {
    this.#reserve(user + 1, 0);
    const users = this.users.lists, items = this.items.lists, before = users.countOf(user);
    for (let position = before - 1; position >= 0; position--) {
      const item = users.indexAt(user, position);
      items.remove(item, items.find(item, user));
      users.remove(user, position);
    }
    this.solveUser(user, before);
  }

  /** Solves a user's row. `countBefore`: entries when the row was last counted in. False: not finite, unchanged. */
  solveUser(user: number, countBefore: number): boolean {
    const n = this.users.lists.countOf(user), { unobservedWeight } = this.parameters;
    const system = this.#isExplicit ? this.#explicitSystem(n, countBefore) : {
      gramScale: unobservedWeight,
      lambda: this.#lambdaOf(n + unobservedWeight * this.#weightSum),
      weightBefore: 1,
      weight: 1,
    };
    const fixedWeight = this.#isExplicit ? this.items.lists.entryCount : this.#weightSum;
    return n > DIRECT_ITEMS && this.users.move(user, system, fixedWeight, USER_MOVE) ||
      this.users.solve(user, system);
  }

  /** Solves an item's row, or moves it if it is long. As solveUser. */
  moveItem(item: number, countBefore: number): boolean {
    const n = this.items.lists.countOf(item);
    const system = this.#isExplicit ? this.#explicitSystem(n, countBefore) : this.#implicitItem(item, n);
    if (n <= EXACT_USERS) return this.items.solve(item, system);
    const fixedWeight = this.#isExplicit ? this.users.lists.entryCount : this.users.rows.count;
    return this.items.move(item, system, fixedWeight, { steps: n <= TWO_STEP_USERS ? 2 : 1 });
  }

  /** One step of gradient descent for a user and an item, on what is remembered of the pair. False: not finite, unchanged. */
  descend(user: number, item: number): boolean {
    const { feedback } = this.parameters, { lists } = this.users;
    const position = lists.find(user, item);
    if (position < 0) return true; // taken away: there is no error to descend from
    const value = lists.valueAt(user, position);
    const goal = this.#isExplicit ? value - this.globalMean : Number(value > 0);
    return this.users.descend(user, item, goal, DESCENT[feedback]);
  }

  /** A copy of the rows as they stand. */
  copy(): FactorModel {
    const { users, items } = this, itemCount = items.rows.count;
    return {
      ...this.#frozen,
      userCount: users.rows.count,
      itemCount,
      userFactors: users.rows.view().slice(),
      itemFactors: items.rows.view().slice(),
      itemWeights: this.#isExplicit
        ? this.#frozen.itemWeights
        : Float32Array.from({ length: itemCount }, (_, item) => this.weightOfItem(item)),
    };
  }

  #reserve(userCount: number, itemCount: number): void {
    reserve(this.users, userCount, this.#noiseSeed);
    reserve(this.items, itemCount, this.#noiseSeed);
  }

  #explicitSystem(n: number, countBefore: number): RowSystem {
    return { gramScale: 0, lambda: this.parameters.regularization * n, weightBefore: countBefore, weight: n };
  }

  #implicitItem(item: number, n: number): RowSystem {
    const { unobservedWeight } = this.parameters, weight = this.weightOfItem(item);
    return {
      gramScale: unobservedWeight * weight,
      lambda: this.#lambdaOf(n + unobservedWeight * weight * this.users.rows.count),
      weightBefore: weight,
      weight,
    };
  }

  #lambdaOf(frequency: number): number {
    return this.parameters.regularization * frequency ** this.parameters.frequencyExponent;
  }
}

function reserve(side: LiveSide, count: number, noiseSeed: number | undefined): void {
  const before = side.rows.count;
  side.lists.reserveRows(count);
  side.rows.reserve(count);
  if (noiseSeed === undefined) return;
  for (let row = before; row < count; row++) side.startNoise(row, noiseSeed);
}
