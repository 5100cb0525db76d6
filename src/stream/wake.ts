/** Waiting that somebody can cut short. */
import { type Clock, CUT_SHORT } from "../ports/clock.ts";

export class Wake {
  readonly #clock: Clock;
  #isCalled = false;
  #sleeper: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the waiting; if nobody waits, the next waiting ends at once. */
  call(): void {
    this.#isCalled = true;
    this.#sleeper?.abort(CUT_SHORT);
  }

  /** Resolves after `ms`, at a call, or when `signal` aborts. One waiting at a time. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isCalled && !signal.aborted) {
      const sleeper = new AbortController(), end = () => sleeper.abort(CUT_SHORT);
      this.#sleeper = sleeper;
      signal.addEventListener("abort", end, { once: true });
      await this.#clock.sleep(ms, sleeper.signal);
      signal.removeEventListener("abort", end);
      this.#sleeper = undefined;
    }
    this.#isCalled = false;
  }
}
