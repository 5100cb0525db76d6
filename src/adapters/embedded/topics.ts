/**
 * Topics in a SQLite file of their own, for one machine: several processes may write and read at once. What was sent is
 * on the disk; a consumer that dies is given up after its session, and its partitions move to the others of its group.
 */
import { BadInput } from "../../domain/failure.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  ConsumeOptions,
  MessageBatch,
  PartitionPlace,
  TopicMessage,
  Topics,
} from "../../ports/topic.ts";
import { TopicsConsumer } from "./topics_consumer.ts";
import { type Sent, TopicsFile } from "./topics_file.ts";

export interface EmbeddedTopicsOptions {
  readonly clock: Clock;
  /** Random and unique: what a consumer is called. */
  readonly newMember: () => string;
  /** How long a consumer may be silent before its partitions move. */
  readonly sessionMs?: number;
  /** Messages that are older are removed, read or not; as Kafka does, after a week if absent. */
  readonly retentionMs?: number;
  /** Of a partition this many messages are kept at most. */
  readonly retentionCount?: number;
}

const SESSION_MS = 6000;
const RETENTION_MS = 7 * 86_400_000;
const RETENTION_COUNT = 10_000_000;
export const MAX_PARTITIONS = 1000;

interface Pending extends Sent {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class EmbeddedTopics implements Topics {
  readonly #file: TopicsFile;
  readonly #options: EmbeddedTopicsOptions;
  #pending: Pending[] = [];
  #isSending = false;
  readonly #consuming = new Map<Promise<void>, AbortController>();

  /** Opens the file; makes it, and its folder, if absent. Throws OutsideFailure when it cannot be used. */
  constructor(path: string, options: EmbeddedTopicsOptions) {
    const { clock, retentionMs = RETENTION_MS, retentionCount = RETENTION_COUNT } = options;
    this.#options = options;
    this.#file = new TopicsFile(path, clock, { ageMs: retentionMs, count: retentionCount });
  }

  send(topic: string, messages: readonly TopicMessage[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#pending.push({ topic, messages, resolve, reject });
      if (!this.#isSending) this.#sendAll();
    });
  }

  async consume(
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { newMember, sessionMs = SESSION_MS } = this.#options;
    const stop = new AbortController();
    const consumer = new TopicsConsumer(this.#file, { ...options, member: newMember(), sessionMs }, handle);
    const running = consumer.run(AbortSignal.any([signal, stop.signal]));
    this.#consuming.set(running, stop);
    try {
      await running;
    } finally {
      this.#consuming.delete(running);
    }
  }

  async create(topic: string, partitionCount: number): Promise<void> {
    if (!Number.isInteger(partitionCount) || partitionCount < 1 || partitionCount > MAX_PARTITIONS) {
      throw new BadInput(
        `making the topic "${topic}" with ${partitionCount} partitions: accepted are 1 to ${MAX_PARTITIONS}`,
      );
    }
    await this.#file.create(topic, partitionCount);
  }

  async places(topic: string, group?: string): Promise<PartitionPlace[] | undefined> {
    return this.#file.places(topic, group);
  }

  /** Ends what still consumes, as its signal would. */
  async close(): Promise<void> {
    for (const stop of this.#consuming.values()) stop.abort();
    await Promise.allSettled(this.#consuming.keys());
    this.#file.close();
  }

  /** What is sent while the disk is busy goes together: one wait for it, however many send. */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#pending.length > 0) {
      const sent = this.#pending;
      this.#pending = [];
      try {
        await this.#file.append(sent);
        for (const { resolve } of sent) resolve();
      } catch (error) {
        for (const { reject } of sent) reject(error);
      }
    }
    this.#isSending = false;
  }
}
