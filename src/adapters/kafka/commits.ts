/** Tells the broker what a group has finished. One request at a time; what is finished meanwhile goes with the next. */
import type { Consumer } from "kafkajs";

export interface Finished {
  readonly topic: string;
  readonly partition: number;
  /** After the last message that was finished. */
  readonly offset: number;
}

const PAUSE_MS = 200;

export class Commits {
  readonly #consumer: Pick<Consumer, "commitOffsets">;
  /** Whether this consumer still has the partition: a late word about another's would take it back. */
  readonly #isOwn: (finished: Finished) => boolean;
  readonly #due = new Map<string, Finished>();
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(consumer: Pick<Consumer, "commitOffsets">, isOwn: (finished: Finished) => boolean) {
    this.#consumer = consumer;
    this.#isOwn = isOwn;
  }

  finish(finished: Finished): void {
    this.#due.set(`${finished.partition} ${finished.topic}`, finished);
    if (!this.#isClosed) this.#running ??= this.#run();
  }

  /** Waits, for `ms` at most, until the broker knows all that is finished. */
  async close(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
    await Promise.race([this.#running, enough]);
    clearTimeout(timer);
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    // What is finished in the same moment goes together.
    await Promise.resolve();
    while (this.#due.size > 0 && !this.#isClosed) {
      const taken = [...this.#due.values()].filter((finished) => this.#isOwn(finished));
      this.#due.clear();
      if (taken.length === 0) continue;
      try {
        await this.#consumer.commitOffsets(taken.map((one) => ({ ...one, offset: String(one.offset) })));
      } catch {
        // A rebalance, or the broker is away: it is said again. If the broker stays away the consumer ends by itself.
        for (const one of taken) {
          const key = `${one.partition} ${one.topic}`;
          if (!this.#due.has(key)) this.#due.set(key, one);
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    // In the same breath as the look at what is due: what is finished next begins anew.
    this.#running = undefined;
  }
}
