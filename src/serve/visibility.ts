/** What the answers know by now: who waits for it, when each event got there, and how far they are behind the log. */
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import { EventTraces } from "./event_traces.ts";
import { Lag } from "./lag.ts";
import { OffsetWaiters } from "./offset_waiters.ts";

export class Visibility {
  /** Of the events that this process took. */
  readonly traces = new EventTraces();
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #waiters: OffsetWaiters;
  readonly #lag = new Lag();
  #applied = 0;

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#waiters = new OffsetWaiters(clock);
  }

  /** How long the oldest record that is not applied has been known here. */
  get lagMs(): number {
    return this.#lag.lagMs(this.#clock.monotonicMs());
  }

  /** The answers know everything below `applied`, and the log is known to end at `logEnd`. */
  reached(applied: number, logEnd: number): void {
    this.#applied = applied;
    this.#waiters.applied(applied);
    this.traces.visible(applied, this.#clock.nowMs());
    this.#lag.ended(logEnd, this.#clock.monotonicMs());
    this.#lag.applied(applied);
    this.#metrics.set("foz_applied_offset", applied);
    this.#metrics.set("foz_log_end_offset", logEnd);
    this.#metrics.set("foz_lag_events", Math.max(0, logEnd - applied));
    this.#metrics.set("foz_lag_seconds", this.lagMs / 1000);
  }

  /** Waits until every event up to and including `offset` is applied; false after `waitMs`. */
  waitFor(offset: number, waitMs: number): Promise<boolean> {
    return this.#waiters.wait(offset, waitMs, this.#applied);
  }

  /** Ends all waiting: those who wait are told that it did not happen. */
  close(): void {
    this.#waiters.close();
  }
}
