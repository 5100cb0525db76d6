/** A clock that stands still until it is told to go. */
import { setImmediate } from "node:timers";
import type { Clock } from "../../src/ports/clock.ts";

/** An arbitrary day: 2024-01-01. */
const START_MS = 1_704_067_200_000;

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  #passedMs = 0;
  #sleepers: Sleeper[] = [];
  readonly #isBusy: () => boolean;

  /** Time does not go on while `isBusy`: something is done that needs no time of this clock. */
  constructor(isBusy: () => boolean = () => false) {
    this.#isBusy = isBusy;
  }

  nowMs(): number {
    return START_MS + this.#passedMs;
  }

  monotonicMs(): number {
    return this.#passedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper = { untilMs: this.#passedMs + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Lets `ms` pass: wakes who sleeps, in order of time, and lets each go on until it waits again. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#passedMs + ms;
    for (;;) {
      await settled(this.#isBusy);
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, one) => first === undefined || one.untilMs < first.untilMs ? one : first,
        undefined,
      );
      if (next === undefined || next.untilMs > endMs) break;
      this.#passedMs = next.untilMs;
      next.wake();
    }
    this.#passedMs = endMs;
  }
}

/** Until everything that needs no time is done: a few turns of the event loop in a row in which nobody is busy. */
export async function settled(isBusy: () => boolean = () => false): Promise<void> {
  for (let quiet = 0; quiet < 4; quiet = isBusy() ? 0 : quiet + 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
