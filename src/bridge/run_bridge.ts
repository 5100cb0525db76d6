/**
 * The bridge: requests become answers, events go into the log. Each of the two reads with a group of its own, so that a
 * slow disk does not hold up answers, nor a rebalance of the one the other.
 */
import { deadTopicOf } from "../domain/dead_letter.ts";
import type { CreatedEvent, EventDoor } from "../ingest/accept_events.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { MessageBatch, Topics } from "../ports/topic.ts";
import { AfterEvents } from "./after_events.ts";
import { requestAnswerer } from "./answer_requests.ts";
import type { Answerer } from "./answerer.ts";
import { type BridgePart, type BridgeState, setLag } from "./bridge_state.ts";
import { Outbox } from "./outbox.ts";
import { eventTaker } from "./take_events.ts";

export interface BridgeOptions {
  readonly topics: Topics;
  readonly names: BridgeNames;
  readonly answerer: Answerer;
  readonly door: EventDoor;
  readonly onAppended?: (events: readonly CreatedEvent[], receivedMs: number) => void;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly state: BridgeState;
}

export interface BridgeNames {
  readonly requests: string;
  readonly recommendations: string;
  readonly events: string;
  /** The groups are called GROUP.requests and GROUP.events. */
  readonly group: string;
}

/** Of a topic that the bridge makes because it is not there. */
const PARTITIONS = 4;
/** Messages of a batch: small enough that a batch takes far less than a session, large enough for one query and one fsync. */
const REQUESTS_AT_ONCE = 500;
const EVENTS_AT_ONCE = 2000;
const FIRST_PAUSE_MS = 200, MOST_PAUSE_MS = 10_000;
const LAG_MS = 15_000;

/** Runs until `signal` aborts; then what is being handled is finished. Failures outside are tried again for ever. */
export async function runBridge(options: BridgeOptions, signal: AbortSignal): Promise<void> {
  const { topics, names, answerer, clock, metrics, door } = options;
  const outbox = new Outbox(topics, metrics);
  const eventsGroup = groupOf(names, "events");
  const afterEvents = new AfterEvents({
    ...{ topics, answerer, clock, log: door.log },
    ...{ eventsTopic: names.events, eventsGroup },
  });
  const parts = { ...options, outbox, afterEvents };
  await keepTrying("topics", options, signal, () => makeTopics(topics, names));
  const answer = requestAnswerer({ ...parts, topic: names.recommendations }, signal);
  await Promise.all([
    keepReading("requests", names.requests, REQUESTS_AT_ONCE, answer, options, signal),
    keepReading("events", names.events, EVENTS_AT_ONCE, eventTaker(parts), options, signal),
    watchLag(options, signal),
  ]);
}

export function groupOf({ group }: BridgeNames, part: "requests" | "events"): string {
  return `${group}.${part}`;
}

/** All topics that the bridge reads or writes. */
export function topicsOf({ requests, recommendations, events }: BridgeNames): string[] {
  return [requests, recommendations, events, deadTopicOf(requests), deadTopicOf(events)];
}

async function makeTopics(topics: Topics, names: BridgeNames): Promise<void> {
  for (const topic of topicsOf(names)) {
    if (await topics.places(topic) === undefined) await topics.create(topic, PARTITIONS);
  }
}

function keepReading(
  part: "requests" | "events",
  topic: string,
  batchCount: number,
  handle: (batch: MessageBatch) => Promise<void>,
  options: BridgeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { topics, names, state } = options, group = groupOf(names, part);
  return keepTrying(part, options, signal, (worked) => {
    const onAssigned = (partitions: readonly unknown[]) => {
      state.reads(part, topic, partitions.length);
      state.works(part);
    };
    return topics.consume(
      { topics: [topic], group, from: "beginning", batchCount, onAssigned },
      async (batch) => {
        await handle(batch);
        worked();
      },
      signal,
    );
  });
}

/** Until the work ends by itself, or `signal` aborts; after a failure again, with pauses that grow while nothing works. */
async function keepTrying(
  part: BridgePart,
  { clock, state, metrics }: BridgeOptions,
  signal: AbortSignal,
  work: (worked: () => void) => Promise<void>,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  const worked = () => {
    pauseMs = FIRST_PAUSE_MS;
    state.works(part);
  };
  while (!signal.aborted) {
    try {
      await work(worked);
      worked();
      return;
    } catch (error) {
      if (signal.aborted) return;
      metrics.increment("foz_bridge_failures_total", { part });
      state.failed(part, `the bridge's ${part}: ${error instanceof Error ? error.message : error}`, error);
      await clock.sleep(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS);
    }
  }
}

async function watchLag(
  { topics, names, clock, metrics }: BridgeOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const part of ["requests", "events"] as const) {
      try {
        const places = await topics.places(names[part], groupOf(names, part)) ?? [];
        const behind = places.map(({ endOffset, groupOffset }) => endOffset - (groupOffset ?? 0));
        setLag(metrics, names[part], behind.reduce((sum, count) => sum + count, 0));
      } catch {
        // What reads says that the topics cannot be reached.
      }
    }
    await clock.sleep(LAG_MS, signal);
  }
}
