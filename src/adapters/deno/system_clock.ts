/** The clock of the machine. */
import { setImmediate } from "node:timers";
import type { Clock } from "../../ports/clock.ts";

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      // A timer takes at least a millisecond; this is a turn for everybody else.
      if (ms <= 0) return void setImmediate(resolve);
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener("abort", end, { once: true });
    }),
};
