/** Messages in a file of topics: appended, read, and removed when they are old. Called inside a transaction. */
import { partitionOf } from "../../domain/partitioner.ts";
import type { PartitionPlace, ReceivedMessage, TopicMessage } from "../../ports/topic.ts";
import type { Database } from "./database.ts";

/** Old messages are removed in pieces, so that nobody waits long for the file. */
const MOST_REMOVED = 20_000;
/** What is read at once is bounded in bytes as well as in messages. */
const MOST_READ_BYTES = 8 << 20;

export interface Partition {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
}

export interface Retention {
  readonly ageMs: number;
  /** Messages of a partition. */
  readonly count: number;
}

export class TopicsMessages {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  create(topic: string, partitionCount: number): void {
    if (this.#topicOf(topic) !== undefined) return;
    const { lastInsertRowid } = this.#database.sql("INSERT INTO topics (name, partition_count) VALUES (?, ?)")
      .run(topic, partitionCount);
    const insert = this.#database.sql("INSERT INTO partitions (topic, number) VALUES (?, ?)");
    for (let number = 0; number < partitionCount; number++) insert.run(lastInsertRowid, number);
  }

  /** Makes the topic with one partition if it does not exist. */
  append(topic: string, messages: readonly TopicMessage[], timeMs: number): void {
    this.create(topic, 1);
    const known = this.#topicOf(topic)!;
    const ends = this.partitionsOf([topic]).map(({ id }) => ({ id, end: this.endOffset(id) }));
    let keyless = known.keylessCount;
    const insert = this.#database.sql(
      "INSERT INTO messages (partition, at_offset, time_ms, key, headers, value) VALUES (?, ?, ?, ?, ?, ?)",
    );
    for (const { key, headers, value } of messages) {
      const place = ends[key === undefined ? keyless++ % ends.length : partitionOf(key, ends.length)];
      insert.run(place.id, place.end++, timeMs, key ?? null, headersText(headers), value ?? null);
    }
    const update = this.#database.sql("UPDATE partitions SET end_offset = ? WHERE id = ?");
    for (const { id, end } of ends) update.run(end, id);
    this.#database.sql("UPDATE topics SET keyless_count = ? WHERE topic = ?").run(keyless, known.topic);
  }

  /** Consecutive messages from `fromOffset` on: at most `count`, and not many more bytes than are good at once. */
  read(partition: number, fromOffset: number, count: number): ReceivedMessage[] {
    const rows = this.#database.sql(
      "SELECT at_offset, time_ms, key, headers, value FROM messages WHERE partition = ? AND at_offset >= ? " +
        "ORDER BY at_offset LIMIT ?",
    ).iterate(partition, fromOffset, count);
    const messages: ReceivedMessage[] = [];
    let sizeBytes = 0;
    for (const row of rows) {
      const value = row.value as Uint8Array | null;
      messages.push({
        offset: row.at_offset as number,
        timeMs: row.time_ms as number,
        ...(row.key === null ? {} : { key: row.key as Uint8Array }),
        ...(value === null ? {} : { value }),
        ...(row.headers === null ? {} : { headers: JSON.parse(row.headers as string) }),
      });
      sizeBytes += value?.length ?? 0;
      if (sizeBytes >= MOST_READ_BYTES) break;
    }
    return messages;
  }

  endOffset(partition: number): number {
    return this.#database.sql("SELECT end_offset FROM partitions WHERE id = ?").get(partition)!
      .end_offset as number;
  }

  /** In order of the topics as they are given, then of the partitions. Topics that do not exist have none. */
  partitionsOf(topics: readonly string[]): Partition[] {
    const select = this.#database.sql(
      "SELECT id, number FROM partitions WHERE topic = (SELECT topic FROM topics WHERE name = ?) ORDER BY number",
    );
    return topics.flatMap((topic) =>
      select.all(topic).map(({ id, number }) => ({ topic, id: id as number, partition: number as number }))
    );
  }

  places(topic: string, group: string | undefined): PartitionPlace[] | undefined {
    if (this.#topicOf(topic) === undefined) return undefined;
    return this.partitionsOf([topic]).map(({ id, partition }) => {
      const groupOffset = group === undefined ? undefined : this.groupOffset(group, id);
      const endOffset = this.endOffset(id);
      return { partition, ...(groupOffset === undefined ? {} : { groupOffset }), endOffset };
    });
  }

  groupOffset(group: string, partition: number): number | undefined {
    return this.#database.sql("SELECT next_offset FROM group_offsets WHERE group_name = ? AND partition = ?")
      .get(group, partition)?.next_offset as number | undefined;
  }

  setGroupOffset(group: string, partition: number, nextOffset: number): void {
    this.#database.sql("INSERT OR REPLACE INTO group_offsets VALUES (?, ?, ?)").run(
      group,
      partition,
      nextOffset,
    );
  }

  /** Removes what is older than it should be, a piece of it. The newest message always stays. */
  trim({ ageMs, count }: Retention, nowMs: number): void {
    for (const { id, end_offset } of this.#database.sql("SELECT id, end_offset FROM partitions").all()) {
      const first = this.#database.sql("SELECT min(at_offset) AS first FROM messages WHERE partition = ?")
        .get(id)?.first as number | null;
      if (first === null) continue;
      const young = this.#database.sql(
        "SELECT at_offset FROM messages WHERE partition = ? AND time_ms >= ? ORDER BY at_offset LIMIT 1",
      ).get(id, nowMs - ageMs)?.at_offset as number | undefined;
      const end = end_offset as number;
      const keepFrom = Math.min(end - 1, Math.max(young ?? end, end - count));
      this.#database.sql("DELETE FROM messages WHERE partition = ? AND at_offset < ?")
        .run(id, Math.min(keepFrom, first + MOST_REMOVED));
    }
  }

  #topicOf(name: string): { topic: number; keylessCount: number } | undefined {
    const row = this.#database.sql("SELECT topic, keyless_count FROM topics WHERE name = ?").get(name);
    return row && { topic: row.topic as number, keylessCount: row.keyless_count as number };
  }
}

function headersText(headers: TopicMessage["headers"]): string | null {
  return headers === undefined || Object.keys(headers).length === 0 ? null : JSON.stringify(headers);
}
