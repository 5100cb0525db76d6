/** Updates in memory: one process. */
import type { ModelUpdate, RowBatch } from "../../domain/model_update.ts";
import type { Fence } from "../../ports/lease.ts";
import type { SequencedUpdate, UpdateFeed } from "../../ports/update_feed.ts";
import { checkFence, type MemoryLeases } from "./lease.ts";

export class MemoryUpdateFeed implements UpdateFeed {
  #latest = 0;
  #updates: SequencedUpdate[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #leases: MemoryLeases | undefined;

  /** `leases` gave the fences that writes come with; without them every fence is refused. */
  constructor(leases?: MemoryLeases) {
    this.#leases = leases;
  }

  async publish(given: ModelUpdate | RowBatch, fence?: Fence): Promise<number> {
    checkFence(this.#leases, "publish a model update", fence);
    for (const update of "kind" in given ? [given] : given) {
      // A copy: the publisher may use its arrays again.
      this.#updates.push({ sequence: ++this.#latest, update: structuredClone(update) });
    }
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

  async trim(sequence: number, fence?: Fence): Promise<void> {
    checkFence(this.#leases, "forget old model updates", fence);
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
