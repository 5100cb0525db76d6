/** Brings recommenders up to what a live learner tells. */
import type { GenerationContent } from "../domain/generation.ts";
import type { ModelUpdate, RowBatch, RowsAdvanced, RowsChanged } from "../domain/model_update.ts";
import type { Recommender } from "../recommend/recommender.ts";
import type { LogFollower } from "./log_follower.ts";

/** What became of a batch. `missed`: rows before it are not known here; it was not applied. */
export type BatchOutcome = "applied" | "known" | "foreign" | "missed";

/** A live learner, wherever it runs. Its rows come by `ServingModel.applyRows`, or through the update feed. */
export interface LearnerLink {
  /** Whether one works on this store: then an event counts as applied when it is learned, not when it is seen. */
  isRunning(): Promise<boolean>;
  /** Asks for all that was learned of a generation so far: batches of which the first begins at its offset. */
  wantRows(content: GenerationContent): Promise<void>;
  /** This process has appended events. */
  wake(): void;
}

/** Parts of batches that are not whole yet: more are not waited for. */
const MOST_PARTS = 256;

/** Collects updates, as they come from a feed one by one, into batches. */
export class RowBatches {
  #changes: RowsChanged[] = [];

  /** The batch that this update completes. What cannot be whole, because its beginning was missed, is dropped. */
  add(update: ModelUpdate): RowBatch | undefined {
    if (update.kind === "generationActivated" || update.kind === "measured") return undefined;
    if (update.kind === "rowsChanged") {
      this.#changes.push(update);
      return undefined;
    }
    // By what they begin with: a part that came twice is one.
    const parts = new Map(
      this.#changes.filter((change) => belongsTo(change, update))
        .map((change) => [`${change.side} ${change.indexes[0]}`, change]),
    );
    // What was told before, and comes again in the middle of a batch, does not end it.
    this.#changes = this.#changes.filter((change) => isLater(change, update)).slice(-MOST_PARTS);
    return parts.size === update.parts ? [...parts.values(), update] : undefined;
  }
}

function isLater(change: RowsChanged, { generation, appliedOffset }: RowsAdvanced): boolean {
  return change.generation !== generation || change.appliedOffset > appliedOffset;
}

function belongsTo(change: RowsChanged, { generation, appliedOffset }: RowsAdvanced): boolean {
  return change.generation === generation && change.appliedOffset === appliedOffset;
}

/**
 * Applies batches, one after the other. All rows of a batch change between two requests, so none is answered by half of
 * them; rows that are older than what is known are passed over.
 */
export class RowFollower {
  readonly #log: LogFollower;
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: LogFollower) {
    this.#log = log;
  }

  /** `recommenderOf` is asked when the batch's turn has come. */
  apply(
    batch: RowBatch,
    recommenderOf: (generation: string) => Recommender | undefined,
  ): Promise<BatchOutcome> {
    const applied = this.#last.then(() => this.#apply(batch, recommenderOf));
    this.#last = applied.catch(() => {});
    return applied;
  }

  async #apply(
    batch: RowBatch,
    recommenderOf: (generation: string) => Recommender | undefined,
  ): Promise<BatchOutcome> {
    const { generation, fromOffset, appliedOffset, isWhole = false } = batch.at(-1) as RowsAdvanced;
    const changes = batch.slice(0, -1) as RowsChanged[];
    const recommender = recommenderOf(generation);
    if (recommender === undefined) return "foreign";
    const learned = recommender.learnedOffset ?? recommender.generation.offset;
    if (fromOffset > learned) return "missed";
    const isKnown = isWhole ? appliedOffset < learned : appliedOffset <= learned;
    if (isKnown && recommender.learnedOffset !== undefined) return "known";
    for (const { side, indexes } of changes) await this.#nameRows(recommender, side, indexes);
    for (const change of changes) recommender.applyRows(change);
    recommender.advanceLearned(appliedOffset);
    return "applied";
  }

  /** Rows of the learner are the log's codes, so the next index is the next code. Indexes ascend. */
  async #nameRows(recommender: Recommender, side: "user" | "item", indexes: Uint32Array): Promise<void> {
    const count = indexes.length === 0 ? 0 : indexes[indexes.length - 1] + 1;
    const known = () => side === "user" ? recommender.userCount : recommender.itemCount;
    if (count <= known()) return;
    const ids = await this.#log.ids(side, count);
    recommender.addIds(side, ids.slice(known(), count));
  }
}
