/** Topics of a Kafka broker, by kafkajs. What it cannot do by itself is said where it is made up for. */
import type { Admin, Kafka } from "kafkajs";
import type {
  ConsumeOptions,
  MessageBatch,
  PartitionPlace,
  TopicMessage,
  Topics,
} from "../../ports/topic.ts";
import { parseAddress } from "./address.ts";
import { type ClientOptions, createClient } from "./client.ts";
import { GroupConsumer, type GroupTimes } from "./group_consumer.ts";
import { failureOf, isOfType } from "./kafka_failure.ts";
import { Sender } from "./sender.ts";

export interface KafkaTopicsOptions extends ClientOptions {
  /** A consumer ends when the broker has said nothing for so long; 15,000 if absent. */
  readonly patienceMs?: number;
}

const SESSION_MS = 10_000, PATIENCE_MS = 15_000;
const UNSETTLED = ["NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE", "UNKNOWN_TOPIC_OR_PARTITION"];
const UNSETTLED_GROUP = [
  "GROUP_LOAD_IN_PROGRESS",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
];
const UNSETTLED_MS = 50, MOST_ATTEMPTS = 40;

export class KafkaTopics implements Topics {
  readonly #kafka: Kafka;
  readonly #times: GroupTimes;
  readonly #sender: Sender;
  readonly #consumers = new Map<AbortController, Promise<void>>();
  readonly #known = new Set<string>();
  #admin: Promise<Admin> | undefined;

  /** Connects to nobody yet. Throws BadInput for an address that is none. */
  constructor(url: string, options: KafkaTopicsOptions = {}) {
    const address = parseAddress(url);
    this.#kafka = createClient(address, options);
    this.#times = {
      sessionMs: address.sessionMs ?? SESSION_MS,
      patienceMs: options.patienceMs ?? PATIENCE_MS,
    };
    this.#sender = new Sender(this.#kafka);
  }

  send(topic: string, messages: readonly TopicMessage[]): Promise<void> {
    return this.#sender.send(topic, messages);
  }

  async consume(
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const closing = new AbortController(), ending = AbortSignal.any([signal, closing.signal]);
    const running = this.#consumeSettled(options, handle, ending);
    this.#consumers.set(closing, running);
    try {
      await running;
    } finally {
      this.#consumers.delete(closing);
    }
  }

  /** A broker that has just started reads what it knows of groups, or looks who does; the library takes that for a failure. */
  async #consumeSettled(
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const startMs = performance.now();;) {
      try {
        return await new GroupConsumer(this.#kafka, options, handle, this.#times).run(signal);
      } catch (error) {
        const isLate = performance.now() > startMs + this.#times.patienceMs;
        if (isLate || signal.aborted || !isOfType(error, ...UNSETTLED_GROUP)) throw error;
        await new Promise((resolve) => setTimeout(resolve, UNSETTLED_MS));
      }
    }
  }

  async create(topic: string, partitionCount: number): Promise<void> {
    await this.#ask(`creating the topic ${topic}`, async (admin) => {
      // Does nothing if it exists. How many copies there are is the broker's default.
      await admin.createTopics({
        topics: [{ topic, numPartitions: partitionCount, replicationFactor: -1 }],
        waitForLeaders: false,
      });
      this.#known.add(topic);
    });
    // The library's own waiting takes a broker that does not know the topic yet for a failure.
    await this.places(topic);
  }

  async places(topic: string, group?: string): Promise<PartitionPlace[] | undefined> {
    for (let attempt = 0;; attempt++) {
      try {
        return await this.#ask(
          `looking at the topic ${topic}`,
          (admin) => this.#placesBy(admin, topic, group),
        );
      } catch (error) {
        // A topic that is just being made, or whose leader moves; asking anew reads anew who leads.
        if (attempt >= MOST_ATTEMPTS || !isOfType(error, ...UNSETTLED)) throw error;
        await new Promise((resolve) => setTimeout(resolve, UNSETTLED_MS));
      }
    }
  }

  async #placesBy(admin: Admin, topic: string, group?: string): Promise<PartitionPlace[] | undefined> {
    if (!this.#known.has(topic) && !(await admin.listTopics()).includes(topic)) return undefined;
    this.#known.add(topic);
    const [ends, finished] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      group === undefined ? [] : admin.fetchOffsets({ groupId: group, topics: [topic] }),
    ]);
    const offsets = new Map(
      finished[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]),
    );
    return ends.map(({ partition, high }) => {
      const groupOffset = offsets.get(partition) ?? -1;
      return { partition, ...(groupOffset < 0 ? {} : { groupOffset }), endOffset: Number(high) };
    }).sort((a, b) => a.partition - b.partition);
  }

  async close(): Promise<void> {
    for (const closing of this.#consumers.keys()) closing.abort();
    await Promise.allSettled(this.#consumers.values());
    await this.#sender.close();
    const admin = await this.#admin?.catch(() => undefined);
    await admin?.disconnect().catch(() => {});
  }

  async #ask<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      const admin = await (this.#admin ??= this.#connectedAdmin());
      return await question(admin);
    } catch (error) {
      // A topic may have been deleted, a connection be broken for good: the next question begins anew.
      this.#known.clear();
      const broken = this.#admin;
      this.#admin = undefined;
      void broken?.then((admin) => admin.disconnect()).catch(() => {});
      throw failureOf(what, error);
    }
  }

  async #connectedAdmin(): Promise<Admin> {
    const admin = this.#kafka.admin();
    await admin.connect();
    return admin;
  }
}
