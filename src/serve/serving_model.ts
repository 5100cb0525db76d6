/**
 * The model that answers. It holds one recommender, follows the log so that what people did is "seen" in the next
 * answer, and swaps to another generation between two requests: a request that took `current` is answered by it whole.
 */
import type { GenerationContent } from "../domain/generation.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { ItemCatalog } from "../ports/item_catalog.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";
import { Recommender } from "../recommend/recommender.ts";
import type { ActiveModel, AnsweringModel } from "./model_answers.ts";
import { ItemTexts } from "./item_texts.ts";
import { type AcceptedEvent, LogFollower } from "./log_follower.ts";
import { OffsetWaiters } from "./offset_waiters.ts";

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
  readonly pollMs?: number;
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

export class ServingModel implements AnsweringModel {
  readonly #options: ServingModelOptions;
  readonly #log: LogFollower;
  readonly #waiters: OffsetWaiters;
  readonly #stopped = new AbortController();
  #current: ActiveModel | undefined;
  #running: Promise<unknown>[] = [];
  #refreshing: Promise<void> | undefined;
  #refreshAgain = false;
  #reading: Promise<void> | undefined;
  #nextReading: Promise<void> | undefined;
  #warnings = new Map<string, string>();
  #titleCount = -1;

  constructor(options: ServingModelOptions) {
    this.#options = options;
    this.#log = new LogFollower(options.eventLog);
    this.#waiters = new OffsetWaiters(options.clock);
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

  /** What is wrong although answers are given: by subject, in words. */
  get warnings(): readonly string[] {
    return [...this.#warnings.values()];
  }

  /** Loads the active generation, if there is one, and follows the log and the update feed until `stop`. */
  async start(): Promise<void> {
    const sequence = await this.#options.updates.latest();
    await this.refresh();
    this.#running = [this.#poll(), this.#follow(sequence)];
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#waiters.close();
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
   * Says that these events, just appended by this process, are in the log. If nothing of another process came between,
   * they are seen at once; otherwise a look at the log is due.
   */
  accepted(events: readonly AcceptedEvent[]): void {
    const recommender = this.#current?.recommender;
    if (recommender !== undefined && !this.#log.take(events, recommender)) void this.catchUp();
    this.#applied();
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
    return this.#waiters.wait(offset, waitMs, this.#current?.recommender.appliedOffset ?? 0);
  }

  #applied(): void {
    const applied = this.#current?.recommender.appliedOffset ?? 0;
    this.#waiters.applied(applied);
    this.#options.metrics.set("foz_applied_offset", applied);
    this.#options.metrics.set("foz_log_end_offset", this.#log.end);
  }

  async #refreshAll(): Promise<void> {
    do {
      this.#refreshAgain = false;
      let generation: string | undefined;
      try {
        const pointer = await this.#options.generations.active();
        generation = pointer?.generation;
        if (generation !== undefined && generation !== this.#current?.recommender.generation.generation) {
          await this.#swapTo(await this.#options.generations.load(generation));
        }
        this.#warnings.delete("generation");
      } catch (error) {
        this.#options.metrics.increment("foz_generation_load_failures_total");
        const kept = this.#current?.recommender.generation.generation ?? "none";
        this.#warn(
          "generation",
          `generation ${generation ?? "(unknown)"} cannot be loaded; ${kept} answers`,
          {
            generation,
            error,
          },
        );
      }
    } while (this.#refreshAgain && !this.#stopped.signal.aborted);
  }

  async #swapTo(content: GenerationContent): Promise<void> {
    const recommender = new Recommender(this.#options.kernelModule, content);
    const texts = await ItemTexts.of(content.itemIds, this.#options.catalog);
    // Events may be accepted while the log is read: what is visible never goes back to an older state of the log.
    do {
      await this.#log.apply(recommender);
    } while (recommender.appliedOffset < (this.#current?.recommender.appliedOffset ?? 0));
    this.#current = { recommender, texts };
    const { generation, userCount, itemCount } = content.generation;
    this.#options.metrics.set("foz_model_users", userCount);
    this.#options.metrics.set("foz_model_items", itemCount);
    this.#options.metrics.set("foz_generation_number", Number(generation.replaceAll(/\D/g, "")));
    this.#options.onNote({ what: "generation is active", generation });
    this.#applied();
  }

  async #poll(): Promise<void> {
    const { clock, pollMs = 100 } = this.#options;
    const { signal } = this.#stopped;
    for (let n = 1; !signal.aborted; n++) {
      await this.catchUp();
      if (n % TITLE_POLLS === 0) await this.#lookAtTitles();
      if (this.#warnings.has("generation")) await this.refresh();
      await clock.sleep(this.#warnings.size > 0 ? Math.max(pollMs, 1000) : pollMs, signal);
    }
  }

  async #follow(sequence: number): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        for await (const { sequence: seen, update } of this.#options.updates.follow(sequence, signal)) {
          sequence = seen;
          if (update.kind === "generationActivated") await this.refresh();
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
