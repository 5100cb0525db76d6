/**
 * The model that answers. It holds one recommender, follows the log so that what people did is "seen" in the next
 * answer, and the learner so that rows move with it, and swaps to another generation between two requests: a request that
 * took `current` is answered by it whole.
 */
import type { GenerationContent } from "../domain/generation.ts";
import type { LearnerFigures } from "../domain/learner_figures.ts";
import type { Measured, RowBatch, RowsAdvanced } from "../domain/model_update.ts";
import type { CreatedEvent } from "../ingest/accept_events.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { ItemCatalog } from "../ports/item_catalog.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";
import { Recommender } from "../recommend/recommender.ts";
import type { ActiveModel, AnsweringModel } from "./model_answers.ts";
import { ItemTexts } from "./item_texts.ts";
import type { EventTraces } from "./event_traces.ts";
import { setLearnerMetrics } from "./learner_metrics.ts";
import { LogFollower } from "./log_follower.ts";
import { type LearnerLink, RowBatches, RowFollower } from "./row_follower.ts";
import { Visibility } from "./visibility.ts";

export interface ServingModelOptions {
  readonly eventLog: EventLog;
  readonly generations: GenerationStore;
  readonly updates: UpdateFeed;
  readonly catalog: ItemCatalog;
  /** The `portable` build. */
  readonly kernelModule: WebAssembly.Module;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** How often the log is asked for events of other processes; 100 if absent. */
  readonly pollMs?: number | (() => number);
  /** Absent: rows stay the generation's, and an event is applied when it is seen. */
  readonly learner?: LearnerLink;
  /** How long a generation waits for the learner before it answers with older rows; 10,000 if absent. */
  readonly handoverMs?: number;
  /** What is wrong elsewhere in the process, to be told with the own warnings. */
  readonly otherWarnings?: () => readonly string[];
  /** Called when something failed that will be tried again, and when a generation became active. */
  readonly onNote: (note: ServingNote) => void;
}

/** For the log. `error` is there where something failed. */
export interface ServingNote {
  readonly what: string;
  readonly generation?: string;
  readonly error?: unknown;
}

/** Titles are looked at again after this many polls: they come from imports of other processes. */
const TITLE_POLLS = 50;
/** So is the pointer: whoever was asleep may have missed the word on the feed. */
const POINTER_POLLS = 10;
const HANDOVER_MS = 10_000;
/** All rows are asked for this often at most. */
const WANT_MS = 500;

/** A generation that answers, or did. */
interface Held extends ActiveModel {
  readonly content: GenerationContent;
}

export class ServingModel implements AnsweringModel {
  readonly #options: ServingModelOptions;
  readonly #log: LogFollower;
  readonly #rows: RowFollower;
  readonly #visibility: Visibility;
  readonly #stopped = new AbortController();
  readonly #closing = new AbortController();
  #figures: LearnerFigures | undefined;
  #current: Held | undefined;
  #before: Held | undefined;
  /** The generation that is to answer next. */
  #next: Held | undefined;
  #wantedMs = -Infinity;
  #running: Promise<unknown>[] = [];
  #refreshing: Promise<void> | undefined;
  #refreshAgain = false;
  #reading: Promise<void> | undefined;
  #nextReading: Promise<void> | undefined;
  #warnings = new Map<string, string>();
  #titleCount = -1;

