/** One generation's learner, from its start to its end: load or restore, replay the tail, follow the log, checkpoints. */
import type { GenerationContent } from "../domain/generation.ts";
import { LeaseLost } from "../domain/failure.ts";
import type { LearnerFigures } from "../domain/learner_figures.ts";
import type { RowBatch } from "../domain/model_update.ts";
import type { CheckpointStore } from "../ports/checkpoint_store.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { Fence } from "../ports/lease.ts";
import type { RecommendationStore } from "../ports/recommendation_store.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";
import type { CheckpointPolicyOptions } from "./checkpoint_policy.ts";
import { Checkpointer } from "./checkpointer.ts";
import { DocumentRefresher } from "./document_refresher.ts";
import { FeedWriter } from "./feed_writer.ts";
import type { Learner } from "./learner.ts";
import type { LearnerMethod } from "./live_model.ts";
import { LogFold } from "./log_fold.ts";
import type { Progress } from "./progress.ts";
import { rowBatch, wholeBatch } from "./row_batches.ts";
import { type StartingState, startingState } from "./starting_state.ts";
import type { Wake } from "./wake.ts";

export interface LearnerOptions {
  readonly eventLog: EventLog;
  readonly generations: GenerationStore;
  readonly checkpoints: CheckpointStore;
  readonly updates: UpdateFeed;
  readonly recommendations: RecommendationStore;
  readonly clock: Clock;
  /** The `portable` build. */
  readonly kernelModule: WebAssembly.Module;
  /** Of the lease; all writes go with it. */
  readonly fence?: Fence;
  /** Called when events may have come; without it the log is looked at every `pollMs`. */
  readonly wake: Wake;
  /** 20 if absent. */
  readonly pollMs?: number;
  /** Events that are read at once; what is learned does not depend on it. */
  readonly batchCount?: number;
  /** "foldIn" if absent. */
  readonly method?: LearnerMethod;
  readonly checkpointing?: CheckpointPolicyOptions;
  /** Hears at once what changed. The batch's arrays are the receiver's. */
  readonly onBatch: (batch: RowBatch) => void;
  readonly onNote: (note: LearnerNote) => void;
  /** Hears every second how well it goes. */
  readonly onFigures?: (figures: LearnerFigures) => void;
}

/** For people. Offsets where they say something; `error` where something failed and will be tried again. */
export interface LearnerNote {
  readonly what: string;
  readonly generation?: string;
  readonly appliedOffset?: number;
  readonly logEnd?: number;
  readonly error?: unknown;
}

const BATCH_COUNT = 256;
const POLL_MS = 20;
/** The feed is written this often: other processes see rows so much later. */
const FEED_MS = 50;
const REPORT_MS = 1000;
const RETRY_MS = 1000;
/** Other processes hear so often how well it goes, if it went on. */
const FEED_FIGURES_MS = 5000;

export class LearnerRun {
  readonly generation: string;
  /** Of what was served before each event was learned. */
  readonly progress: Progress;
  readonly #options: LearnerOptions;
  readonly #content: GenerationContent;
  readonly #learner: Learner;
  readonly #fold: LogFold;
  readonly #feed: FeedWriter;
  readonly #checkpointer: Checkpointer;
  #ended = new AbortController();
  #toldOffset: number;
  #fedMs = -Infinity;
  #figuresMs = -Infinity;
  #fedFiguresMs = -Infinity;
  #fedFiguresOffset = -1;
  #documents: DocumentRefresher | undefined;
  #refreshing: Promise<void> | undefined;
  /** Whether stored lists know the records below is to be looked at; 0: it was. */
  #doubtOffset = 0;
  /** A user was erased, and the checkpoint that says so is not written yet. */
  #isRebaseDue = false;
  #erasedUsers: number[] = [];
  #erasedOffset = -1;
  /** What is learned now is told when it is whole. */
  #isSilent = false;

  /** Resolves when all that the log holds is learned. The log must be the one that the generation was trained on. */
  static async begin(
    options: LearnerOptions,
    content: GenerationContent,
    signal: AbortSignal,
  ): Promise<LearnerRun> {
    const run = new LearnerRun(options, content, await startingState(options, content));
    await run.#replay(signal, true);
    return run;
  }

  /** Goes on after `end` and `finish`: learns what the log holds since. As `begin`, without what that reads. */
  async resume(signal: AbortSignal): Promise<LearnerRun> {
    this.#ended = new AbortController();
    await this.#replay(signal, false);
    return this;
  }

  private constructor(
    options: LearnerOptions,
    content: GenerationContent,
    state: StartingState,
  ) {
    const { updates, fence } = options, { learner, progress } = state;
    this.generation = content.generation.generation;
    this.#options = options;
    this.#content = content;
    this.#learner = learner;
    this.progress = progress;
    this.#fold = new LogFold(options.eventLog, learner, content);
    this.#toldOffset = learner.appliedOffset;
    this.#feed = new FeedWriter(updates, fence);
    const onUncopied = (error: unknown) =>
      this.#note("histories were not copied; a start reads them from the log", { error });
    this.#checkpointer = new Checkpointer({ ...options, onUncopied }, state);
  }

