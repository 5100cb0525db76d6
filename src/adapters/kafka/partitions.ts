/** The partitions that a consumer has, and how far it is in each. */
import type { ConsumeOptions } from "../../ports/topic.ts";

export interface OwnPartition {
  readonly topic: string;
  readonly partition: number;
  /** Messages below it were finished here, or are not wanted: a rebalance gives some again. */
  nextOffset: number;
  /** Given to another consumer since. */
  isLost: boolean;
  /** Resolves when it is known where to begin. */
  ready: Promise<void>;
}

type Assignment = Readonly<Record<string, readonly number[]>>;

export class Partitions {
  readonly #options: Pick<ConsumeOptions, "startAt" | "onAssigned">;
  readonly #seek: (topic: string, partition: number, offset: number) => void;
  readonly #own = new Map<string, OwnPartition>();

  constructor(
    options: Pick<ConsumeOptions, "startAt" | "onAssigned">,
    seek: (topic: string, partition: number, offset: number) => void,
  ) {
    this.#options = options;
    this.#seek = seek;
  }

  of(topic: string, partition: number): OwnPartition | undefined {
    return this.#own.get(`${partition} ${topic}`);
  }

  all(): OwnPartition[] {
    return [...this.#own.values()];
  }

  /** A rebalance is over. Gives those that this consumer kept. */
  assign(assignment: Assignment): OwnPartition[] {
    const wanted = new Map<string, { topic: string; partition: number }>();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) wanted.set(`${partition} ${topic}`, { topic, partition });
    }
    for (const [key, own] of this.#own) {
      if (wanted.has(key)) continue;
      own.isLost = true;
      this.#own.delete(key);
    }
    const kept = this.all();
    for (const [key, { topic, partition }] of wanted) {
      if (this.#own.has(key)) continue;
      const own = { topic, partition, nextOffset: 0, isLost: false, ready: Promise.resolve() };
      this.#own.set(key, own);
      own.ready = this.#begin(own);
      // Whoever waits for it hears of the failure; until then it is nobody's.
      own.ready.catch(() => {});
    }
    this.#options.onAssigned?.([...wanted.values()]);
    return kept;
  }

  async #begin(own: OwnPartition): Promise<void> {
    const offset = await this.#options.startAt?.(own.topic, own.partition);
    if (offset === undefined || own.isLost) return;
    own.nextOffset = offset;
    this.#seek(own.topic, own.partition, offset);
  }
}
