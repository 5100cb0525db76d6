/** The open file of topics: transactions over messages and groups, and waiting for what others write into it. */
import type { Clock } from "../../ports/clock.ts";
import type { ConsumeOptions, PartitionPlace, ReceivedMessage, TopicMessage } from "../../ports/topic.ts";
import { Database } from "./database.ts";
import { failureOf } from "./sqlite_failure.ts";
import { type Claim, type Share, TopicsGroups } from "./topics_groups.ts";
import { type Retention, TopicsMessages } from "./topics_messages.ts";
import { TOPICS_FILE } from "./topics_schema.ts";

/** How often to look for what other processes wrote; what this one writes is seen at once. */
const POLL_MS = 10;
const TRIM_EVERY_MS = 10_000;

export interface Sent {
  readonly topic: string;
  readonly messages: readonly TopicMessage[];
}

interface Waiter {
  readonly holds: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class TopicsFile {
  readonly #database: Database;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #retention: Retention;
  readonly #messages: TopicsMessages;
  readonly #groups: TopicsGroups;
  readonly #waiters = new Set<Waiter>();
  #polling: AbortController | undefined;
  #seenVersion = -1;
  #trimAtMs = 0;

  /** Makes the file, and its folder, if absent. */
  constructor(path: string, clock: Clock, retention: Retention) {
    this.#database = Database.open(path, { form: TOPICS_FILE });
    this.#path = path;
    this.#clock = clock;
    this.#retention = retention;
    this.#messages = new TopicsMessages(this.#database);
    this.#groups = new TopicsGroups(this.#database, this.#messages);
  }

  create(topic: string, partitionCount: number): Promise<void> {
    return this.#write(`make the topic "${topic}"`, () => this.#messages.create(topic, partitionCount));
  }

  append(sent: readonly Sent[]): Promise<void> {
    return this.#write(`send to the topic "${sent[0].topic}"`, () => {
      const nowMs = this.#clock.nowMs();
      for (const { topic, messages } of sent) this.#messages.append(topic, messages, nowMs);
      if (nowMs < this.#trimAtMs) return;
      this.#trimAtMs = nowMs + TRIM_EVERY_MS;
      this.#messages.trim(this.#retention, nowMs);
    });
  }

  read(partition: number, fromOffset: number, count: number): {
    readonly messages: readonly ReceivedMessage[];
    readonly endOffset: number;
  } {
    return this.#database.read("read messages", () => ({
      messages: this.#messages.read(partition, fromOffset, count),
      endOffset: this.#messages.endOffset(partition),
    }));
  }

  endOffset(partition: number): number {
    return this.#database.read("read a partition's end", () => this.#messages.endOffset(partition));
  }

  places(topic: string, group: string | undefined): PartitionPlace[] | undefined {
    return this.#database.read(`read the places of "${topic}"`, () => this.#messages.places(topic, group));
  }

  groupOffset(group: string, partition: number): number | undefined {
    return this.#database.read("read a group's offset", () => this.#messages.groupOffset(group, partition));
  }

  beat({ group, member, topics, sessionMs }: ConsumeOptions & {
    readonly member: string;
    readonly sessionMs: number;
  }): Promise<Share> {
    return this.#write(`stay in the group "${group}"`, () => {
      const nowMs = this.#clock.nowMs();
      return this.#groups.beat(group, member, topics, nowMs, nowMs + sessionMs);
    });
  }

  epoch(group: string): number {
    return this.#database.read(`look at the group "${group}"`, () => this.#groups.epoch(group));
  }

  /** For each claim, whether it is still held and the offset was kept. */
  commit(
    group: string,
    places: readonly { readonly claim: Claim; readonly nextOffset: number }[],
  ): Promise<boolean[]> {
    return this.#write(
      `keep the offsets of the group "${group}"`,
      () => places.map(({ claim, nextOffset }) => this.#groups.commit(group, claim, nextOffset)),
    );
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  pause(ms: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  release(group: string, claim: Claim): Promise<void> {
    return this.#write(`release a partition`, () => this.#groups.release(group, claim));
  }

  leave(group: string, member: string): Promise<void> {
    return this.#write(`leave the group "${group}"`, () => this.#groups.leave(group, member));
  }

  /** Until it holds, at most `ms`, or until the signal. */
  async waitUntil(holds: () => boolean, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || holds()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { holds, resolve, reject }, timing = new AbortController();
    signal.addEventListener("abort", () => resolve(), { once: true, signal: timing.signal });
    if (ms < Infinity) void this.#clock.sleep(ms, timing.signal).then(resolve);
    this.#waiters.add(waiter);
    void this.#poll();
    try {
      await promise;
    } finally {
      timing.abort();
      this.#waiters.delete(waiter);
      if (this.#waiters.size === 0) this.#polling?.abort();
    }
  }

  close(): void {
    this.#database.close();
  }

  async #write<Result>(what: string, body: () => Result): Promise<Result> {
    const result = await this.#database.write(what, body);
    this.#tellWaiters();
    return result;
  }

  /** One look for all who wait: SQLite's number changes when another connection has written, and costs next to nothing. */
  async #poll(): Promise<void> {
    if (this.#polling !== undefined) return;
    const { signal } = this.#polling = new AbortController();
    while (!signal.aborted) {
      await this.#clock.sleep(POLL_MS, signal);
      if (signal.aborted) break;
      try {
        const version = this.#database.sql("PRAGMA data_version").get()!.data_version as number;
        if (version !== this.#seenVersion) this.#tellWaiters();
        this.#seenVersion = version;
      } catch (error) {
        for (const { reject } of this.#waiters) reject(failureOf("look for messages", this.#path, error));
      }
    }
    this.#polling = undefined;
    if (this.#waiters.size > 0) void this.#poll();
  }

  #tellWaiters(): void {
    for (const { holds, resolve, reject } of this.#waiters) {
      try {
        if (holds()) resolve();
      } catch (error) {
        reject(error);
      }
    }
  }
}
