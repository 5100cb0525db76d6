/** So many observations a second, and no more than fit into a batch. */
import type { Clock } from "../../ports/clock.ts";

/** Batches are no shorter than this, unless the rate is lower. */
const BATCH_MS = 20;

export interface PaceOptions {
  /** Observations a second; undefined: as fast as they can be made. */
  readonly rate?: number;
  readonly batchCount: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export class Pace {
  readonly #options: PaceOptions;
  readonly #startMs: number;
  #sent = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
  }

  /** Waits until some are due; says how many, at most `most`. 0 when the signal aborts. */
  async next(most: number): Promise<number> {
    const { rate, batchCount, clock, signal } = this.#options;
    const atMost = Math.min(most, batchCount);
    // A turn of the event loop: signals and other timers get their chance.
    if (rate === undefined) await clock.sleep(0, signal);
    while (!signal.aborted) {
      const due = rate === undefined ? atMost : this.#due(rate);
      if (due > 0) {
        const count = Math.min(due, atMost);
        this.#sent += count;
        return count;
      }
      const nextMs = this.#startMs + this.#sent / rate! * 1000;
      await clock.sleep(Math.max(BATCH_MS, nextMs - clock.monotonicMs()), signal);
    }
    return 0;
  }

  /** The first at once, the k-th (k - 1)/rate seconds later. */
  #due(rate: number): number {
    const seconds = (this.#options.clock.monotonicMs() - this.#startMs) / 1000;
    return Math.floor(seconds * rate) + 1 - this.#sent;
  }
}
