/** Parts of a bridge over memory, for its tests. */
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { MemoryTopics } from "../../src/adapters/memory/topics.ts";
import type { Answerer, ListWish } from "../../src/bridge/answerer.ts";
import { type BridgeNote, BridgeState } from "../../src/bridge/bridge_state.ts";
import type { BridgeNames } from "../../src/bridge/run_bridge.ts";
import type { MessageBatch, ReceivedMessage, TopicMessage, Topics } from "../../src/ports/topic.ts";

export const NAMES: BridgeNames = { requests: "req", recommendations: "rec", events: "ev", group: "g" };

export const bytesOf = (text: string) => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** Users called "stranger..." are unknown; the others get the items USER-1, USER-2, ... */
export class PlantedAnswerer implements Answerer {
  isReady = true;
  readonly wishes: ListWish[][] = [];
  readonly waits: number[] = [];

  answer(wishes: readonly ListWish[]) {
    this.wishes.push([...wishes]);
    if (!this.isReady) return Promise.resolve(undefined);
    return Promise.resolve(wishes.map(({ userId, limit }) => ({
      userId,
      generation: "g000001",
      appliedOffset: 3,
      basis: userId.startsWith("stranger") ? "popular" as const : "personal" as const,
      items: Array.from(
        { length: limit },
        (_, i) => ({ itemId: `${userId}-${i + 1}`, score: 1 / (i + 1), rank: i + 1 }),
      ),
    })));
  }

  waitFor(offset: number): Promise<boolean> {
    this.waits.push(offset);
    return Promise.resolve(true);
  }
}

export function plantedBridge() {
  const notes: BridgeNote[] = [];
  const eventLog = new MemoryEventLog();
  let made = 0;
  return {
    notes,
    eventLog,
    topics: new MemoryTopics(systemClock),
    names: NAMES,
    answerer: new PlantedAnswerer(),
    door: { log: eventLog, clock: systemClock, newEventId: () => `made-${++made}` },
    clock: systemClock,
    metrics: new MemoryMetrics(),
    state: new BridgeState((note) => void notes.push(note)),
  };
}

export function batchOf(topic: string, messages: readonly TopicMessage[], firstOffset = 0): MessageBatch {
  const received = messages.map((message, i): ReceivedMessage => ({
    ...message,
    offset: firstOffset + i,
    timeMs: 1_700_000_000_000 + firstOffset + i,
  }));
  return {
    topic,
    partition: 1,
    messages: received,
    endOffset: firstOffset + messages.length,
    isStale: () => false,
  };
}

/** Reads a topic from its beginning until it gave so many messages. */
export async function readAll(topics: Topics, topic: string, count: number): Promise<ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [], abort = new AbortController();
  await topics.consume({ topics: [topic], group: crypto.randomUUID(), from: "beginning" }, async (batch) => {
    messages.push(...batch.messages);
    if (messages.length >= count) abort.abort();
  }, abort.signal);
  return messages;
}
