/**
 * "This answer knows the events that came before." A request and the events of its user have the same key, so they lie in
 * partitions of the same number if both topics have as many. What was in the events' partition when the request was read
 * is waited for: until it is in the log, whichever bridge puts it there, and until the answers know the log so far.
 */
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { Topics } from "../ports/topic.ts";
import type { Answerer } from "./answerer.ts";

export interface AfterEventsOptions {
  readonly topics: Pick<Topics, "places">;
  readonly eventsTopic: string;
  /** Of those who put the topic's events into the log. */
  readonly eventsGroup: string;
  readonly log: Pick<EventLog, "end">;
  readonly answerer: Pick<Answerer, "waitFor">;
  readonly clock: Clock;
}

/** What another bridge has appended is asked for this often. */
const ASK_MS = 50;

export class AfterEvents {
  readonly #options: AfterEventsOptions;
  /** By partition: the offset after the last message whose events this process has put into the log. */
  readonly #appended = new Map<number, number>();
  #told = Promise.withResolvers<void>();

  constructor(options: AfterEventsOptions) {
    this.#options = options;
  }

  /** Says that the events of all messages of the partition with a smaller offset are in the log. */
  appended(partition: number, offset: number): void {
    this.#appended.set(partition, offset);
    this.#told.resolve();
    this.#told = Promise.withResolvers();
  }

  /** True when the answers know the events that are in the partition now; false if not within `waitMs`. */
  async areKnown(partition: number, waitMs: number): Promise<boolean> {
    const { topics, eventsTopic, log, answerer, clock } = this.#options;
    const untilMs = clock.monotonicMs() + waitMs;
    const end = (await topics.places(eventsTopic))?.find((place) => place.partition === partition)?.endOffset;
    if (end === undefined) return false;
    if (!await this.#areAppended(partition, end, untilMs)) return false;
    const logEnd = await log.end();
    return logEnd === 0 || await answerer.waitFor(logEnd - 1, Math.max(0, untilMs - clock.monotonicMs()));
  }

  async #areAppended(partition: number, end: number, untilMs: number): Promise<boolean> {
    const { topics, eventsTopic, eventsGroup, clock } = this.#options;
    for (let askedMs = -Infinity;;) {
      if (end === 0 || (this.#appended.get(partition) ?? 0) >= end) return true;
      const nowMs = clock.monotonicMs();
      if (nowMs >= askedMs + ASK_MS) {
        askedMs = nowMs;
        const places = await topics.places(eventsTopic, eventsGroup);
        const place = places?.find((one) => one.partition === partition);
        if ((place?.groupOffset ?? 0) >= end) return true;
      }
      if (nowMs >= untilMs) return false;
      await Promise.race([this.#told.promise, clock.sleep(ASK_MS)]);
    }
  }
}
