/** Opens what `--stream topic:NAME` and `--stream log` name, and where the predictions go. */
import { systemClock } from "../../adapters/deno/system_clock.ts";
import { BadInput, type OutsideFailure } from "../../domain/failure.ts";
import type { FeedRunOptions } from "../../online/run_feed.ts";
import { LogFeed } from "../../online/streams/log_feed.ts";
import type { ObservationFeed } from "../../online/streams/observation_feed.ts";
import type { ObservationFormat } from "../../online/streams/observation_format.ts";
import { TopicFeed } from "../../online/streams/topic_feed.ts";
import { TopicOutbox } from "../../online/streams/topic_outbox.ts";
import type { Topics } from "../../ports/topic.ts";
import { openStore } from "../open_store.ts";
import { openTopics } from "../open_topics.ts";

/** A stream that is followed. `text` is the same for all ways of writing it. */
export type FeedName =
  | { readonly kind: "topic"; readonly topic: string; readonly text: string }
  | { readonly kind: "log"; readonly text: "log" };

/** What `--stream` names if it is a topic (`topic:NAME`, `kafka:NAME`) or the log; undefined for anything else. */
export function feedName(stream: string): FeedName | undefined {
  if (stream === "log") return { kind: "log", text: "log" };
  const topic = /^(?:topic|kafka):(.*)$/s.exec(stream)?.[1];
  if (topic === undefined) return undefined;
  // What Kafka accepts.
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic)) {
    throw new BadInput(
      `the topic "${topic}": accepted are names of 1 to 249 letters, digits, dots, dashes and underscores`,
    );
  }
  return { kind: "topic", topic, text: `topic:${topic}` };
}

export interface OpenFeedOptions {
  /** As the settings `kafka`, `kafkaPredictions`, `store`; "" is none. */
  readonly kafka: string;
  readonly predictions: string;
  readonly store: string;
  readonly group?: string;
  readonly from?: string;
  readonly format: ObservationFormat;
  /** The model's text, for the predictions. */
  readonly model: string;
  readonly signal: AbortSignal;
  readonly warn: (line: string) => void;
}

export interface OpenedFeed {
  readonly feed: ObservationFeed;
  readonly send?: FeedRunOptions["send"];
  close(): Promise<void>;
}

/** Predictions are sent where there are topics. */
export async function openFeed(name: FeedName, options: OpenFeedOptions): Promise<OpenedFeed> {
  const from = options.from ?? "beginning";
  if (from !== "beginning" && from !== "end") {
    throw new BadInput(`--from was given "${from}"; accepted is beginning or end`);
  }
  if (name.kind === "log") return await openLog(options);
  const topics = await openTopics(options.kafka);
  const onRetry = retryWarner(options);
  const feed = new TopicFeed({
    topics,
    topic: name.topic,
    group: options.group ?? `foz-online-${crypto.randomUUID()}`,
    from,
    format: options.format,
    clock: systemClock,
    onRetry,
  });
  return { feed, send: senderOf(topics, options), close: () => topics.close() };
}

async function openLog(options: OpenFeedOptions): Promise<OpenedFeed> {
  const store = await openStore(options.store);
  const feed = new LogFeed({ log: store.eventLog, clock: systemClock });
  if (options.kafka === "" || options.predictions === "") return { feed, close: () => store.close() };
  const topics = await openTopics(options.kafka).catch(async (error) => {
    await store.close();
    throw error;
  });
  return {
    feed,
    send: senderOf(topics, options),
    close: async () => {
      await topics.close();
      await store.close();
    },
  };
}

function senderOf(topics: Topics, options: OpenFeedOptions): FeedRunOptions["send"] {
  const { predictions, model, signal } = options;
  const outbox = new TopicOutbox({
    topics,
    predictions: predictions === "" ? undefined : predictions,
    model,
    clock: systemClock,
    signal,
    onRetry: retryWarner(options),
  });
  return (answers, refused) => outbox.send(answers, refused);
}

function retryWarner({ warn }: OpenFeedOptions): (failure: OutsideFailure) => void {
  return ({ message }) => warn(`trying again: ${message}`);
}
