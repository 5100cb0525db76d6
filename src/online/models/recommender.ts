/** Online recommenders: who likes what, one rating at a time. MATHS.md 3. */
import { BadInput } from "../../domain/failure.ts";
import type { Features, Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import {
  FactorizationKernel,
  type FactorizationOptions,
  NO_ROW,
  type Side,
} from "../../kernels/online_factorization.ts";
import { assertNumericTarget } from "../feature_reader.ts";
import { finitePrediction, type SavedModel } from "../online_model.ts";
import { fillNormal } from "../seeded_values.ts";

export interface RecommenderOptions extends FactorizationOptions {
  /** For messages. */
  readonly name: string;
  /** Standard deviation of the factors that a new user or item starts with. */
  readonly initialDeviation: number;
  readonly seed: number;
  /** Names of the features that hold the ids. */
  readonly userFeature: string;
  readonly itemFeature: string;
}

/** Ratings as columns: row k is of userIds[users[k]] and itemIds[items[k]], each list in order of first appearance. */
export interface RatingBlock {
  readonly count: number;
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly values: Float64Array;
}

/**
 * `p = μ + b_u + b_i + u·v`: all of it is BiasedMF; without u·v it is Baseline, without the rest FunkMF. A user or item
 * never learnt from adds nothing.
 */
export class OnlineRecommender implements SavedModel {
  readonly task = "regression";
  readonly #kernel: FactorizationKernel;
  readonly #options: RecommenderOptions;
  readonly #indexes: Readonly<Record<Side, Map<string, number>>> = { user: new Map(), item: new Map() };
  readonly #initial: Float64Array;

  constructor(kernels: Kernels, options: RecommenderOptions) {
    this.#kernel = new FactorizationKernel(kernels, options);
    this.#options = options;
    this.#initial = new Float64Array(options.factorCount);
  }

  predictOne(features: Features): number {
    const user = this.#indexes.user.get(this.#idOf(features, "user")) ?? NO_ROW;
    const item = this.#indexes.item.get(this.#idOf(features, "item")) ?? NO_ROW;
    return finitePrediction(this.#kernel.predict(user, item), this.#options.name);
  }

  learnOne(features: Features, target: Target): void {
    assertNumericTarget(target);
    const userId = this.#idOf(features, "user"), itemId = this.#idOf(features, "item");
    this.#kernel.learn(this.#indexOf("user", userId), this.#indexOf("item", itemId), target);
  }

  /** Predicts, then learns, rating after rating: the same as the loop over both, without an object for each. */
  progressiveRatings(block: RatingBlock, predictions: Float64Array): void {
    const newUsers = this.#kernel.rowCount("user"), newItems = this.#kernel.rowCount("item");
    for (let k = 0; k < block.count; k++) assertNumericTarget(block.values[k]);
    const userRows = Uint32Array.from(block.userIds, (id) => this.#indexOf("user", id));
    const itemRows = Uint32Array.from(block.itemIds, (id) => this.#indexOf("item", id));
    const events = {
      count: block.count,
      users: block.users.map((user) => userRows[user]),
      items: block.items.map((item) => itemRows[item]),
      values: block.values,
    };
    this.#kernel.progressive(events, newUsers, newItems, predictions);
    finitePrediction(predictions[block.count - 1] ?? 0, this.#options.name);
  }

  /** Sets what an id starts with, instead of random factors: for starting from a known model. */
  addRow(side: Side, id: string, factors: ArrayLike<number>): void {
    const { factorCount } = this.#options;
    if (this.#indexes[side].has(id) || factors.length !== factorCount) {
      throw new BadInput(
        `adding ${side} "${id}" with ${factors.length} factors: a new id with ${factorCount} is accepted`,
      );
    }
    this.#indexes[side].set(id, this.#kernel.addRow(side, factors));
  }

  save(): StateTree {
    const { user, item } = this.#indexes;
    return { ...this.#kernel.save(), userIds: [...user.keys()], itemIds: [...item.keys()] };
  }

  load(state: StateTree): void {
    const { userIds, itemIds, ...numbers } = state as {
      userIds: readonly string[];
      itemIds: readonly string[];
      scalars: Float64Array;
      users: Float64Array;
      items: Float64Array;
    };
    this.#kernel.load(numbers);
    userIds.forEach((id, index) => this.#indexes.user.set(id, index));
    itemIds.forEach((id, index) => this.#indexes.item.set(id, index));
  }

  #idOf(features: Features, side: Side): string {
    const name = side === "user" ? this.#options.userFeature : this.#options.itemFeature;
    const id = features[name];
    if (typeof id === "string" && id !== "") return id;
    if (typeof id === "number" && Number.isFinite(id)) return String(id);
    throw new BadInput(
      `reading the ${side} from the feature "${name}": it is ${JSON.stringify(id) ?? "not there"}; ` +
        `a text or a number is accepted; the parameter "${side}" names another feature`,
    );
  }

  #indexOf(side: Side, id: string): number {
    const known = this.#indexes[side].get(id);
    if (known !== undefined) return known;
    const { seed, initialDeviation } = this.#options;
    if (this.#initial.length > 0) fillNormal(seed, `${side}:${id}`, initialDeviation, this.#initial);
    const index = this.#kernel.addRow(side, this.#initial);
    this.#indexes[side].set(id, index);
    return index;
  }
}
