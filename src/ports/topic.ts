/**
 * Partitioned, ordered messages outside the log. tests/contracts/topic.ts holds every adapter to this.
 *
 * - Within a partition, messages keep the order in which they were sent; offsets ascend, with gaps where the broker has
 *   some. Messages with the same key go to the same partition (by the hash of Kafka's Java client).
 * - At least once: a message whose batch was not finished comes again, to this consumer or to another of its group.
 * - Each partition is read by one consumer of a group at a time, as far as a broker can tell; after a rebalance two may
 *   for a moment handle the same messages.
 */

export interface TopicMessage {
  /** Undefined: spread over the partitions. */
  readonly key?: Uint8Array;
  /** Undefined is a tombstone, which is legal. */
  readonly value?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ReceivedMessage extends TopicMessage {
  readonly offset: number;
  readonly timeMs: number;
}

/** Consecutive messages of one partition; at least one. */
export interface MessageBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly ReceivedMessage[];
  /** Offset after the partition's last message, as far as is known: how far behind the batch is. */
  readonly endOffset: number;
  /**
   * True once the partition has been given to another consumer, or the consumer stops: give up what is not begun, by
   * throwing: a promise that resolves says that the batch is finished.
   */
  isStale(): boolean;
}

export interface ConsumeOptions {
  readonly topics: readonly string[];
  /** Consumers of one group share the partitions, and what they finished. */
  readonly group: string;
  /** Where a group begins that has finished nothing yet. */
  readonly from: "beginning" | "end";
  /** What counts where the result is stored with its offset: asked for each partition on assignment; undefined: the group's. */
  readonly startAt?: (topic: string, partition: number) => Promise<number | undefined>;
  /** Most messages a batch; the adapter's choice if absent. */
  readonly batchCount?: number;
  /** Hears which partitions this consumer has now. */
  readonly onAssigned?: (
    partitions: readonly { readonly topic: string; readonly partition: number }[],
  ) => void;
}

export interface PartitionPlace {
  readonly partition: number;
  /** First offset that the group has not finished; undefined: it has finished nothing. */
  readonly groupOffset?: number;
  readonly endOffset: number;
}

export interface Topics {
  /** Resolves when all messages are durable (all replicas in sync). Order within a call and a partition is kept. */
  send(topic: string, messages: readonly TopicMessage[]): Promise<void>;

  /**
   * Reads until `signal` aborts, then finishes the running batches and leaves the group. A batch is finished when the
   * promise of `handle` resolves: what was finished is not given again, apart from a crash just after it. The next batch
   * of that partition is read only then: a slow handler holds up the reading. Partitions are handled side by side.
   * Rejects with what `handle` threw, nothing of that batch being finished; and with OutsideFailure when the broker
   * cannot be reached for longer than the adapter retries.
   */
  consume(
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;

  /** Makes it with that many partitions, if it does not exist. */
  create(topic: string, partitionCount: number): Promise<void>;
  /** A row for each partition; undefined if there is no such topic. Without `group`, no offsets of a group. */
  places(topic: string, group?: string): Promise<PartitionPlace[] | undefined>;
  close(): Promise<void>;
}
