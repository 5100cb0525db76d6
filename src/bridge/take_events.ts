/** Events of a batch into the log. */
import {
  acceptEvents,
  type CreatedEvent,
  createdEvents,
  type EventDoor,
  STATUS_LABELS,
} from "../ingest/accept_events.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { MessageBatch, ReceivedMessage } from "../ports/topic.ts";
import type { AfterEvents } from "./after_events.ts";
import type { DeadLetter, Outbox } from "./outbox.ts";
import { readEvents } from "./read_events.ts";

export interface TakeEventsOptions {
  readonly door: EventDoor;
  readonly outbox: Outbox;
  readonly afterEvents: Pick<AfterEvents, "appended">;
  readonly metrics: Metrics;
  /** Hears of new events in order of offset: the model of this process then knows them at once. */
  readonly onAppended?: (events: readonly CreatedEvent[], receivedMs: number) => void;
}

interface Read {
  readonly received: ReceivedMessage;
  readonly candidates: readonly unknown[];
}

/**
 * Gives the handler of a batch. What is in the log when it resolves is durable; only then is the batch finished. A message
 * that is given again changes nothing: its events have their ids by its place. It rejects when the log or the topics fail.
 */
export function eventTaker({ door, outbox, afterEvents, metrics, onAppended }: TakeEventsOptions) {
  return async (batch: MessageBatch): Promise<void> => {
    const { topic, partition, messages } = batch, receivedMs = door.clock.nowMs();
    const reads: Read[] = [], letters: DeadLetter[] = [];
    for (const received of messages) {
      const place = { topic, partition, offset: received.offset }, read = readEvents(received, place);
      if (read.ok) reads.push({ received, candidates: read.candidates });
      else letters.push({ from: place, received, error: read.problem });
    }
    const candidates = reads.flatMap((read) => read.candidates);
    const { results } = await acceptEvents(candidates, door);
    for (const { status } of results) metrics.increment("foz_bridge_events_total", STATUS_LABELS[status]);
    const appended = createdEvents(candidates, results);
    if (appended.length > 0) onAppended?.(appended, receivedMs);
    let at = 0;
    for (const { received, candidates } of reads) {
      const refused = results.slice(at, at += candidates.length).find(({ problem }) => problem !== undefined);
      if (refused === undefined) continue;
      const error = refused.problem!.message;
      letters.push({ from: { topic, partition, offset: received.offset }, received, error });
    }
    await outbox.bury(letters);
    afterEvents.appended(partition, messages[messages.length - 1].offset + 1);
  };
}
