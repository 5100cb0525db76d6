/** Puts what the learner tells on the update feed: coalesced, so that a row that moves ten times is written once. */
import type { LearnerFigures } from "../domain/learner_figures.ts";
import type { RowBatch, RowsAdvanced, RowsChanged } from "../domain/model_update.ts";
import type { Fence } from "../ports/lease.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";
import { rowBatch } from "./row_batches.ts";

/** Rows of one update, at most: stores have a limit for one document. */
const PART_BYTES = 4 * 2 ** 20;

export class FeedWriter {
  readonly #feed: UpdateFeed;
  readonly #fence: Fence | undefined;
  readonly #rows = { user: new Map<number, Float32Array>(), item: new Map<number, Float32Array>() };
  #advanced: RowsAdvanced | undefined;
  #writing: Promise<void> | undefined;
  /** Sequence of the last update, and what it was at the checkpoint before. */
  #sequence = 0;
  #checkpointSequence = 0;
  /** Rows are told up to here. */
  #writtenOffset = 0;

  constructor(feed: UpdateFeed, fence?: Fence) {
    this.#feed = feed;
    this.#fence = fence;
  }

  /** What is on the feed already is needless once this learner has told what came after its own beginning. */
  async begin(): Promise<void> {
    this.#sequence = this.#checkpointSequence = await this.#feed.latest();
  }

  get hasRows(): boolean {
    return this.#advanced !== undefined;
  }

  /** Copies the rows. Batches follow one another without a gap. */
  add(batch: RowBatch): void {
    const advanced = batch.at(-1) as RowsAdvanced;
    for (const { side, indexes, rows } of batch.slice(0, -1) as RowsChanged[]) {
      const stride = rows.length / indexes.length;
      indexes.forEach((index, k) => this.#rows[side].set(index, rows.slice(k * stride, (k + 1) * stride)));
    }
    const before = this.#advanced, isWhole = advanced.isWhole ?? before?.isWhole;
    const fromOffset = Math.min(before?.fromOffset ?? Infinity, advanced.fromOffset);
    this.#advanced = { ...advanced, fromOffset, ...(isWhole ? { isWhole } : {}) };
  }

  /** Writes what was added; what is added meanwhile stays for the next time. */
  write(): Promise<void> {
    return this.#writing ??= this.#write().finally(() => this.#writing = undefined);
  }

  /** Forgets what a checkpoint made needless: the one before the last, so that nobody who just read that misses a row. */
  async trim(): Promise<void> {
    await this.#feed.trim(this.#checkpointSequence, this.#fence);
    this.#checkpointSequence = this.#sequence;
  }

  /** How well it goes, for those who serve in other processes, and what they must know by now. */
  async tell(figures: LearnerFigures): Promise<void> {
    const { generation } = figures, appliedOffset = this.#writtenOffset;
    this.#sequence = await this.#feed.publish(
      { kind: "measured", generation, appliedOffset, figures },
      this.#fence,
    );
  }

  /**
   * Forgets all that was written: rows of somebody who was erased are among it. What was added and is not written yet says
   * already that the row is empty. Who missed something needs a checkpoint.
   */
  async forget(): Promise<void> {
    await this.#writing;
    await this.#feed.trim(this.#sequence, this.#fence);
    this.#checkpointSequence = this.#sequence;
  }

  async #write(): Promise<void> {
    const advanced = this.#advanced;
    if (advanced === undefined) return;
    this.#advanced = undefined;
    const changes = (["user", "item"] as const).flatMap((side) => this.#take(side, advanced));
    try {
      this.#sequence = await this.#feed.publish(rowBatch(advanced, changes), this.#fence);
      this.#writtenOffset = advanced.appliedOffset;
    } catch (error) {
      this.#putBack(advanced, changes);
      throw error;
    }
  }

  #take(side: "user" | "item", { generation, appliedOffset }: RowsAdvanced): RowsChanged[] {
    const all = [...this.#rows[side]].sort(([a], [b]) => a - b);
    if (all.length === 0) return [];
    this.#rows[side].clear();
    const stride = all[0][1].length, partRows = Math.max(1, Math.floor(PART_BYTES / (4 * stride)));
    return Array.from({ length: Math.ceil(all.length / partRows) }, (_, k) => {
      const part = all.slice(k * partRows, (k + 1) * partRows), rows = new Float32Array(part.length * stride);
      part.forEach(([, row], r) => rows.set(row, r * stride));
      const indexes = Uint32Array.from(part, ([index]) => index);
      return { kind: "rowsChanged", generation, appliedOffset, side, indexes, rows };
    });
  }

  /** What could not be written, unless a newer row came meanwhile. */
  #putBack(advanced: RowsAdvanced, changes: readonly RowsChanged[]): void {
    for (const { side, indexes, rows } of changes) {
      const stride = rows.length / indexes.length;
      indexes.forEach((index, k) => {
        if (!this.#rows[side].has(index)) {
          this.#rows[side].set(index, rows.slice(k * stride, (k + 1) * stride));
        }
      });
    }
    const isWhole = advanced.isWhole ?? this.#advanced?.isWhole;
    this.#advanced = {
      ...(this.#advanced ?? advanced),
      fromOffset: advanced.fromOffset,
      ...(isWhole ? { isWhole } : {}),
    };
  }
}