  /** What it holds in memory. */
  get sizeBytes(): number {
    return this.#learner.sizeBytes;
  }

  /** Of the last record that erased somebody; -1 if this run has met none. */
  get erasedOffset(): number {
    return this.#erasedOffset;
  }

  get appliedOffset(): number {
    return this.#learner.appliedOffset;
  }

  get figures(): LearnerFigures {
    const { generation, appliedOffset, progress: { window, total, drift } } = this;
    const documents = this.#documents?.figures, { numericFailures } = this.#learner;
    return {
      ...{ generation, appliedOffset, numericFailures, window, total },
      driftCount: drift.count,
      drifts: drift.marks,
      ...(documents === undefined ? {} : { documents }),
    };
  }

  sha256(): Promise<string> {
    return this.#learner.sha256();
  }

  /** All rows as they are. */
  rows(): RowBatch {
    const { clock } = this.#options;
    return wholeBatch(this.#content.generation, this.#toldOffset, this.#learner.model(), clock.nowMs());
  }

  /** Learns what comes until `signal` aborts, and writes a last checkpoint then, or until `end`. Throws LeaseLost. */
  async follow(signal: AbortSignal): Promise<void> {
    const both = AbortSignal.any([signal, this.#ended.signal]),
      { clock, wake, pollMs = POLL_MS } = this.#options;
    while (!both.aborted) {
      this.#tellFigures();
      const isDone = await this.#tried("learning failed and is tried again", async () => {
        await this.#doubtDocuments();
        const hasLearned = await this.#learn(both);
        // Not waited for. What cannot be written stays to be written, and is told when a checkpoint needs it.
        void this.#writeFeed().catch(() => {});
        this.#refreshDocuments();
        if (this.#checkpointer.isDue) await this.writeCheckpoint();
        if (!hasLearned) await wake.wait(pollMs, both);
      });
      if (!isDone) await clock.sleep(RETRY_MS, both);
    }
    await this.#refreshing;
    if (!this.#ended.signal.aborted) await this.finish();
  }

  /** Nobody who waits for answers waits for this. */
  async #doubtDocuments(): Promise<void> {
    if (this.#doubtOffset === 0) return;
    this.#documents?.prepare();
    await this.#documents?.doubt(this.#options.eventLog, this.#doubtOffset);
    this.#doubtOffset = 0;
  }

  /** Not waited for: the store may be somebody else's for a while, and events come meanwhile. */
  #refreshDocuments(): void {
    const { clock } = this.#options;
    if (this.#refreshing !== undefined || !this.#documents?.isDue) return;
    this.#refreshing = this.#documents.refresh(() => this.appliedOffset).catch((error) => {
      this.#note("stored lists were not refreshed and wait on", { error });
      return clock.sleep(RETRY_MS, this.#ended.signal);
    }).finally(() => this.#refreshing = undefined);
  }

  /** Makes `follow` end as soon as it can; the last checkpoint is left to `finish`. */
  end(): void {
    this.#ended.abort();
    this.#options.wake.call();
  }

  /** Writes the last checkpoint; of one that may come back (`isResting`) only if it is worth it. */
  async finish(isResting = false): Promise<void> {
    if (!isResting || this.#isRebaseDue || this.#checkpointer.isWorth) {
      await this.#tried("the last checkpoint was not written", () => this.writeCheckpoint(isResting));
    }
    await this.settled();
  }

  /** Resolves when nothing is being written any more that was begun. */
  settled(): Promise<void> {
    return this.#checkpointer.settled();
  }

  /** Unless the newest one says as much. A copy of the histories may be written beyond its end. */
  async writeCheckpoint(isResting = false): Promise<void> {
    if (this.#isRebaseDue) await this.#rebase();
    await this.#feed.write();
    if (!this.#checkpointer.isBehind) return;
    await this.#checkpointer.write(isResting);
    await this.#feed.trim();
  }

  /**
   * After an erasure: what the log does not hold any more, a replay could not learn again. So the state as it is now becomes
   * the one to start from, and whatever still holds something of the user goes: older checkpoints, those of other
   * generations, rows on the feed, and lists that were made since the user's were deleted. If this process ends in between,
   * the next one meets the same control record again.
   */
  async #rebase(): Promise<void> {
    const { checkpoints, generations, recommendations, fence } = this.#options;
    // Something of the user's may be on its way.
    await Promise.all([this.#refreshing, this.#checkpointer.settled()]);
    await this.#feed.forget();
    for (const { generation } of await generations.list()) {
      if (generation !== this.generation) await checkpoints.remove(generation, fence);
    }
    for (const user of this.#erasedUsers) {
      const userId = this.#fold.ids.known("user", user);
      if (userId !== undefined && userId !== "") await recommendations.forgetUser(userId);
      this.#fold.ids.forgetUser(user);
    }
    await this.#checkpointer.writeBase();
    this.#erasedUsers = [];
    this.#isRebaseDue = false;
    // Only now: whoever has missed what the feed forgot finds the checkpoint that has it.
    await this.#feed.write();
  }

  async #replay(signal: AbortSignal, isNew: boolean): Promise<void> {
    await this.#feed.begin();
    const { eventLog, recommendations } = this.#options, fromOffset = this.#content.generation.offset;
    const startOffset = this.appliedOffset;
    this.#documents ??= await DocumentRefresher.of(
      { ...this.#options, recommendations },
      this.#content,
      this.#learner.live,
      this.#fold.ids,
    );
    this.#note("the learner replays the log");
    // What an erasure took, the one before has learned, and this one cannot: who knows its rows must not mix them with these.
    const controls = await eventLog.readControls({ fromOffset });
    this.#isSilent = controls.some(({ record }) => record.kind === "userErased");
    // Who begins with the generation's rows can then follow, while the rest is replayed.
    if (isNew && !this.#isSilent && startOffset > fromOffset) this.#options.onBatch(this.rows());
    while (await this.#learn(signal, "the learner replays the log"));
    // One that goes on knows itself whose lists wait.
    if (isNew) this.#doubtOffset = startOffset;
    // Where nothing was left to learn too: who began to serve before somebody learned hears that there are rows.
    const hasErased = this.#isSilent || this.#erasedOffset >= startOffset;
    this.#feed.add(hasErased ? this.rows() : rowBatch(this.#header(), []));
    this.#isSilent = false;
    await this.#feed.write();
    this.#note("the learner has caught up");
  }

  /** What the log holds now, and what it changed to those who listen. False if there was nothing, or `signal` aborted. */
  async #learn(signal: AbortSignal, what?: string): Promise<boolean> {
    const { eventLog, clock, pollMs = POLL_MS, batchCount = BATCH_COUNT } = this.#options;
    const learner = this.#learner;
    if (this.#isRebaseDue) await this.#rebase();
    const untilOffset = await eventLog.end(pollMs);
    if (learner.appliedOffset >= untilOffset) return false;
    let reportedMs = clock.monotonicMs();
    for await (const { erasedUser } of this.#fold.learn(untilOffset, batchCount, this.progress)) {
      this.#tell();
      if (erasedUser !== undefined) {
        this.#isRebaseDue = true;
        this.#erasedOffset = learner.appliedOffset - 1;
        this.#erasedUsers.push(erasedUser);
        this.#documents?.forget(erasedUser);
        await this.#rebase();
      }
      // Others on this thread have their turn: messages, the lease, the learner of the generation that still answers.
      await clock.sleep(0, signal);
      if (signal.aborted) return false;
      if (what === undefined || clock.monotonicMs() - reportedMs < REPORT_MS) continue;
      reportedMs = clock.monotonicMs();
      this.#note(what, { logEnd: untilOffset });
    }
    if (this.#toldOffset < untilOffset) this.#tell(); // records that are gone
    return true;
  }

  #tell(): void {
    const header = this.#header(), batch = rowBatch(header, this.#learner.takeChanges());
    this.#toldOffset = header.appliedOffset;
    this.#documents?.changed(batch);
    if (this.#isSilent) return;
    this.#feed.add(batch);
    this.#options.onBatch(batch);
  }

  /** Of what was learned since something was told last. */
  #header() {
    const { generation, appliedOffset } = this, atMs = this.#options.clock.nowMs();
    return { generation, fromOffset: this.#toldOffset, appliedOffset, atMs };
  }

  #tellFigures(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#figuresMs < REPORT_MS) return;
    this.#figuresMs = nowMs;
    this.#options.onFigures?.(this.figures);
    if (nowMs - this.#fedFiguresMs < FEED_FIGURES_MS || this.#fedFiguresOffset === this.appliedOffset) return;
    this.#fedFiguresMs = nowMs, this.#fedFiguresOffset = this.appliedOffset;
    // Nothing hangs on it.
    void this.#feed.tell(this.figures).catch(() => {});
  }

  async #writeFeed(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    if (!this.#feed.hasRows || nowMs - this.#fedMs < FEED_MS) return;
    this.#fedMs = nowMs;
    await this.#feed.write();
  }

  /** Does it, or says that it failed; false then. A lost lease is thrown: there is nothing left to try. */
  async #tried(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.#note(what, { error });
      return false;
    }
  }

  #note(what: string, more: Partial<LearnerNote> = {}): void {
    const { generation, appliedOffset } = this;
    this.#options.onNote({ what, generation, appliedOffset, ...more });
  }
}
