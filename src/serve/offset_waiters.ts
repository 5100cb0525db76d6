/** Requests that wait until an event is applied. */
import { type Clock, CUT_SHORT } from "../ports/clock.ts";

interface Waiter {
  readonly offset: number;
  readonly end: AbortController;
}

export class OffsetWaiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True as soon as the event at `offset` is applied, false after `waitMs`. `appliedOffset` is where it stands now. */
  async wait(offset: number, waitMs: number, appliedOffset: number): Promise<boolean> {
    if (offset < appliedOffset) return true;
    const waiter = { offset, end: new AbortController() };
    this.#waiting.add(waiter);
    await this.#clock.sleep(waitMs, waiter.end.signal);
    return !this.#waiting.delete(waiter);
  }

  /** Every event with an offset below `appliedOffset` is applied. */
  applied(appliedOffset: number): void {
    for (const waiter of this.#waiting) {
      if (waiter.offset >= appliedOffset) continue;
      this.#waiting.delete(waiter);
      waiter.end.abort(CUT_SHORT);
    }
  }

  /** Ends all waiting: those who wait are told that it did not happen. */
  close(): void {
    for (const waiter of this.#waiting) waiter.end.abort(CUT_SHORT);
  }
}
