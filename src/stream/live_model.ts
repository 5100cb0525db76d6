/** Rows, histories and Gram matrices of a generation as they move with events; the arithmetic of one event. */
import type { AlsParameters, FactorModel } from "../domain/factor_model.ts";
import { EntryLists } from "../kernels/entry_lists.ts";
import { GrowingRows } from "../kernels/growing_rows.ts";
import type { Kernels } from "../kernels/kernel_module.ts";
import { LiveSide, type RowSystem } from "../kernels/live_side.ts";
import { LiveWorkspace } from "../kernels/live_workspace.ts";

/** Items with at most this many users are solved exactly, others moved. Part of the arithmetic: changing it changes bytes. */
const EXACT_USERS = 64;
/** Steps of conjugate gradients that move an item. */
const ITEM_STEPS = 2;

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
  /** Σ w_i of the generation. */
  readonly #weightSum: number;
  /** Weight of an item that the generation does not know: the least there is. */
  readonly #newItemWeight: number;

  /** Histories are empty, Gram matrices zero. */
  constructor(kernels: Kernels, model: FactorModel) {
    const { parameters, globalMean, stride, itemWeights } = model;
    this.parameters = parameters;
    this.#frozen = model;
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

  weightOfItem(item: number): number {
    const { itemWeights } = this.#frozen;
    return item < itemWeights.length ? itemWeights[item] : this.#newItemWeight;
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

  /** Solves a user's row exactly. `countBefore`: entries when the row was last counted in. False: not finite, unchanged. */
  solveUser(user: number, countBefore: number): boolean {
    const n = this.users.lists.countOf(user), { unobservedWeight } = this.parameters;
    return this.users.solve(
      user,
      this.#isExplicit ? this.#explicitSystem(n, countBefore) : {
        gramScale: unobservedWeight,
        lambda: this.#lambdaOf(n + unobservedWeight * this.#weightSum),
        weightBefore: 1,
        weight: 1,
      },
    );
  }

  /** Solves an item's row, or moves it if it is long. As solveUser. */
  moveItem(item: number, countBefore: number): boolean {
    const n = this.items.lists.countOf(item);
    const system = this.#isExplicit ? this.#explicitSystem(n, countBefore) : this.#implicitItem(item, n);
    if (n <= EXACT_USERS) return this.items.solve(item, system);
    const fixedWeight = this.#isExplicit ? this.users.lists.entryCount : this.users.rows.count;
    return this.items.move(item, system, fixedWeight, ITEM_STEPS);
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
    this.users.rows.reserve(userCount);
    this.users.lists.reserveRows(userCount);
    this.items.rows.reserve(itemCount);
    this.items.lists.reserveRows(itemCount);
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
