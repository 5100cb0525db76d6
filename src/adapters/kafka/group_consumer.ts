/**
 * One consumer of a group, by the library's `eachBatch`, with what the library leaves to its caller:
 *
 * - A batch is resolved by hand, and its offset is committed only after its handler is done.
 * - The library reads on when the batches of all partitions are done. So a handler that takes long goes on beside the
 *   reading, with its partition paused: others are not held up, and heartbeats, which are part of reading, go on.
 * - A crash of the library's consumer is only an event: here it ends `consume` with an error. So does silence, whatever
 *   the library is trying meanwhile.
 * - The library says nothing before a partition is taken away, and gives what was not committed again after every
 *   rebalance: what is lost is known after it, and what was finished here is passed over.
 */
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { OutsideFailure } from "../../domain/failure.ts";
import type { ConsumeOptions, MessageBatch, ReceivedMessage } from "../../ports/topic.ts";
import { Commits } from "./commits.ts";
import { failureOf } from "./kafka_failure.ts";
import { type OwnPartition, Partitions } from "./partitions.ts";

export interface GroupTimes {
  /** A consumer that the broker has not heard of for so long loses its partitions. */
  readonly sessionMs: number;
  /** A consumer that has not heard of the broker for so long ends. */
  readonly patienceMs: number;
}

/** A handler that takes longer goes on beside the reading. */
const LONG_MS = 400;
/**
 * Of one partition at once: the library reads on only when all that it read is handled, so this is to be handled well within
 * LONG_MS. More would be paused for, and a pause costs up to WAIT_MS. A larger message comes alone.
 */
const PARTITION_BYTES = 65_536;
/** How long the broker holds back an answer when there is nothing. A partition that was paused waits so long at most. */
const WAIT_MS = 1000;
/** How long the end of a consumer may take, besides its handlers. */
const END_MS = 5000;
const MOST_PARTITIONS_AT_ONCE = 64;

const NO_HEADERS = {};
const decoder = new TextDecoder();

export class GroupConsumer {
  readonly #options: ConsumeOptions;
  readonly #handle: (batch: MessageBatch) => Promise<void>;
  readonly #times: GroupTimes;
  readonly #consumer: Consumer;
  readonly #commits: Commits;
  readonly #partitions: Partitions;
  /** The handlers that run, by partition; a partition that comes back waits for what it was left with. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #drained = Promise.withResolvers<void>();
  #isStopping = false;
  #failure: Error | undefined;
  #heardMs = 0;

  constructor(
    kafka: Kafka,
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
    times: GroupTimes,
  ) {
    this.#options = options;
    this.#handle = handle;
    this.#times = times;
    const consumer = this.#consumer = kafka.consumer({
      groupId: options.group,
      sessionTimeout: times.sessionMs,
      heartbeatInterval: Math.min(3000, times.sessionMs / 3),
      rebalanceTimeout: Math.max(times.sessionMs, 10_000),
      maxWaitTimeInMs: WAIT_MS,
      maxBytesPerPartition: PARTITION_BYTES,
      allowAutoTopicCreation: false,
    });
    this.#partitions = new Partitions(
      options,
      (topic, partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    );
    this.#commits = new Commits(
      consumer,
      ({ topic, partition }) => this.#partitions.of(topic, partition) !== undefined,
    );
  }

  /** As `Topics.consume`. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#end();
    signal.addEventListener("abort", stop, { once: true });
    const watch = setInterval(() => this.#watch(), this.#times.patienceMs / 5);
    this.#listen();
    try {
      if (signal.aborted) return;
      await Promise.race([this.#start(), this.#ended.promise]);
      await this.#ended.promise;
    } catch (error) {
      this.#end(failureOf(`reading ${this.#options.topics.join(", ")}`, error));
    } finally {
      clearInterval(watch);
      signal.removeEventListener("abort", stop);
      this.#isStopping = true;
      await this.#drain();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #listen(): void {
    const consumer = this.#consumer, { GROUP_JOIN, FETCH, CRASH } = consumer.events;
    this.#heardMs = performance.now();
    consumer.on(FETCH, () => void (this.#heardMs = performance.now()));
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#heardMs = performance.now();
      for (const { topic, partition, nextOffset } of this.#partitions.assign(payload.memberAssignment)) {
        if (nextOffset > 0) this.#commits.finish({ topic, partition, offset: nextOffset });
      }
    });
    consumer.on(CRASH, ({ payload }) => {
      this.#end(failureOf(`reading ${this.#options.topics.join(", ")}`, payload.error));
    });
  }

  async #start(): Promise<void> {
    const { topics, from } = this.#options, consumer = this.#consumer;
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: from === "beginning" });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: MOST_PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.#take(payload),
    });
  }

  /** The first reason counts; undefined is a wish. */
  #end(failure?: Error): void {
    if (!this.#isStopping) this.#failure = failure;
    this.#isStopping = true;
    this.#ended.resolve();
  }

