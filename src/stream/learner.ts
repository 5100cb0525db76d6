/** The live learner: a pure fold of the log over a generation (DESIGN.md 6, MATHS.md 2). */
import { hashOfFactors } from "../domain/factors_hash.ts";
import type { LoggedEventColumns } from "../domain/event.ts";
import type { FactorModel } from "../domain/factor_model.ts";
import type { GenerationContent } from "../domain/generation.ts";
import { OutsideFailure } from "../domain/failure.ts";
import type { RowsChanged } from "../domain/model_update.ts";
import type { Kernels } from "../kernels/kernel_module.ts";
import { ChangedRows } from "./changed_rows.ts";
import type { GenerationHistory } from "./histories.ts";
import { savedHistory } from "./histories.ts";
import { decodeLearnerState, encodeLearnerState, type LearnerState } from "./learner_state.ts";
import type { SavedHistories } from "./saved_histories.ts";
import { type LearnerMethod, LiveModel, type PairValue } from "./live_model.ts";
import type { Progress } from "./progress.ts";

/** Gram matrices are summed anew where offsets pass a multiple of this, so that rounding cannot accumulate. */
const GRAM_EVENTS = 4096;

/**
 * `kernels`: an instance of the `portable` build that is the learner's alone (its memory goes when the learner goes).
 * All that it holds is a function of the generation and of the events applied: neither of the sizes of batches nor of
 * checkpoints in between.
 */
export class Learner {
  /** Id of the generation. */
  readonly generation: string;
  readonly #content: GenerationContent;
  readonly #kernels: Kernels;
  readonly #method: LearnerMethod;
  readonly #model: LiveModel;
  readonly #changedUsers = new ChangedRows();
  readonly #changedItems = new ChangedRows();
  #appliedOffset: number;
  #gramRun: number;
  /** While histories are brought up to it. */
  #awaited: LearnerState | undefined;
  #numericFailures = 0;

  /** The state at the generation's own offset. `history`: readHistory() of histories.ts. */
  static fromGeneration(
    kernels: Kernels,
    content: GenerationContent,
    history: GenerationHistory,
    method: LearnerMethod = "foldIn",
  ): Learner {
    const learner = new Learner(kernels, content, method);
    const { users, items } = savedHistory(history);
    learner.#model.users.lists.load(users);
    learner.#model.items.lists.load(items);
    learner.#model.sumGrams();
    return learner;
  }

  /**
   * The state of these bytes, or as they were decoded, over histories as they were then or before. Those of before are to be
   * brought up to it: until `appliedOffset` is the state's, records only go into histories. Throws OutsideFailure when torn,
   * or of another generation or method.
   */
  static restore(
    kernels: Kernels,
    content: GenerationContent,
    state: Uint8Array | LearnerState,
    histories: SavedHistories,
    method: LearnerMethod = "foldIn",
  ): Learner {
    const saved = state instanceof Uint8Array ? decodeLearnerState(state) : state;
    const { generation, sha256 } = content.generation;
    if (saved.generation !== generation || saved.generationSha256 !== sha256 || saved.method !== method) {
      throw new OutsideFailure(
        `restoring a learner (${method}) of generation ${generation} (${sha256}): the state is of ` +
          `${saved.generation} (${saved.generationSha256}), learned by ${saved.method}`,
      );
    }
    if (histories.offset > saved.appliedOffset) {
      throw new RangeError(`histories of ${histories.offset} for a state of ${saved.appliedOffset}`);
    }
    const learner = new Learner(kernels, content, method), { users, items } = learner.#model;
    users.lists.load(histories.users);
    items.lists.load(histories.items);
    learner.#appliedOffset = histories.offset;
    learner.#awaited = saved;
    learner.#settle();
    return learner;
  }

