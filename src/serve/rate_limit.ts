/** A token bucket for each key or client: `perSecond` requests in the long run, bursts of up to twice that (at least 1). */
import { Problem } from "./problem.ts";

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Callers whose buckets are full again are forgotten when there are more than this many. */
const MOST_BUCKETS = 10_000;

export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  /** `perSecond` > 0. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, 2 * perSecond);
  }

  /** Takes one request from the caller's bucket, or throws a 429 problem that says when to come again. */
  take(caller: string, monotonicMs: number): void {
    const bucket = this.#buckets.get(caller) ?? this.#newBucket(caller, monotonicMs);
    const refill = (monotonicMs - bucket.atMs) / 1000 * this.#perSecond;
    bucket.tokens = Math.min(this.#burst, bucket.tokens + refill);
    bucket.atMs = monotonicMs;
    if (bucket.tokens < 1) {
      const waitSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond));
      throw new Problem("too-many-requests", `more than ${this.#perSecond} requests a second`, {
        headers: { "retry-after": String(waitSeconds) },
      });
    }
    bucket.tokens -= 1;
  }

  #newBucket(caller: string, monotonicMs: number): Bucket {
    if (this.#buckets.size >= MOST_BUCKETS) this.#forgetIdle(monotonicMs);
    const bucket = { tokens: this.#burst, atMs: monotonicMs };
    this.#buckets.set(caller, bucket);
    return bucket;
  }

  /** Drops full buckets (they are as good as new ones); if all are in use, the one that came first. */
  #forgetIdle(monotonicMs: number): void {
    const fullAfterMs = this.#burst / this.#perSecond * 1000;
    for (const [caller, bucket] of this.#buckets) {
      if (monotonicMs - bucket.atMs >= fullAfterMs) this.#buckets.delete(caller);
    }
    for (const caller of this.#buckets.keys()) {
      if (this.#buckets.size < MOST_BUCKETS) break;
      this.#buckets.delete(caller);
    }
  }
}