  #watch(): void {
    const silentMs = performance.now() - this.#heardMs;
    if (silentMs < this.#times.patienceMs) return;
    const what = this.#options.topics.join(", ");
    this.#end(
      new OutsideFailure(`reading ${what}: the broker has said nothing for ${Math.round(silentMs / 1000)} s`),
    );
  }

  /** Finishes what runs, says so to the broker, and leaves the group. */
  async #drain(): Promise<void> {
    await Promise.all(this.#running.values());
    await this.#commits.close(END_MS);
    this.#drained.resolve();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>((resolve) => timer = setTimeout(resolve, END_MS));
    await Promise.race([this.#consumer.disconnect().catch(() => {}), enough]);
    clearTimeout(timer);
  }

  async #take({ batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    // Reading goes on while the last handlers run; without waiting it would get the same again and again.
    if (this.#isStopping) return await this.#drained.promise;
    const { topic, partition } = batch, own = this.#partitions.of(topic, partition);
    if (own === undefined) return;
    try {
      await own.ready;
    } catch (error) {
      return this.#end(failureOf(`finding where to begin in ${topic}, partition ${partition}`, error));
    }
    if (own.isLost || isStale()) return;
    const messages = batch.messages.filter(({ offset }) => Number(offset) >= own.nextOffset);
    const lastOffset = batch.lastOffset();
    resolveOffset(lastOffset);
    const run = this.#handleAll(own, messages, Number(lastOffset) + 1, Number(batch.highWatermark));
    if (await isDoneWithin(run, LONG_MS)) return;
    this.#consumer.pause([{ topic, partitions: [partition] }]);
    void run.then(() => {
      if (!this.#isStopping) this.#consumer.resume([{ topic, partitions: [partition] }]);
    });
  }

  /** In the order of the partition's batches. Never rejects. */
  #handleAll(
    own: OwnPartition,
    messages: readonly KafkaMessage[],
    nextOffset: number,
    endOffset: number,
  ): Promise<void> {
    const key = `${own.partition} ${own.topic}`;
    const before = this.#running.get(key) ?? Promise.resolve();
    const run = before.then(() => this.#handleParts(own, messages, nextOffset, endOffset)).catch((error) =>
      this.#end(failureOf(`handling messages of ${own.topic}, partition ${own.partition}`, error))
    );
    this.#running.set(key, run);
    void run.then(() => {
      if (this.#running.get(key) === run) this.#running.delete(key);
    });
    return run;
  }

  async #handleParts(
    own: OwnPartition,
    messages: readonly KafkaMessage[],
    nextOffset: number,
    endOffset: number,
  ): Promise<void> {
    const { topic, partition } = own, { batchCount = messages.length } = this.#options;
    const isStale = () => own.isLost || this.#isStopping;
    const finish = (offset: number) => {
      own.nextOffset = offset;
      if (!own.isLost) this.#commits.finish({ topic, partition, offset });
    };
    for (let at = 0; at < messages.length; at += batchCount) {
      if (isStale()) return;
      const part = messages.slice(at, at + batchCount).map(received);
      try {
        await this.#handle({ topic, partition, messages: part, endOffset, isStale });
      } catch (error) {
        // As it was thrown: whoever runs this knows its own errors.
        this.#end(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      finish(part[part.length - 1].offset + 1);
    }
    // Records that no program sees (ends of transactions) may come last.
    if (!own.isLost && nextOffset > own.nextOffset) finish(nextOffset);
  }
}

async function isDoneWithin(run: Promise<void>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), ms));
  try {
    return await Promise.race([run.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}

function received({ key, value, headers, offset, timestamp }: KafkaMessage): ReceivedMessage {
  return {
    key: key ?? undefined,
    value: value ?? undefined,
    headers: headers === undefined ? NO_HEADERS : headersOf(headers),
    offset: Number(offset),
    timeMs: Number(timestamp),
  };
}

/** Of a name that comes several times the last value. */
function headersOf(given: NonNullable<KafkaMessage["headers"]>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in given) {
    const value = given[name], last = Array.isArray(value) ? value[value.length - 1] : value;
    if (last !== undefined) headers[name] = typeof last === "string" ? last : decoder.decode(last);
  }
  return headers;
}