  constructor(options: ServingModelOptions) {
    this.#options = options;
    this.#visibility = new Visibility(options.clock, options.metrics);
    this.#log = new LogFollower(options.eventLog, (gone) => {
      // Whose events were erased is not known here: no trace stays of any before.
      this.traces.forget((offset) => "eventAt" in gone ? offset === gone.eventAt : offset < gone.userBefore);
    });
    this.#rows = new RowFollower(this.#log);
  }

  /** The last that a learner told, of this process or another. */
  get figures(): LearnerFigures | undefined {
    return this.#figures;
  }

  /** Aborts when the server is about to stop. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Ends answers that would go on for ever; `stop` does too. */
  close(): void {
    this.#closing.abort();
  }

  /** Of the events that this process took. */
  get traces(): EventTraces {
    return this.#visibility.traces;
  }

  get logId(): string {
    return this.#options.eventLog.logId;
  }

  get current(): ActiveModel | undefined {
    return this.#current;
  }

  get logEnd(): number {
    return this.#log.end;
  }

  /** How long the oldest record that is not applied has been known here. */
  get lagMs(): number {
    return this.#visibility.lagMs;
  }

  /** What is wrong although answers are given: by subject, in words. */
  get warnings(): readonly string[] {
    return [...this.#warnings.values(), ...this.#options.otherWarnings?.() ?? []];
  }

  /** Loads the active generation, if there is one, and follows the log and the update feed until `stop`. */
  async start(): Promise<void> {
    const following = this.#follow(await this.#options.updates.latest());
    this.#running = [following];
    await this.refresh();
    this.#running = [following, this.#poll()];
  }

  async stop(): Promise<void> {
    this.close();
    this.#stopped.abort();
    this.#visibility.close();
    await Promise.all(this.#running);
    await Promise.all([this.#refreshing, this.#reading, this.#nextReading]);
  }

  /**
   * Looks which generation is active and swaps to it, after the log's events since its offset were applied to it. If it
   * cannot be loaded the one that answers stays, and `warnings` says so; the next poll tries again.
   */
  refresh(): Promise<void> {
    if (this.#refreshing !== undefined) {
      this.#refreshAgain = true;
      return this.#refreshing;
    }
    return this.#refreshing = this.#refreshAll().finally(() => this.#refreshing = undefined);
  }

  /**
   * Says that these events, received at `receivedMs` and just appended by this process, are in the log. If nothing of another process came between,
   * they are seen at once; otherwise a look at the log is due.
   */
  accepted(events: readonly CreatedEvent[], receivedMs = this.#options.clock.nowMs()): void {
    this.traces.logged(events, receivedMs, this.#options.clock.nowMs());
    const recommender = this.#current?.recommender;
    if (recommender !== undefined && !this.#log.take(events, recommender)) void this.catchUp();
    this.#options.learner?.wake();
    this.#applied();
  }

  /** Takes what a learner tells. A batch of a generation that is not here is dropped; one after a gap makes all be asked for. */
  async applyRows(batch: RowBatch): Promise<void> {
    const { generation, appliedOffset, atMs } = batch.at(-1) as RowsAdvanced;
    const outcome = await this.#rows.apply(batch, (id) => this.#heldOf(id)?.recommender);
    if (outcome === "missed") await this.#wantRows(generation);
    else if (outcome === "foreign") this.#options.metrics.increment("foz_updates_dropped_total");
    else if (outcome === "applied") {
      this.#warnings.delete("rows");
      if (generation === this.#current?.recommender.generation.generation) {
        this.traces.learned(appliedOffset, atMs);
      }
      this.#applied();
    }
  }

  /** Takes how well the learner predicts, for metrics and streams. */
  measured(figures: LearnerFigures): void {
    this.#figures = figures;
    setLearnerMetrics(this.#options.metrics, figures);
  }

  async #heard({ generation, appliedOffset, figures }: Measured): Promise<void> {
    this.measured(figures);
    const { learnedOffset = appliedOffset } = this.#heldOf(generation)?.recommender ?? {};
    if (learnedOffset < appliedOffset) await this.#wantRows(generation);
  }

  /** Applies what the log holds at the call. While one reading runs, all who call share the next one. */
  catchUp(): Promise<void> {
    if (this.#reading === undefined) {
      return this.#reading = this.#read().finally(() => this.#reading = undefined);
    }
    return this.#nextReading ??= this.#reading.then(() => {
      this.#nextReading = undefined;
      return this.catchUp();
    });
  }

  async #read(): Promise<void> {
    try {
      await this.#log.apply(this.#current?.recommender);
      this.#warnings.delete("log");
    } catch (error) {
      this.#warn("log", "the log cannot be read", { error });
    }
    this.#applied();
  }

  /** Waits until every event up to and including `offset` is applied; false after `waitMs`. */
  waitFor(offset: number, waitMs: number): Promise<boolean> {
    return this.#visibility.waitFor(offset, waitMs);
  }

  #heldOf(generation: string): Held | undefined {
    return [this.#current, this.#next].find((one) => one?.content.generation.generation === generation);
  }

  async #wantRows(generation: string): Promise<void> {
    const content = this.#heldOf(generation)?.content, nowMs = this.#options.clock.monotonicMs();
    if (content === undefined || nowMs < this.#wantedMs + WANT_MS) return;
    this.#wantedMs = nowMs;
    try {
      await this.#options.learner?.wantRows(content);
    } catch (error) {
      this.#warn("rows", `what was learned of generation ${generation} cannot be read`, {
        generation,
        error,
      });
    }
  }

  #applied(): void {
    this.#visibility.reached(this.#current?.recommender.appliedOffset ?? 0, this.#log.end);
  }

  async #refreshAll(): Promise<void> {
    do {
      this.#refreshAgain = false;
      let generation: string | undefined;
      try {
        const pointer = await this.#options.generations.active();
        generation = pointer?.generation;
        if (generation !== undefined && generation !== this.#current?.recommender.generation.generation) {
          await this.#swapTo(await this.#keptOf(generation) ?? await this.#load(generation));
        }
        this.#warnings.delete("generation");
      } catch (error) {
        this.#options.metrics.increment("foz_generation_load_failures_total");
        const kept = this.#current?.recommender.generation.generation ?? "none";
        const what = `generation ${generation ?? "(unknown)"} cannot be loaded; ${kept} answers`;
        this.#warn("generation", what, { generation, error });
      }
    } while (this.#refreshAgain && !this.#stopped.signal.aborted);
  }

  async #load(generation: string): Promise<Held> {
    const content = await this.#options.generations.load(generation);
    const texts = await ItemTexts.of(content.itemIds, this.#options.catalog);
    return { content, recommender: new Recommender(this.#options.kernelModule, content), texts };
  }

  /** The one that answered before, for a rollback; only a learner can bring its rows up to now. */
  async #keptOf(generation: string): Promise<Held | undefined> {
    const kept = this.#before;
    if (kept?.content.generation.generation !== generation) return undefined;
    return await this.#isLearned(kept.content) ? kept : undefined;
  }

  async #swapTo(next: Held): Promise<void> {
    const { content, recommender } = next;
    const { generation, userCount, itemCount } = content.generation;
    this.#next = next;
    try {
      await this.#log.apply(recommender);
      if (await this.#isLearned(content)) await this.#awaitLearner(recommender, content);
      // Events may be accepted while the log is read: what is visible never goes back to an older state of the log.
      do {
        await this.#log.apply(recommender);
      } while (recommender.seenOffset < (this.#current?.recommender.seenOffset ?? 0));
      this.#before = this.#current;
      this.#current = next;
      this.#titleCount = -1;
    } finally {
      this.#next = undefined;
    }
    this.#options.metrics.set("foz_model_users", userCount);
    this.#options.metrics.set("foz_model_items", itemCount);
    this.#options.metrics.set("foz_generation_number", Number(generation.replaceAll(/\D/g, "")));
    this.#options.onNote({ what: "generation is active", generation });
    this.#applied();
  }

  /** A generation from a file knows other numbers for users and items than the log. */
  async #isLearned({ generation }: GenerationContent): Promise<boolean> {
    const { learner, eventLog } = this.#options;
    return learner !== undefined && generation.logId === eventLog.logId && await learner.isRunning();
  }

  /** Until the rows know what the answers knew so far; at the start, what the log holds. */
  async #awaitLearner(recommender: Recommender, content: GenerationContent): Promise<void> {
    const { clock, handoverMs = HANDOVER_MS } = this.#options, { signal } = this.#stopped;
    const { generation, offset } = content.generation;
    const startMs = clock.monotonicMs(), end = this.#log.end;
    const known = () => this.#current?.recommender.appliedOffset ?? end;
    recommender.advanceLearned(offset);
    this.#wantedMs = -Infinity;
    await this.#wantRows(generation);
    while (recommender.learnedOffset! < known() && !signal.aborted) {
      if (clock.monotonicMs() - startMs > handoverMs) {
        const what =
          `no learner has brought ${generation} up to the log; it answers from offset ${recommender.learnedOffset}`;
        return this.#warn("rows", what, { generation });
      }
      await clock.sleep(5, signal);
    }
  }

  async #poll(): Promise<void> {
    const { clock, pollMs = 100 } = this.#options;
    const { signal } = this.#stopped;
    for (let n = 1; !signal.aborted; n++) {
      await this.catchUp();
      if (n % TITLE_POLLS === 0) await this.#lookAtTitles();
      if (n % POINTER_POLLS === 0 || this.#warnings.has("generation")) await this.refresh();
      const ms = typeof pollMs === "number" ? pollMs : pollMs();
      await clock.sleep(this.#warnings.size > 0 ? Math.max(ms, 1000) : ms, signal);
    }
  }

  async #follow(sequence: number): Promise<void> {
    const { signal } = this.#stopped, batches = new RowBatches();
    while (!signal.aborted) {
      try {
        // Following says nothing while nothing is published; that it can be followed again is seen by asking.
        if (this.#warnings.has("updates")) {
          await this.#options.updates.latest();
          this.#warnings.delete("updates");
        }
        for await (const { sequence: seen, update } of this.#options.updates.follow(sequence, signal)) {
          if (seen <= sequence) continue;
          sequence = seen;
          // Not waited for: the next generation's rows come by this feed.
          if (update.kind === "generationActivated") void this.refresh();
          else if (update.kind === "measured") await this.#heard(update);
          const batch = batches.add(update);
          if (batch !== undefined) await this.applyRows(batch);
        }
        this.#warnings.delete("updates");
      } catch (error) {
        this.#warn("updates", "updates of the model cannot be followed", { error });
        await this.#options.clock.sleep(1000, signal);
      }
    }
  }

  async #lookAtTitles(): Promise<void> {
    const model = this.#current;
    try {
      const count = await this.#options.catalog.count();
      if (model === undefined || count === this.#titleCount) return;
      model.texts = await ItemTexts.of(model.texts.itemIds, this.#options.catalog);
      this.#titleCount = count;
    } catch (error) {
      this.#warn("titles", "titles cannot be read", { error });
    }
  }

  #warn(subject: string, what: string, note: Omit<ServingNote, "what">): void {
    const known = this.#warnings.has(subject);
    this.#warnings.set(subject, what);
    if (!known) this.#options.onNote({ what, ...note });
  }
}
