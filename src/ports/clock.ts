/**
 * A reason for aborting the signal of a sleep that is only to end. Without one an error is made, with a stack, which nobody
 * looks at.
 */
export const CUT_SHORT = "cut short";

/** Time is handed in, so that tests can replay a day. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds that never go back; for durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