  private constructor(kernels: Kernels, content: GenerationContent, method: LearnerMethod) {
    this.generation = content.generation.generation;
    this.#content = content;
    this.#kernels = kernels;
    this.#method = method;
    this.#model = new LiveModel(
      kernels,
      content.model,
      method === "sgd" ? content.generation.seed : undefined,
    );
    this.#appliedOffset = content.generation.offset;
    this.#gramRun = gramRunOf(this.#appliedOffset);
  }

  /** Every record of the log with a smaller offset is in. */
  get appliedOffset(): number {
    return this.#appliedOffset;
  }

  /** Of the memory of its kernels. */
  get sizeBytes(): number {
    return this.#kernels.memory.buffer.byteLength;
  }

  /** How many rows there are now: the log's codes below are rows. */
  get userCount(): number {
    return this.#model.users.rows.count;
  }

  get itemCount(): number {
    return this.#model.items.rows.count;
  }

  /** Rows that stayed as they were because their solution was not finite, since this learner was made. */
  get numericFailures(): number {
    return this.#numericFailures;
  }

  /** What moves, for those who measure it. Reads change nothing. */
  get live(): LiveModel {
    return this.#model;
  }

  /**
   * Applies events in order of offset; those below `appliedOffset` are passed over. Codes of users and items are rows;
   * what is new gets one. `progress` is asked about each event before it is learned.
   */
  apply(batch: LoggedEventColumns, progress?: Progress): void {
    const { users, items, values, timesMs, offsets } = batch;
    for (let i = 0; i < batch.count; i++) {
      this.#atRecord(offsets[i], () => {
        progress?.observe(this.#model, offsets[i], users[i], items[i], values[i]);
        this.#learn(users[i], items[i], values[i], timesMs[i]);
      });
    }
  }

  /**
   * Applies a control record at `offset` that took events of a pair away: `remaining` is what training would have of the
   * pair now (explicit: the greatest (time, offset); implicit: the sum), absent if nothing. Both rows move.
   */
  correct(offset: number, user: number, item: number, remaining?: PairValue): void {
    this.#atRecord(offset, () => {
      const model = this.#model;
      const userBefore = model.countOf("user", user), itemBefore = model.countOf("item", item);
      if (model.correct(user, item, remaining)) this.#move(user, userBefore, item, itemBefore);
    });
  }

  /**
   * Applies a control record at `offset` that erased a user: nothing of the user stays in rows and histories of the user
   * and in histories of items. What the items' rows learned goes with the next generation.
   */
  forgetUser(offset: number, user: number): void {
    this.#atRecord(offset, () => {
      this.#model.forget(user);
      if (this.#awaited === undefined) this.#changedUsers.add(user);
    });
  }

  /** Says that what lies below `offset` and was not handed to `apply` are control records. Never goes back. */
  advance(offset: number): void {
    this.#appliedOffset = Math.max(this.#appliedOffset, offset);
    this.#settle();
  }

  /** Both Gram matrices anew: where histories are not what the state's were, as somebody was erased since. */
  sumGrams(): void {
    this.#model.sumGrams();
  }

  /** Rows that changed since the last call, as at most one "rowsChanged" a side, both with the present `appliedOffset`. */
  takeChanges(): RowsChanged[] {
    return [this.#takeSide("user"), this.#takeSide("item")].filter((update) => update.indexes.length > 0);
  }

  /** For a checkpoint. `beside`: what whoever learns keeps with it. */
  state(beside?: Uint8Array): Uint8Array<ArrayBuffer> {
    const { users, items } = this.#model, { generation, sha256 } = this.#content.generation;
    return encodeLearnerState({
      generation,
      generationSha256: sha256,
      method: this.#method,
      appliedOffset: this.#appliedOffset,
      gramRun: this.#gramRun,
      beside,
      userFactors: users.rows.view(),
      itemFactors: items.rows.view(),
      userGram: users.gram(),
      itemGram: items.gram(),
    });
  }

  /** A copy of the histories as they stand. */
  histories(): SavedHistories {
    const { users, items } = this.#model;
    return { offset: this.#appliedOffset, users: users.lists.save(), items: items.lists.save() };
  }

  /** SHA-256 (hex) of userFactors, then itemFactors, as a generation's. */
  sha256(): Promise<string> {
    const userFactors = this.#model.users.rows.view(), itemFactors = this.#model.items.rows.view();
    return hashOfFactors({ userFactors, itemFactors });
  }

  /** A copy of the rows as they stand. New items: `itemWeights` as the learner weighs them. */
  model(): FactorModel {
    return this.#model.copy();
  }

  #learn(user: number, item: number, value: number, timeMs: number): void {
    const model = this.#model;
    const userBefore = model.countOf("user", user), itemBefore = model.countOf("item", item);
    if (model.remember(user, item, value, timeMs)) this.#move(user, userBefore, item, itemBefore);
  }

  /** The user first: the item then learns from where the user stands. */
  #move(user: number, userBefore: number, item: number, itemBefore: number): void {
    if (this.#awaited !== undefined) return;
    const model = this.#model;
    if (this.#method === "sgd") {
      if (!model.descend(user, item)) this.#numericFailures++;
    } else {
      if (!model.solveUser(user, userBefore)) this.#numericFailures++;
      if (!model.moveItem(item, itemBefore)) this.#numericFailures++;
    }
    this.#changedUsers.add(user);
    this.#changedItems.add(item);
  }

  /** A record is applied once, however often it is handed over. */
  #atRecord(offset: number, apply: () => void): void {
    if (offset < this.#appliedOffset) return;
    if (this.#awaited === undefined) this.#refreshGrams(offset);
    apply();
    this.#appliedOffset = offset + 1;
    this.#settle();
  }

  /** The awaited rows, when histories have come up to them. */
  #settle(): void {
    const saved = this.#awaited;
    if (saved === undefined || this.#appliedOffset < saved.appliedOffset) return;
    this.#awaited = undefined;
    this.#model.load(saved.userFactors, saved.itemFactors);
    const { users, items } = this.#model;
    users.gram().set(saved.userGram);
    items.gram().set(saved.itemGram);
    this.#gramRun = saved.gramRun;
  }

  /** Before the first event at or behind a multiple of GRAM_EVENTS: which one that is depends on the log alone. */
  #refreshGrams(offset: number): void {
    const run = gramRunOf(offset);
    if (run === this.#gramRun) return;
    this.#gramRun = run;
    if (this.#method === "foldIn") this.#model.sumGrams();
  }

  #takeSide(side: "user" | "item") {
    const { rows } = side === "user" ? this.#model.users : this.#model.items, { stride } = rows;
    const indexes = (side === "user" ? this.#changedUsers : this.#changedItems).take();
    const all = rows.view(), changed = new Float32Array(indexes.length * stride);
    indexes.forEach((row, k) => changed.set(all.subarray(row * stride, (row + 1) * stride), k * stride));
    const { generation } = this, appliedOffset = this.#appliedOffset;
    return { kind: "rowsChanged" as const, generation, appliedOffset, side, indexes, rows: changed };
  }
}

function gramRunOf(offset: number): number {
  return Math.floor(offset / GRAM_EVENTS);
}
