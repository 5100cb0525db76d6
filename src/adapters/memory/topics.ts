/** Topics in memory: one process, gone with it. */
import { assignPartitions } from "../../domain/assign_partitions.ts";
import { partitionOf } from "../../domain/partitioner.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  ConsumeOptions,
  MessageBatch,
  PartitionPlace,
  ReceivedMessage,
  TopicMessage,
  Topics,
} from "../../ports/topic.ts";

const BATCH_COUNT = 500;

interface Partition {
  readonly topic: string;
  readonly partition: number;
  /** At the place of its offset. */
  readonly messages: ReceivedMessage[];
}

interface Topic {
  readonly partitions: readonly Partition[];
  keylessCount: number;
}

interface Group {
  readonly offsets: Map<Partition, number>;
  readonly members: Set<MemoryConsumer>;
  /** Who reads a partition now. */
  readonly readers: Map<Partition, MemoryConsumer>;
}

export class MemoryTopics implements Topics {
  readonly #clock: Clock;
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, Group>();
  #memberCount = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async send(topic: string, messages: readonly TopicMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.create(topic, 1);
    const { partitions } = this.#topics.get(topic)!, timeMs = this.#clock.nowMs();
    for (const { key, value, headers } of messages) {
      const number = key === undefined
        ? this.#topics.get(topic)!.keylessCount++ % partitions.length
        : partitionOf(key, partitions.length);
      const log = partitions[number].messages;
      log.push({
        offset: log.length,
        timeMs,
        // Copies: the sender may use its bytes again.
        ...(key === undefined ? {} : { key: key.slice() }),
        ...(value === undefined ? {} : { value: value.slice() }),
        ...(headers === undefined || Object.keys(headers).length === 0 ? {} : { headers: { ...headers } }),
      });
    }
    for (const { members } of this.#groups.values()) for (const member of members) member.wake();
  }

  async consume(
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const group = this.#group(options.group);
    const consumer = new MemoryConsumer(String(++this.#memberCount).padStart(9, "0"), group, options, handle);
    group.members.add(consumer);
    this.#deal();
    try {
      await consumer.run(signal);
    } finally {
      group.members.delete(consumer);
      this.#deal();
    }
  }

  async create(topic: string, partitionCount: number): Promise<void> {
    if (this.#topics.has(topic)) return;
    const partitions = Array.from(
      { length: partitionCount },
      (_, partition): Partition => ({ topic, partition, messages: [] }),
    );
    this.#topics.set(topic, { partitions, keylessCount: 0 });
    this.#deal();
  }

  async places(topic: string, group?: string): Promise<PartitionPlace[] | undefined> {
    const offsets = group === undefined ? undefined : this.#groups.get(group)?.offsets;
    return this.#topics.get(topic)?.partitions.map((one) => {
      const groupOffset = offsets?.get(one);
      return {
        partition: one.partition,
        ...(groupOffset === undefined ? {} : { groupOffset }),
        endOffset: one.messages.length,
      };
    });
  }

  async close(): Promise<void> {
    for (const { members } of this.#groups.values()) for (const member of members) member.stop();
    this.#topics.clear();
  }

  #group(name: string): Group {
    const group = this.#groups.get(name) ?? { offsets: new Map(), members: new Set(), readers: new Map() };
    this.#groups.set(name, group);
    return group;
  }

  /** Deals all partitions out anew. */
  #deal(): void {
    const names = [...this.#topics.keys()].sort();
    const partitions = names.flatMap((name) => this.#topics.get(name)!.partitions);
    for (const { members } of this.#groups.values()) {
      const shares = assignPartitions([...members], partitions);
      for (const member of members) member.assign(shares.get(member.member) as Partition[]);
    }
  }
}

class MemoryConsumer {
  readonly member: string;
  readonly #group: Group;
  readonly #options: ConsumeOptions;
  readonly #handle: (batch: MessageBatch) => Promise<void>;
  #share: readonly Partition[] = [];
  readonly #reading = new Map<Partition, Promise<void>>();
  #isStopped = false;
  #failure: { readonly error: unknown } | undefined;
  #waiting = Promise.withResolvers<void>();

  constructor(
    member: string,
    group: Group,
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
  ) {
    this.member = member;
    this.#group = group;
    this.#options = options;
    this.#handle = handle;
  }

  get topics(): readonly string[] {
    return this.#options.topics;
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    while (!this.#isStopped) {
      for (const one of this.#share) {
        if (!this.#reading.has(one) && !this.#group.readers.has(one)) this.#start(one);
      }
      await this.#waiting.promise;
    }
    signal.removeEventListener("abort", stop);
    await Promise.all(this.#reading.values());
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  assign(share: readonly Partition[]): void {
    const isSame = share.length === this.#share.length && share.every((one, i) => one === this.#share[i]);
    if (isSame) return;
    this.#share = share;
    this.#options.onAssigned?.(share.map(({ topic, partition }) => ({ topic, partition })));
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.wake();
  }

  wake(): void {
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers<void>();
  }

  #start(partition: Partition): void {
    this.#group.readers.set(partition, this);
    const reading = this.#read(partition).catch((error) => {
      this.#failure ??= { error };
      this.stop();
    }).finally(() => {
      this.#reading.delete(partition);
      this.#group.readers.delete(partition);
      for (const member of this.#group.members) member.wake();
    });
    this.#reading.set(partition, reading);
  }

  async #read(one: Partition): Promise<void> {
    const { topic, partition, messages } = one;
    // Nobody else gets the partition before the running batch is finished.
    const isStale = () => this.#isStopped;
    let position = await this.#startOf(one);
    while (!this.#isStopped && this.#share.includes(one)) {
      const batch = messages.slice(position, position + (this.#options.batchCount ?? BATCH_COUNT));
      if (batch.length === 0) {
        await this.#waiting.promise;
        continue;
      }
      await this.#handle({ topic, partition, messages: batch, endOffset: messages.length, isStale });
      position += batch.length;
      this.#group.offsets.set(one, position);
    }
  }

  async #startOf(one: Partition): Promise<number> {
    const { from, startAt } = this.#options;
    const asked = await startAt?.(one.topic, one.partition) ?? this.#group.offsets.get(one);
    if (asked !== undefined) return asked;
    if (from === "beginning") return 0;
    // Kept at once: what comes from now on is not missed when the partition moves before anything was finished.
    this.#group.offsets.set(one, one.messages.length);
    return one.messages.length;
  }
}
