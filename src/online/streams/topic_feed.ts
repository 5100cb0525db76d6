/** Observations of a topic, as JSON. */
import { BadInput, OutsideFailure } from "../../domain/failure.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MessageBatch, ReceivedMessage, Topics } from "../../ports/topic.ts";
import { NdjsonLines } from "./ndjson_lines.ts";
import type { LineParser, ObservationFormat } from "./observation_format.ts";
import type { FeedBatch, FeedRecord, FollowOptions, ObservationFeed } from "./observation_feed.ts";

export interface TopicFeedOptions {
  readonly topics: Topics;
  readonly topic: string;
  readonly group: string;
  /** Where a partition begins that has no position yet. */
  readonly from: "beginning" | "end";
  readonly format: ObservationFormat;
  readonly clock: Clock;
  /** Hears of a failure that is tried again. */
  readonly onRetry?: (failure: OutsideFailure) => void;
}

/** Failures in a row, without a batch between them, before the last is thrown. */
const MOST_TRIES = 6;
const FIRST_WAIT_MS = 250;
const LOOK_MS = 50;

export class TopicFeed implements ObservationFeed {
  readonly name: string;
  readonly #options: TopicFeedOptions;
  readonly #parser: LineParser;

  constructor(options: TopicFeedOptions) {
    this.#options = options;
    this.name = options.topic;
    this.#parser = new NdjsonLines(options.format);
  }

  /** Throws BadInput when a position lies behind the topic's end: it is not the topic that it was. */
  async follow(
    options: FollowOptions,
    handle: (batch: FeedBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { topics, topic, clock, onRetry } = this.#options;
    await topics.create(topic, 1);
    const ends = await this.#ends(options);
    for (let tries = 1;;) {
      try {
        return await this.#consume(options, ends, async (batch) => {
          tries = 1;
          await handle(batch);
        }, signal);
      } catch (error) {
        if (!(error instanceof OutsideFailure) || tries === MOST_TRIES) throw error;
        onRetry?.(error);
        await clock.sleep(FIRST_WAIT_MS * 2 ** tries++, signal);
        if (signal.aborted) return;
      }
    }
  }

  /** Where the partitions end now. */
  async #ends({ positionOf }: FollowOptions): Promise<ReadonlyMap<number, number>> {
    const { topics, topic } = this.#options;
    const places = await topics.places(topic) ?? [];
    for (const { partition, endOffset } of places) {
      const position = positionOf(partition) ?? 0;
      if (position <= endOffset) continue;
      throw new BadInput(
        `going on in partition ${partition} of the topic "${topic}" at ${position}: it ends at ${endOffset}, so it ` +
          `was made anew; a new checkpoint file is accepted`,
      );
    }
    return new Map(places.map(({ partition, endOffset }) => [partition, endOffset]));
  }

  async #consume(
    { positionOf, untilEnd }: FollowOptions,
    ends: ReadonlyMap<number, number>,
    handle: (batch: FeedBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { topics, topic, group, from } = this.#options;
    const atEnd = new AbortController();
    const watch = untilEnd ? this.#watch(positionOf, ends, atEnd, signal) : undefined;
    // Partitions come side by side; who follows gets one batch at a time.
    let last = Promise.resolve();
    try {
      await topics.consume(
        { topics: [topic], group, from, startAt: async (_, partition) => positionOf(partition) },
        (batch) => {
          const handled = last.then(() => handle(this.#read(batch)));
          last = handled.catch(() => {});
          return handled;
        },
        AbortSignal.any([signal, atEnd.signal]),
      );
    } finally {
      atEnd.abort();
      await watch;
    }
  }

  /** Aborts once all that was there is finished. */
  async #watch(
    positionOf: FollowOptions["positionOf"],
    ends: ReadonlyMap<number, number>,
    atEnd: AbortController,
    signal: AbortSignal,
  ): Promise<void> {
    const { topics, topic, group, from, clock } = this.#options;
    if (from === "end") return atEnd.abort();
    const ending = AbortSignal.any([signal, atEnd.signal]);
    while (!ending.aborted) {
      // The group knows of places that hold no message (ends of transactions).
      const finished = await topics.places(topic, group).catch(() => undefined) ?? [];
      const isDone = [...ends].every(([partition, end]) =>
        Math.max(positionOf(partition) ?? 0, finished[partition]?.groupOffset ?? 0) >= end
      );
      if (isDone) atEnd.abort();
      else await clock.sleep(LOOK_MS, ending);
    }
  }

  #read({ partition, messages }: MessageBatch): FeedBatch {
    return { partition, records: messages.map((message) => this.#recordOf(message)) };
  }

  #recordOf(message: ReceivedMessage): FeedRecord {
    const { offset } = message;
    try {
      const observation = this.#parser.parse(textOf(message.value));
      if (observation === undefined) throw new BadInput(`reading an empty message: JSON is accepted`);
      // A message always has a time.
      return {
        offset,
        message,
        read: { observation: { ...observation, timeMs: observation.timeMs ?? message.timeMs } },
      };
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      return { offset, message, read: { refusal: error } };
    }
  }
}

function textOf(value: Uint8Array | undefined): string {
  if (value === undefined) throw new BadInput("reading a tombstone: an observation as JSON is accepted");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(value);
  } catch {
    throw new BadInput("reading a message that is no UTF-8: an observation as JSON is accepted");
  }
}
