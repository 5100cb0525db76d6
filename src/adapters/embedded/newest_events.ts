/** Events that a log's writer has just told of, so that who follows the log need not read them again. */
import type { BlockColumns } from "./event_blocks.ts";
import type { LogBatch } from "./log_backend.ts";
import { batchOf } from "./log_batch.ts";

/** What a commit added to the log: its records at offsets [from, end). */
export interface Commit {
  readonly from: number;
  readonly end: number;
  /** If they are all events, and few. */
  readonly events?: BlockColumns;
}

/** More than come in a second; older ones are read from the log. */
const MOST_EVENTS = 4096;

export class NewestEvents {
  /** Each begins where the one before ends. */
  #blocks: BlockColumns[] = [];
  #count = 0;

  /** Commits in their order. What is not told, or not of events alone, leaves nothing to go on from. */
  add({ from, events }: Commit): void {
    if (events === undefined || this.#end !== from) this.clear();
    if (events === undefined) return;
    this.#blocks.push(events);
    this.#count += events.count;
    while (this.#count > MOST_EVENTS) this.#count -= this.#blocks.shift()!.count;
  }

  clear(): void {
    this.#blocks = [];
    this.#count = 0;
  }

  /** Whether all records in [from, until) are events that are known here. */
  hasAll(from: number, until: number): boolean {
    const [oldest] = this.#blocks;
    return oldest !== undefined && oldest.first <= from && until <= this.#end;
  }

  /** As the log would give them; undefined if the first of them is not here. */
  batch(from: number, until: number, batchCount: number): LogBatch | undefined {
    const end = Math.min(until, this.#end);
    if (from >= end || !this.hasAll(from, end)) return undefined;
    // Who follows wants the last ones.
    const holding = this.#blocks.findLastIndex(({ first }) => first <= from);
    return batchOf(this.#blocks.slice(holding), from, end, batchCount);
  }

  get #end(): number {
    const last = this.#blocks.at(-1);
    return last === undefined ? -1 : last.first + last.count;
  }
}
