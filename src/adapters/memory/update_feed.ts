/** Updates in memory: one process. */
import type { ModelUpdate } from "../../domain/model_update.ts";
import type { SequencedUpdate, UpdateFeed } from "../../ports/update_feed.ts";

export class MemoryUpdateFeed implements UpdateFeed {
  #latest = 0;
  #updates: SequencedUpdate[] = [];
  readonly #waiting = new Set<() => void>();

  async publish(update: ModelUpdate): Promise<number> {
    // A copy: the publisher may use its arrays again.
    this.#updates.push({ sequence: ++this.#latest, update: structuredClone(update) });
    for (const wake of this.#waiting) wake();
    return this.#latest;
  }

  async latest(): Promise<number> {
    return this.#latest;
  }

  async *follow(sequence: number, signal: AbortSignal): AsyncGenerator<SequencedUpdate> {
    let after = sequence;
    while (!signal.aborted) {
      const next = this.#updates.find((update) => update.sequence > after);
      if (next === undefined) {
        await this.#change(signal);
      } else {
        after = next.sequence;
        yield structuredClone(next);
      }
    }
  }

  async trim(sequence: number): Promise<void> {
    this.#updates = this.#updates.filter((update) => update.sequence > sequence);
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}
