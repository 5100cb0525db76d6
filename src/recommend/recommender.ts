/** Answers from one generation: the one place where lists, predictions and similar items are made. */
import { BadInput } from "../domain/failure.ts";
import type { Generation, GenerationContent } from "../domain/generation.ts";
import type { RowsChanged } from "../domain/model_update.ts";
import type { Basis, Recommendation, RecommendationList } from "../domain/recommendation.ts";
import { FoldIn } from "../kernels/fold_in.ts";
import { ItemScanner, type TopN } from "../kernels/item_scanner.ts";
import { instantiateKernels, type Kernels } from "../kernels/kernel_module.ts";
import { baselineScore, clipped, type Estimate, ranked } from "./estimates.ts";
import { LiveRows } from "./live_rows.ts";
import { PopularItems } from "./popular.ts";
import { SeenItems } from "./seen_items.ts";
import { normalizedRow, normalizedRows } from "./similar.ts";

export interface RecommendOptions {
  /** Most items to give, at least 1. */
  readonly n: number;
  /** Items to leave out besides; unknown ones are passed over. */
  readonly exclude?: readonly string[];
  /** Leave out what the user has interacted with; true if absent. */
  readonly excludeSeen?: boolean;
}

/** An item of a session. `value` as in an event; absent: 1 (implicit), the greatest rating (explicit). */
export interface SessionItem {
  readonly itemId: string;
  readonly value?: number;
}

export interface SessionOptions {
  readonly n: number;
  readonly exclude?: readonly string[];
}

/** Estimate of one pair. `basis` is "popular" where the user or the item is unknown. */
export interface ItemPrediction {
  readonly itemId: string;
  readonly prediction: number;
  readonly basis: Basis;
}

/** In the place of a user who was erased. */
const NOBODY = "";

export interface RecommenderOptions {
  /** The answers know all events of the log with a smaller offset; the generation's offset if absent. */
  readonly appliedOffset?: number;
}

/**
 * Reads never change an answer. What is known changes by `addSeen` and `advance` (what people have seen), and by
 * `addIds`, `applyRows` and `advanceLearned` (rows that a live learner moved). Popularity stays the generation's.
 * Scores: rating units (globalMean + dot) if explicit, the dot product if implicit, in single precision as stored lists
 * have them; the number of interactions on the basis "popular"; the cosine for `similar`.
 */
export class Recommender {
  readonly generation: Generation;
  readonly #content: GenerationContent;
  readonly #kernels: Kernels;
  readonly #scanner: ItemScanner;
  readonly #userIndexes: Map<string, number>;
  readonly #itemIndexes: Map<string, number>;
  readonly #itemIds: string[];
  /** By index; NOBODY where a user was forgotten. */
  readonly #userIds: string[];
  readonly #userRows: LiveRows;
  readonly #itemRows: LiveRows;
  readonly #seen: SeenItems;
  readonly #popular: PopularItems;
  #foldIn: FoldIn | undefined;
  #similarScanner: ItemScanner | undefined;
  #seenOffset: number;
  #learnedOffset: number | undefined;
  /** Item indexes to leave out of the list in the making: room that is used again. */
  #excluded = new Uint32Array(1024);

