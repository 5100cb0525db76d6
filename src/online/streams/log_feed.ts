/** The event log as observations: features `user` and `item`, the value as the target. */
import type { LoggedEventColumns } from "../../domain/event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EventLog } from "../../ports/event_log.ts";
import type { FeedBatch, FeedRecord, FollowOptions, ObservationFeed } from "./observation_feed.ts";

export interface LogFeedOptions {
  readonly log: EventLog;
  readonly clock: Clock;
}

const BATCH_COUNT = 1000;
/** Between two looks for new events. */
const LOOK_MS = 100;

export class LogFeed implements ObservationFeed {
  readonly name = "log";
  readonly #options: LogFeedOptions;
  #userIds: string[] = [];
  #itemIds: string[] = [];

  constructor(options: LogFeedOptions) {
    this.#options = options;
  }

  async follow(
    { positionOf, untilEnd }: FollowOptions,
    handle: (batch: FeedBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { log, clock } = this.#options;
    let position = positionOf(0) ?? 0;
    for (;;) {
      const end = await log.end();
      for await (
        const columns of log.read({ fromOffset: position, untilOffset: end, batchCount: BATCH_COUNT })
      ) {
        if (signal.aborted) return;
        await handle({ partition: 0, records: await this.#records(columns) });
      }
      position = end;
      if (untilEnd || signal.aborted) return;
      await clock.sleep(LOOK_MS, signal);
    }
  }

  async #records(columns: LoggedEventColumns): Promise<FeedRecord[]> {
    const { count, users, items, values, timesMs, offsets } = columns, { log } = this.#options;
    const needsUsers = users.subarray(0, count).some((code) => code >= this.#userIds.length);
    const needsItems = items.subarray(0, count).some((code) => code >= this.#itemIds.length);
    if (needsUsers) this.#userIds.push(...await log.userIds(this.#userIds.length));
    if (needsItems) this.#itemIds.push(...await log.itemIds(this.#itemIds.length));
    return Array.from({ length: count }, (_, row) => ({
      offset: offsets[row],
      read: {
        observation: {
          features: { user: this.#userIds[users[row]], item: this.#itemIds[items[row]] },
          target: values[row],
          timeMs: timesMs[row],
        },
      },
    }));
  }
}
