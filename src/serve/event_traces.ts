/** When an event was received, logged, learned and visible: of the last ones that this process took. */

/** Times are milliseconds since 1970. What has not happened yet is undefined. */
export interface EventTrace {
  readonly eventId: string;
  readonly offset: number;
  readonly receivedMs: number;
  /** Durable. */
  readonly loggedMs: number;
  /** The learner had the rows, by its clock. Stays undefined where nothing is learned. */
  learnedMs?: number;
  /** The answers knew it. */
  visibleMs?: number;
}

const KEPT = 10_000;

export class EventTraces {
  readonly #byId = new Map<string, EventTrace>();
  /** Those that are not visible yet, by ascending offset; of the first ones also the learned time may be missing. */
  #waiting: EventTrace[] = [];
  /** Everything below was learned, and when the last of it was. */
  #learnedOffset = 0;
  #learnedMs = 0;

  /** Events that were just appended, ascending by offset. The learner may have been told before. */
  logged(
    events: readonly { readonly eventId: string; readonly offset: number }[],
    receivedMs: number,
    nowMs: number,
  ) {
    for (const { eventId, offset } of events) {
      const learnedMs = offset < this.#learnedOffset ? this.#learnedMs : undefined;
      const loggedMs = Math.min(nowMs, learnedMs ?? nowMs);
      const learned = learnedMs === undefined ? {} : { learnedMs };
      const trace: EventTrace = { eventId, offset, receivedMs, loggedMs, ...learned };
      this.#byId.set(eventId, trace);
      const last = this.#waiting.at(-1);
      this.#waiting.push(trace);
      if (last !== undefined && last.offset > offset) this.#waiting.sort((a, b) => a.offset - b.offset);
    }
    for (const eventId of this.#byId.keys()) {
      if (this.#byId.size <= KEPT) break;
      this.#byId.delete(eventId);
    }
    if (this.#waiting.length > KEPT) this.#waiting = this.#waiting.slice(-KEPT);
  }

  /** The learner had everything below `offset` at `atMs`. */
  learned(offset: number, atMs: number): void {
    this.#learnedOffset = offset;
    this.#learnedMs = atMs;
    for (const trace of this.#waiting) {
      if (trace.offset >= offset) return;
      trace.learnedMs ??= atMs;
    }
  }

  /** The answers know everything below `offset`. */
  visible(offset: number, nowMs: number): void {
    let count = 0;
    for (; count < this.#waiting.length && this.#waiting[count].offset < offset; count++) {
      this.#waiting[count].visibleMs = nowMs;
    }
    if (count > 0) this.#waiting.splice(0, count);
  }

  /** Of events that were deleted or erased. */
  forget(isGone: (offset: number) => boolean): void {
    for (const { eventId, offset } of [...this.#byId.values()]) {
      if (isGone(offset)) this.#byId.delete(eventId);
    }
    this.#waiting = this.#waiting.filter(({ offset }) => !isGone(offset));
  }

  of(eventId: string): Readonly<EventTrace> | undefined {
    return this.#byId.get(eventId);
  }
}
