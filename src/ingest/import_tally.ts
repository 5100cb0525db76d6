/** What became of the rows of a file. */
import type { RejectReason } from "./validate_event.ts";

/** How many rows were refused for a reason, and the first lines with it. */
export interface Rejected {
  readonly count: number;
  readonly lines: readonly number[];
}

const LINES_SHOWN = 5;

export class ImportTally {
  accepted = 0;
  duplicates = 0;
  readonly #rejected = new Map<RejectReason, { count: number; lines: number[] }>();

  /** Rows with an end: accepted, duplicate or refused. */
  get rows(): number {
    return this.accepted + this.duplicates + this.rejectedCount;
  }

  get rejectedCount(): number {
    let count = 0;
    for (const rejected of this.#rejected.values()) count += rejected.count;
    return count;
  }

  reject(reason: RejectReason, line: number): void {
    let rejected = this.#rejected.get(reason);
    if (rejected === undefined) this.#rejected.set(reason, rejected = { count: 0, lines: [] });
    rejected.count++;
    if (rejected.lines.length < LINES_SHOWN) rejected.lines.push(line);
  }

  /** By reason, most frequent first. */
  rejected(): Partial<Record<RejectReason, Rejected>> {
    return Object.fromEntries([...this.#rejected].sort(([, a], [, b]) => b.count - a.count));
  }
}
