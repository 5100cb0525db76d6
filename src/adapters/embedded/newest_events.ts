/** Events that a log's writer has just told of, so that who follows the log need not read them again. */
import type { LoggedEventColumns } from "../../domain/event.ts";
import type { BlockColumns } from "./event_blocks.ts";
import type { LogBatch } from "./log_backend.ts";

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
    const next = Math.min(until, this.#end, from + batchCount), count = next - from;
    if (count <= 0 || !this.hasAll(from, next)) return undefined;
    const columns: LoggedEventColumns = {
      count,
      offsets: Float64Array.from({ length: count }, (_, i) => from + i),
      users: new Uint32Array(count),
      items: new Uint32Array(count),
      values: new Float64Array(count),
      timesMs: new Float64Array(count),
    };
    // Who follows wants the last ones.
    for (let k = this.#blocks.length - 1, above = next; above > from; k--) {
      const block = this.#blocks[k], { first } = block;
      if (first >= above) continue;
      const below = Math.max(first, from), start = below - first, end = above - first, at = below - from;
      columns.users.set(block.users.subarray(start, end), at);
      columns.items.set(block.items.subarray(start, end), at);
      columns.values.set(block.values.subarray(start, end), at);
      columns.timesMs.set(block.timesMs.subarray(start, end), at);
      above = below;
    }
    return { columns, next };
  }

  get #end(): number {
    const last = this.#blocks.at(-1);
    return last === undefined ? -1 : last.first + last.count;
  }
}
