/** Events of a batch into the log. */
import { acceptEvents, type EventDoor, type EventResult } from "../ingest/accept_events.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { MessageBatch, ReceivedMessage } from "../ports/topic.ts";
import type { AfterEvents } from "./after_events.ts";
import type { DeadLetter, Outbox } from "./outbox.ts";
import { readEvents } from "./read_events.ts";

/** An event that this process has just put into the log. */
export interface AppendedEvent {
  readonly eventId: string;
  readonly userId: string;
  readonly itemId: string;
  readonly offset: number;
}

export interface TakeEventsOptions {
  readonly door: EventDoor;
  readonly outbox: Outbox;
  readonly afterEvents: Pick<AfterEvents, "appended">;
  readonly metrics: Metrics;
  /** Hears of new events in order of offset: the model of this process then knows them at once. */
  readonly onAppended?: (events: readonly AppendedEvent[], receivedMs: number) => void;
}

const STATUSES = {
  created: { status: "created" },
  duplicate: { status: "duplicate" },
  conflict: { status: "conflict" },
  invalid: { status: "invalid" },
};

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
    for (const { status } of results) metrics.increment("foz_bridge_events_total", STATUSES[status]);
    const appended = appendedOf(candidates, results);
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

function appendedOf(candidates: readonly unknown[], results: readonly EventResult[]): AppendedEvent[] {
  const appended: AppendedEvent[] = [];
  for (const [i, { status, eventId, offset }] of results.entries()) {
    if (status !== "created") continue;
    const { userId, itemId } = candidates[i] as { userId: string; itemId: string };
    appended.push({ eventId: eventId!, userId, itemId, offset: offset! });
  }
  return appended.sort((a, b) => a.offset - b.offset);
}
