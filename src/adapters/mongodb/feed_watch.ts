/** Wakes those who follow the update feed: by a change stream where the server has them, and by looking from time to time. */
import type { ChangeStream } from "mongodb";
import { type Clock, CUT_SHORT } from "../../ports/clock.ts";
import type { Connection } from "./connection.ts";
import { STATE_ID } from "./store_state.ts";

/** Between two looks without a change stream; with one, which may be late or end, a look is due less often. */
const POLL_MS = 50, SLOW_POLL_MS = 1_000;
/** A change stream answers this often also where nothing changed, and is taken for dead after the other time without. */
const ANSWER_MS = 1_000, DEAD_MS = 3_000;
/** Before a change stream that ended is opened again. */
const REOPEN_MS = 1_000;

export class FeedWatch {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #sleepers = new Set<AbortController>();
  #followerCount = 0;
  #changeCount = 0;
  #watching: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #stream: ChangeStream | undefined;
  #answeredMs = -Infinity;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Grows with every change that is heard of. */
  get changeCount(): number {
    return this.#changeCount;
  }

  /** The change stream is open while somebody follows: each `join` wants a `leave`. */
  join(): void {
    if (this.#followerCount++ > 0) return;
    const stop = new AbortController();
    this.#watching = { stop, ended: this.#watch(stop.signal) };
  }

  async leave(): Promise<void> {
    if (--this.#followerCount === 0) await this.close();
  }

  wake(): void {
    this.#changeCount++;
    for (const sleeper of this.#sleepers) sleeper.abort(CUT_SHORT);
  }

  /** Until there was a change after `changeCount` was read, a look is due, or the signal aborts. */
  async changeAfter(changeCount: number, signal: AbortSignal): Promise<void> {
    if (this.#changeCount !== changeCount) return;
    const sleeper = new AbortController();
    this.#sleepers.add(sleeper);
    const isAlive = this.#stream !== undefined && this.#clock.monotonicMs() - this.#answeredMs < DEAD_MS;
    const pauseMs = isAlive ? SLOW_POLL_MS : POLL_MS;
    await this.#clock.sleep(pauseMs, AbortSignal.any([signal, sleeper.signal]));
    this.#sleepers.delete(sleeper);
  }

  async close(): Promise<void> {
    const watching = this.#watching, stream = this.#stream;
    this.#watching = undefined;
    watching?.stop.abort();
    this.wake();
    await stream?.close().catch(() => {});
    await watching?.ended;
  }

  /** A stream that fails keeps nothing from being seen, only later: so nothing is reported. */
  async #watch(signal: AbortSignal): Promise<void> {
    const collection = this.#connection.collection("generations");
    while (!signal.aborted) {
      const stream = collection.watch([{ $match: { "documentKey._id": STATE_ID } }], {
        maxAwaitTimeMS: ANSWER_MS,
      });
      try {
        while (!signal.aborted) {
          if (await stream.tryNext() !== null) this.wake();
          this.#stream = stream;
          this.#answeredMs = this.#clock.monotonicMs();
        }
      } catch (error) {
        if (isUnsupported(error)) return;
      } finally {
        if (this.#stream === stream) this.#stream = undefined;
        await stream.close().catch(() => {});
      }
      await this.#clock.sleep(REOPEN_MS, signal);
    }
  }
}

/** "The $changeStream stage is only supported on replica sets", and servers that do not know the stage. */
function isUnsupported(error: unknown): boolean {
  return [40573, 40324, 115].includes(Number((error as { code?: unknown }).code));
}