  /**
   * Instantiates `kernelModule` (the `portable` build) over a memory of its own, which goes when the recommender goes.
   * Throws BadInput if a factor is not finite.
   */
  constructor(
    kernelModule: WebAssembly.Module,
    content: GenerationContent,
    options: RecommenderOptions = {},
  ) {
    const { model } = content;
    this.generation = content.generation;
    this.#content = content;
    this.#kernels = instantiateKernels(kernelModule);
    this.#scanner = new ItemScanner(this.#kernels, {
      rows: model.itemFactors,
      count: model.itemCount,
      stride: model.stride,
      searchers: model.userFactors,
    });
    this.#userIndexes = new Map(content.userIds.map((id, index) => [id, index]));
    this.#userIndexes.delete(NOBODY);
    this.#itemIndexes = new Map(content.itemIds.map((id, index) => [id, index]));
    this.#itemIds = [...content.itemIds];
    this.#userIds = [...content.userIds];
    this.#userRows = new LiveRows(model.userFactors, model.stride);
    this.#itemRows = new LiveRows(model.itemFactors, model.stride);
    this.#seen = new SeenItems(content.seen);
    this.#popular = new PopularItems(content.itemCounts);
    this.#seenOffset = options.appliedOffset ?? content.generation.offset;
  }

  /** All events of the log with a smaller offset are known to the answers: seen, and learned where rows are learned. */
  get appliedOffset(): number {
    return Math.min(this.#seenOffset, this.#learnedOffset ?? Infinity);
  }

  /** The items of all events with a smaller offset are seen. */
  get seenOffset(): number {
    return this.#seenOffset;
  }

  /** The rows know all events with a smaller offset; undefined where rows are not learned: they are the generation's. */
  get learnedOffset(): number | undefined {
    return this.#learnedOffset;
  }

  get userCount(): number {
    return this.#userIds.length;
  }

  get itemCount(): number {
    return this.#itemIds.length;
  }

  /** Says that the events below `seenOffset` were handed to `addSeen`. Never goes back. */
  advance(seenOffset: number): void {
    if (seenOffset > this.#seenOffset) this.#seenOffset = seenOffset;
  }

  /** Says that rows are learned, and know the events below `learnedOffset`. Never goes back. */
  advanceLearned(learnedOffset: number): void {
    this.#learnedOffset = Math.max(this.#learnedOffset ?? 0, learnedOffset);
  }

  /** Ids of the next indexes: users or items that came after the generation. */
  addIds(side: "user" | "item", ids: readonly string[]): void {
    for (const id of ids) {
      if (side === "user") {
        if (id !== NOBODY) this.#userIndexes.set(id, this.userCount);
        this.#userIds.push(id);
      } else {
        this.#seen.nameItem(id, this.itemCount);
        this.#itemIndexes.set(id, this.itemCount);
        this.#itemIds.push(id);
      }
    }
  }

  /**
   * Takes rows of this generation as they are now. New ones are in order of index, and their ids were added before.
   * False, and nothing has changed: they are of another generation.
   */
  applyRows({ generation, side, indexes, rows }: RowsChanged): boolean {
    if (generation !== this.generation.generation) return false;
    const known = side === "user" ? this.userCount : this.itemCount, { stride } = this.#userRows;
    for (let k = 0; k < indexes.length; k++) {
      if (indexes[k] >= known) throw new RangeError(`row ${indexes[k]} of ${known} ${side}s was changed`);
      const row = rows.subarray(k * stride, (k + 1) * stride);
      if (side === "user") this.#userRows.set(indexes[k], row);
      else this.#setItem(indexes[k], row);
    }
    return true;
  }

  /** An event: the item is seen from now on. Users and items that the generation does not know are remembered too. */
  addSeen(userId: string, itemId: string): void {
    this.#seen.add(userId, this.#userIndexes.get(userId), itemId, this.#itemIndexes.get(itemId));
  }

  /** The opposite, where no event of the pair is left. */
  removeSeen(userId: string, itemId: string): void {
    this.#seen.remove(userId, this.#userIndexes.get(userId), itemId, this.#itemIndexes.get(itemId));
  }

  /** Nothing is known of this user any more; somebody of this id who comes later is somebody else. */
  forgetUser(userId: string): void {
    const index = this.#userIndexes.get(userId);
    this.#userIndexes.delete(userId);
    this.#seen.forget(userId);
    if (index === undefined) return;
    this.#userIds[index] = NOBODY;
    this.#userRows.set(index, new Float32Array(this.#userRows.stride));
  }

  /** The id of a row of users; undefined where there is none, or the user was forgotten. */
  userIdAt(index: number): string | undefined {
    return this.#userIds[index] || undefined;
  }

  itemIdAt(index: number): string {
    return this.#itemIds[index];
  }

  /** For whom `addSeen` added something. */
  usersAdded(): string[] {
    return this.#seen.usersAdded();
  }

  /** How many items `addSeen` added for the user. */
  addedCount(userId: string): number {
    return this.#seen.addedCount(userId);
  }

  /** Whether something is known about the user's taste: a row in the generation that is not all zeros. */
  knowsUser(userId: string): boolean {
    return this.#rowOf(this.#userIndexes.get(userId)) !== undefined;
  }

  knowsItem(itemId: string): boolean {
    return this.#itemIndexes.has(itemId);
  }

  /** The user's list; by popularity (basis "popular") if nothing is known about the user's taste. */
  recommend(userId: string, { n, exclude, excludeSeen = true }: RecommendOptions): RecommendationList {
    const wanted = checkedCount(n);
    const userIndex = this.#userIndexes.get(userId);
    let excludedCount = 0;
    if (excludeSeen) {
      excludedCount = this.#seen.count(userId, userIndex);
      this.#seen.write(userId, userIndex, this.#roomForExcluded(excludedCount));
    }
    if (exclude !== undefined) excludedCount = this.#excludeMore(excludedCount, exclude);
    const row = this.#rowOf(userIndex);
    return row === undefined
      ? this.#asList(userId, "popular", this.#popularItems(wanted, excludedCount))
      : this.#asList(userId, "personal", this.#search(row, wanted, excludedCount));
  }

  /**
   * A list for somebody of whom only these interactions are known: their row is solved for as a training would, repeats
   * as there (if explicit the last one counts, else they add up). The items themselves are left out. Basis "popular" if
   * none of them is known. `userId` of the answer is "".
   */
  recommendForSession(items: readonly SessionItem[], { n, exclude }: SessionOptions): RecommendationList {
    const wanted = checkedCount(n);
    const values = this.#sessionValues(items);
    let excludedCount = this.#excludeMore(0, items.map((item) => item.itemId));
    if (exclude !== undefined) excludedCount = this.#excludeMore(excludedCount, exclude);
    if (values.size === 0) return this.#asList("", "popular", this.#popularItems(wanted, excludedCount));
    const row = this.#sessionSolver().solve([...values.keys()], [...values.values()]);
    return this.#asList("", "session", this.#search(row, wanted, excludedCount));
  }

  /**
   * Estimates of single items, in their order. Explicit: a rating, clipped to the range seen; of an unknown user
   * globalMean + b_i, of an unknown item globalMean + b_u. Implicit: the preference; of an unknown user the share of all
   * users who have interacted with the item, of an unknown item 0.
   */
  predict(userId: string, itemIds: readonly string[]): ItemPrediction[] {
    return this.#estimate(userId, itemIds).map(({ itemId, score, basis }) => ({
      itemId,
      prediction: clipped(this.#content, score),
      basis,
    }));
  }

  /**
   * The given items in order of their unclipped estimate, ties by item index; unknown items last, in the order given;
   * repeats are dropped. Basis "popular" if nothing is known about the user's taste.
   */
  rank(userId: string, itemIds: readonly string[]): RecommendationList {
    const items = ranked(this.#estimate(userId, itemIds))
      .map(({ itemId, score }, at) => ({ itemId, score, rank: at + 1 }));
    return this.#asList(userId, this.knowsUser(userId) ? "personal" : "popular", items);
  }

  /**
   * The items whose latent factors point the same way: score = cosine (biases left out), the item itself left out.
   * Undefined if the item is unknown; empty if it has no factors (a row of zeros).
   */
  similar(itemId: string, n: number): Recommendation[] | undefined {
    const wanted = checkedCount(n);
    const index = this.#itemIndexes.get(itemId);
    if (index === undefined) return undefined;
    const scanner = this.#similarItems(), row = scanner.rowOf(index);
    if (row.every((x) => x === 0)) return [];
    return this.#itemsOf(scanner.topN(row, wanted, Uint32Array.of(index)), 0);
  }

  /** The items with the most interactions; score = their number. */
  popular(n: number, exclude: readonly string[] = []): Recommendation[] {
    return this.#popularItems(checkedCount(n), this.#excludeMore(0, exclude));
  }

  #setItem(index: number, row: Float32Array): void {
    const { factorCount } = this.#content.model.parameters;
    // Of an item whose events were all erased before they were learned nobody is told.
    while (this.#scanner.count < index) this.#setItem(this.#scanner.count, new Float32Array(row.length));
    this.#scanner.set(index, row);
    this.#itemRows.set(index, row);
    this.#similarScanner?.set(index, normalizedRow(row, factorCount));
  }

  /** The user's row; undefined if there is none or it is all zeros: nothing is known then. */
  #rowOf(userIndex: number | undefined): Float32Array | undefined {
    const row = userIndex === undefined ? undefined : this.#userRows.row(userIndex);
    if (row === undefined) return undefined;
    for (let j = 0; j < row.length; j++) if (row[j] !== 0) return row;
    return undefined;
  }

  #search(row: Float32Array, n: number, excludedCount: number): Recommendation[] {
    const top = this.#scanner.topN(row, n, this.#excluded.subarray(0, excludedCount));
    return this.#itemsOf(top, this.#content.model.globalMean);
  }

  #estimate(userId: string, itemIds: readonly string[]): Estimate[] {
    const row = this.#rowOf(this.#userIndexes.get(userId));
    const { globalMean } = this.#content.model;
    return itemIds.map((itemId) => {
      const itemIndex = this.#itemIndexes.get(itemId);
      if (row === undefined || itemIndex === undefined) {
        const score = baselineScore(this.#content, row, itemIndex, this.#itemRows.rows);
        return { itemId, itemIndex, score, basis: "popular" };
      }
      const score = Math.fround(this.#scanner.score(row, itemIndex) + globalMean);
      return { itemId, itemIndex, score, basis: "personal" };
    });
  }

  #sessionSolver(): FoldIn {
    return this.#foldIn ??= new FoldIn(this.#kernels, this.#content.model, this.#itemRows);
  }

  #similarItems(): ItemScanner {
    return this.#similarScanner ??= new ItemScanner(
      this.#kernels,
      normalizedRows(this.#itemRows, this.#content.model.parameters.factorCount),
    );
  }

  /** Values by index of the items that are known. */
  #sessionValues(items: readonly SessionItem[]): Map<number, number> {
    const { parameters, maxRating } = this.#content.model;
    const explicit = parameters.feedback === "explicit";
    const values = new Map<number, number>();
    for (const { itemId, value = explicit ? maxRating : 1 } of items) {
      const index = this.#itemIndexes.get(itemId);
      if (index !== undefined) values.set(index, explicit ? value : (values.get(index) ?? 0) + value);
    }
    return values;
  }

  #roomForExcluded(count: number): Uint32Array {
    if (count > this.#excluded.length) {
      const larger = new Uint32Array(2 * count);
      larger.set(this.#excluded);
      this.#excluded = larger;
    }
    return this.#excluded;
  }

  #excludeMore(count: number, itemIds: readonly string[]): number {
    const excluded = this.#roomForExcluded(count + itemIds.length);
    for (const id of itemIds) {
      const index = this.#itemIndexes.get(id);
      if (index !== undefined) excluded[count++] = index;
    }
    return count;
  }

  #popularItems(n: number, excludedCount: number): Recommendation[] {
    const { itemIds, itemCounts } = this.#content;
    const excluded = new Set(this.#excluded.subarray(0, excludedCount));
    return this.#popular.top(n, excluded)
      .map((index, at) => ({ itemId: itemIds[index], score: itemCounts[index], rank: at + 1 }));
  }

  #itemsOf({ count, itemIndexes, scores }: TopN, globalMean: number): Recommendation[] {
    const itemIds = this.#itemIds;
    const items: Recommendation[] = new Array(count);
    for (let k = 0; k < count; k++) {
      items[k] = { itemId: itemIds[itemIndexes[k]], score: Math.fround(scores[k] + globalMean), rank: k + 1 };
    }
    return items;
  }

  #asList(userId: string, basis: Basis, items: readonly Recommendation[]): RecommendationList {
    const { generation } = this.generation;
    return { userId, generation, appliedOffset: this.appliedOffset, basis, items };
  }
}

function checkedCount(n: number): number {
  if (Number.isInteger(n) && n >= 1) return n;
  throw new BadInput(`asked for ${n} items: a whole number of at least 1 is accepted`);
}
