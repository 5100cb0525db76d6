/** How often to look for what other processes do: often while something goes on here, seldom when nothing does. */
import type { Clock } from "../ports/clock.ts";

const BUSY_MS = 50, QUIET_MS = 500;
/** Quiet is who had nothing to do for so long. */
const AFTER_MS = 2000;

export class PollPace {
  readonly #clock: Clock;
  #busyMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something goes on. */
  busy(): void {
    this.#busyMs = this.#clock.monotonicMs();
  }

  /** Milliseconds until the next look. */
  readonly pollMs = (): number => this.#clock.monotonicMs() - this.#busyMs < AFTER_MS ? BUSY_MS : QUIET_MS;
}
