/** Brings the stored lists of users whose row moved up to what is known: coalesced, oldest first, so many a second. */
import type { GenerationContent } from "../domain/generation.ts";
import type { DocumentFigures } from "../domain/learner_figures.ts";
import type { RowBatch } from "../domain/model_update.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { ItemScanner } from "../kernels/item_scanner.ts";
import { instantiateKernels } from "../kernels/kernel_module.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { RecommendationStore, StoredList } from "../ports/recommendation_store.ts";
import { ChangedRows } from "./changed_rows.ts";
import type { LiveModel } from "./live_model.ts";
import type { LogIds } from "./log_ids.ts";

export interface DocumentRefresherOptions {
  readonly recommendations: RecommendationStore;
  readonly clock: Clock;
  readonly kernelModule: WebAssembly.Module;
  /** A user's list waits so long for further events of the user; 2000 if absent. */
  readonly restMs?: number;
  /** Most lists a second; 200 if absent. */
  readonly usersPerSecond?: number;
}

const REST_MS = 2000;
const USERS_PER_SECOND = 200;
/** Lists that are made and written at once: the learner waits that long. */
const SLICE = 8;

/** A user whose stored list may know less than it should. */
interface Waiting {
  readonly sinceMs: number;
  /** The list should know the records below. */
  readonly offset: number;
  /** The stored list is looked at first: perhaps somebody has refreshed it before this process began. */
  readonly isDoubtful: boolean;
}

/** For one generation, beside its learner. It makes lists as serving does: of the same rows, without what was seen. */
export class DocumentRefresher {
  readonly #options: DocumentRefresherOptions;
  readonly #content: GenerationContent;
  readonly #live: LiveModel;
  readonly #ids: LogIds;
  /** By user, whoever has waited longest first. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #changedItems = new ChangedRows();
  readonly #n: number;
  #scanner: ItemScanner | undefined;
  #allowance = 0;
  #allowedMs: number;
  #refreshed = 0;

  /** Undefined where the generation has no stored lists: then nothing is to be refreshed. */
  static async of(
    options: DocumentRefresherOptions,
    content: GenerationContent,
    live: LiveModel,
    ids: LogIds,
  ): Promise<DocumentRefresher | undefined> {
    const popular = await options.recommendations.popular(content.generation.generation);
    return popular.length === 0
      ? undefined
      : new DocumentRefresher(options, content, live, ids, popular.length);
  }

  private constructor(
    options: DocumentRefresherOptions,
    content: GenerationContent,
    live: LiveModel,
    ids: LogIds,
    n: number,
  ) {
    this.#options = options;
    this.#content = content;
    this.#live = live;
    this.#ids = ids;
    this.#n = n;
    this.#allowedMs = options.clock.monotonicMs();
  }

  get figures(): DocumentFigures {
    const [oldest] = this.#waiting.values();
    const lagMs = oldest === undefined ? 0 : this.#options.clock.monotonicMs() - oldest.sinceMs;
    return { waiting: this.#waiting.size, lagMs, refreshed: this.#refreshed };
  }

  /** These rows were told. */
  changed(batch: RowBatch): void {
    const sinceMs = this.#options.clock.monotonicMs();
    for (const update of batch) {
      if (update.kind !== "rowsChanged") continue;
      for (const index of update.indexes) {
        if (update.side === "item") this.#changedItems.add(index);
        else this.#wait(index, { sinceMs, offset: update.appliedOffset, isDoubtful: false });
      }
    }
  }

  /** Makes what the first lists need, now that nobody waits for it. */
  prepare(): void {
    this.#scannerNow();
  }

  /** Users of events that a learner before this one learned, and whose lists it may not have refreshed any more. */
  async doubt(log: EventLog, untilOffset: number): Promise<void> {
    const sinceMs = this.#options.clock.monotonicMs(), fromOffset = this.#content.generation.offset;
    for await (const { count, users, offsets } of log.read({ fromOffset, untilOffset })) {
      for (let i = 0; i < count; i++) {
        this.#wait(users[i], { sinceMs, offset: offsets[i] + 1, isDoubtful: true });
      }
    }
  }

  /** Nothing is written for this user any more. */
  forget(user: number): void {
    this.#waiting.delete(user);
  }

  /** Whether `refresh` has something to do. */
  get isDue(): boolean {
    const { clock, restMs = REST_MS, usersPerSecond = USERS_PER_SECOND } = this.#options;
    const nowMs = clock.monotonicMs(), [oldest] = this.#waiting.values();
    this.#allowance = Math.min(
      usersPerSecond,
      this.#allowance + usersPerSecond * (nowMs - this.#allowedMs) / 1000,
    );
    this.#allowedMs = nowMs;
    return oldest !== undefined && this.#allowance >= 1 && nowMs - oldest.sinceMs >= restMs;
  }

