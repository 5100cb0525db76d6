/** How often to look for what other processes do: often while something goes on here, seldom when nothing does. */
import type { Clock } from "../ports/clock.ts";

const BUSY_MS = 50, QUIET_MS = 500;
/** Quiet is who had nothing to do for so long. */
const AFTER_MS = 2000;
/** A look that would be sooner waits for the next round: a timer may end a little early. */
const SOON_MS = 50;

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

  /**
   * Milliseconds until the next look. All who ask look at the same moments while it is quiet: to wake up is most of what an
   * idle process does.
   */
  readonly pollMs = (): number => {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#busyMs < AFTER_MS) return BUSY_MS;
    const leftMs = QUIET_MS - nowMs % QUIET_MS;
    return leftMs < SOON_MS ? leftMs + QUIET_MS : leftMs;
  };
}
