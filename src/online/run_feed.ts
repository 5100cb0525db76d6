/**
 * One model over a stream that is followed: predict, send the predictions, learn, keep the state together with the places
 * that it has come to. What is kept never runs ahead of what was sent, so a run that dies and goes on sends some
 * predictions again (the same ones, where the stream has one partition), and loses none.
 */
import type { StateTree } from "../domain/state_tree.ts";
import type { Clock } from "../ports/clock.ts";
import type { OnlineRun, OnlineRunOptions } from "./run_online.ts";
import type { FeedBatch, FeedRecord, ObservationFeed } from "./streams/observation_feed.ts";
import type { Answer, Refused } from "./streams/topic_outbox.ts";

export interface FeedRunOptions {
  readonly feed: ObservationFeed;
  readonly makeRun: (hooks: Required<Pick<OnlineRunOptions, "onPrediction" | "onRefused">>) => OnlineRun;
  /** Sends what was made of a batch; absent where nobody wants it. */
  readonly send?: (answers: readonly Answer[], refused: readonly Refused[]) => Promise<void>;
  /** Keeps a state. */
  readonly keep?: (state: StateTree) => Promise<void>;
  /** At the latest after so many observations, or, if there are some, after so long. */
  readonly keepEvery: { readonly count: number; readonly ms: number };
  /** Observations in all. */
  readonly limit: number;
  readonly untilEnd: boolean;
  readonly clock: Clock;
  readonly onRefused: OnlineRunOptions["onRefused"];
  /** After each batch that was sent. */
  readonly onBatch?: () => void;
}

export class FeedRun {
  readonly run: OnlineRun;
  readonly #options: FeedRunOptions;
  readonly #positions = new Map<number, number>();
  #answers: Answer[] = [];
  #refused: Refused[] = [];
  #record: FeedRecord | undefined;
  #partition = 0;
  #kept = { count: 0, atMs: 0 };

  constructor(options: FeedRunOptions) {
    this.#options = options;
    this.run = options.makeRun({
      onPrediction: (prediction) => {
        const { offset, message } = this.#record!;
        this.#answers.push({ place: this.#placeOf(offset), key: message?.key, prediction });
      },
      onRefused: (refusal, line, late) => {
        options.onRefused?.(refusal, line, late);
        const { offset, message } = this.#record!;
        if (message === undefined) return;
        // The place of a late one is not known any more: it is that of what came when its time had come.
        const letter = late === undefined
          ? message
          : { value: new TextEncoder().encode(JSON.stringify(late)) };
        this.#refused.push({ place: this.#placeOf(offset), message: letter, error: refusal.message });
      },
    });
  }

  /** Until the limit, the stream's end, or the signal. The state is kept at the end. */
  async follow(signal: AbortSignal): Promise<void> {
    const { feed, untilEnd, clock } = this.#options;
    const atLimit = new AbortController();
    this.#kept = { count: this.run.count, atMs: clock.monotonicMs() };
    if (this.#isAtLimit()) return;
    await feed.follow(
      { positionOf: (partition) => this.#positions.get(partition), untilEnd },
      async (batch) => {
        if (this.#isAtLimit()) return;
        await this.#take(batch);
        if (this.#isAtLimit()) atLimit.abort();
      },
      AbortSignal.any([signal, atLimit.signal]),
    );
    await this.#options.keep?.(this.save());
  }

  save(): StateTree {
    const places = [...this.#positions].sort(([a], [b]) => a - b);
    return { run: this.run.save(), positions: Float64Array.from(places.flat()) };
  }

  /** Of a run that was made in the same way. */
  load(state: StateTree): void {
    const { run, positions } = state as unknown as { run: StateTree; positions: Float64Array };
    this.run.load(run);
    for (let i = 0; i < positions.length; i += 2) this.#positions.set(positions[i], positions[i + 1]);
  }

  async #take({ partition, records }: FeedBatch): Promise<void> {
    this.#partition = partition;
    for (const record of records) {
      // Given again after a failure or a rebalance.
      if (record.offset < (this.#positions.get(partition) ?? 0)) continue;
      if (this.#isAtLimit()) break;
      this.#positions.set(partition, record.offset + 1);
      this.#record = record;
      this.run.take([{ line: this.run.line + 1, ...record.read }]);
    }
    const answers = this.#answers, refused = this.#refused;
    this.#answers = [];
    this.#refused = [];
    await this.#options.send?.(answers, refused);
    this.#options.onBatch?.();
    await this.#keepIfDue();
  }

  async #keepIfDue(): Promise<void> {
    const { keep, keepEvery, clock } = this.#options;
    const count = this.run.count - this.#kept.count, nowMs = clock.monotonicMs();
    if (count < keepEvery.count && nowMs - this.#kept.atMs < keepEvery.ms) return;
    this.#kept = { count: this.run.count, atMs: nowMs };
    await keep?.(this.save());
  }

  #isAtLimit(): boolean {
    return this.run.count >= this.#options.limit;
  }

  #placeOf(offset: number) {
    return { topic: this.#options.feed.name, partition: this.#partition, offset };
  }
}
