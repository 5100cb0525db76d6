/** Which consumer of a group reads which partition, where no broker decides it. */

/** A consumer and the topics it wants. */
export interface Subscription {
  /** Unique in the group. */
  readonly member: string;
  readonly topics: readonly string[];
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Deals the partitions out, in the order in which they are given, to the members that want their topic, who has fewest
 * first, of those the first by name: everybody who sees the same members and partitions comes to the same result, and
 * two shares differ by one at most where all want the same topics. A partition that nobody wants is in no list.
 */
export function assignPartitions(
  subscriptions: readonly Subscription[],
  partitions: readonly TopicPartition[],
): Map<string, TopicPartition[]> {
  const sorted = subscriptions.toSorted((a, b) => a.member < b.member ? -1 : a.member > b.member ? 1 : 0);
  const shares = new Map(sorted.map(({ member }): [string, TopicPartition[]] => [member, []]));
  for (const partition of partitions) {
    let smallest: TopicPartition[] | undefined;
    for (const { member, topics } of sorted) {
      const share = shares.get(member)!;
      if (topics.includes(partition.topic) && share.length < (smallest?.length ?? Infinity)) smallest = share;
    }
    smallest?.push(partition);
  }
  return shares;
}