  /**
   * Makes and writes some lists. `appliedOffset` gives what the rows know at the moment: learning may go on meanwhile. What
   * cannot be written waits on. One call at a time.
   */
  async refresh(appliedOffset: () => number): Promise<void> {
    const taken = this.#take(Math.min(SLICE, Math.floor(this.#allowance)));
    this.#allowance -= taken.length;
    try {
      const { generation } = this.#content.generation, nowMs = this.#options.clock.nowMs();
      const ids = await this.#ids.below("user", this.#live.users.rows.count);
      const itemIds = await this.#ids.below("item", this.#live.items.rows.count);
      const fresh = await this.#freshOf(taken, ids);
      // No await before the lists are made: they, and what they are said to know, are of one moment.
      const offset = appliedOffset();
      const lists = taken.flatMap(([user]): StoredList[] => {
        const userId = ids[user];
        if (userId === "" || fresh.has(user)) return [];
        return [{ userId, generation, appliedOffset: offset, items: this.#listOf(user, itemIds) }];
      });
      await this.#options.recommendations.refresh(lists, nowMs);
      this.#refreshed += lists.length;
    } catch (error) {
      for (const [user, waiting] of taken) if (!this.#waiting.has(user)) this.#waiting.set(user, waiting);
      throw error;
    }
  }

  /** Those who have waited longest. */
  #take(count: number): [user: number, waiting: Waiting][] {
    const taken: [number, Waiting][] = [];
    for (const entry of this.#waiting) {
      if (taken.length === count) break;
      taken.push(entry);
    }
    for (const [user] of taken) this.#waiting.delete(user);
    return taken;
  }

  #wait(user: number, waiting: Waiting): void {
    const { sinceMs = waiting.sinceMs, isDoubtful = true } = this.#waiting.get(user) ?? {};
    this.#waiting.set(user, { ...waiting, sinceMs, isDoubtful: isDoubtful && waiting.isDoubtful });
  }

  /** Those in doubt whose stored list knows all that it should. */
  async #freshOf(taken: readonly [number, Waiting][], ids: readonly string[]): Promise<Set<number>> {
    const doubtful = taken.filter(([, { isDoubtful }]) => isDoubtful);
    if (doubtful.length === 0) return new Set();
    const { recommendations } = this.#options, { generation } = this.#content.generation;
    const stored = await recommendations.getMany(generation, doubtful.map(([user]) => ids[user]));
    return new Set(
      doubtful.filter(([user, { offset }]) => (stored.get(ids[user])?.appliedOffset ?? -1) >= offset)
        .map(([user]) => user),
    );
  }

  #listOf(user: number, itemIds: readonly string[]): Recommendation[] {
    const { users } = this.#live, row = users.rows.row(user).slice();
    if (row.every((x) => x === 0)) return [];
    const seen = users.lists.indices(user).slice();
    const { count, itemIndexes, scores } = this.#scannerNow().topN(row, this.#n, seen);
    return Array.from({ length: count }, (_, k) => ({
      itemId: itemIds[itemIndexes[k]],
      score: Math.fround(scores[k] + this.#live.globalMean),
      rank: k + 1,
    }));
  }

  /** With the items' rows as they stand; a memory of its own, as the learner's grows under the hand of the learner. */
  #scannerNow(): ItemScanner {
    const { rows } = this.#live.items, { stride } = rows;
    const changed = this.#changedItems.take();
    if (this.#scanner === undefined) {
      const kernels = instantiateKernels(this.#options.kernelModule);
      return this.#scanner = new ItemScanner(kernels, {
        rows: rows.view().slice(),
        count: rows.count,
        stride,
      });
    }
    for (const item of changed) if (item < this.#scanner.count) this.#scanner.set(item, rows.row(item));
    for (let item = this.#scanner.count; item < rows.count; item++) this.#scanner.set(item, rows.row(item));
    return this.#scanner;
  }
}
