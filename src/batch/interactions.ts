/** All interactions of a fit as columns in memory, in order of offset. */
import type { InteractionColumns, LoggedEventColumns } from "../domain/event.ts";

/** Columns of `count` interactions; row order is order of offset. */
export interface Interactions extends InteractionColumns {
  readonly userCount: number;
  readonly itemCount: number;
}

/** Grows by doubling where it is not told what to expect; 24 bytes an interaction. */
export class InteractionsBuilder {
  #users: Uint32Array;
  #items: Uint32Array;
  #values: Float64Array;
  #timesMs: Float64Array;
  #count = 0;

  constructor(expectedCount = 1 << 16) {
    this.#users = new Uint32Array(expectedCount);
    this.#items = new Uint32Array(expectedCount);
    this.#values = new Float64Array(expectedCount);
    this.#timesMs = new Float64Array(expectedCount);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds rows. Where it is out of room it makes some for `expectedCount` in all; what is not used of it costs nothing. */
  add(columns: InteractionColumns, expectedCount = 2 * this.#users.length): void {
    const count = this.#count + columns.count;
    if (count > this.#users.length) this.#grow(Math.max(count, expectedCount));
    this.#users.set(columns.users.subarray(0, columns.count), this.#count);
    this.#items.set(columns.items.subarray(0, columns.count), this.#count);
    this.#values.set(columns.values.subarray(0, columns.count), this.#count);
    this.#timesMs.set(columns.timesMs.subarray(0, columns.count), this.#count);
    this.#count += columns.count;
  }

  /** What was added; users and items are dense indexes below the given counts. */
  build(userCount: number, itemCount: number): Interactions {
    return {
      count: this.#count,
      userCount,
      itemCount,
      users: this.#users.subarray(0, this.#count),
      items: this.#items.subarray(0, this.#count),
      values: this.#values.subarray(0, this.#count),
      timesMs: this.#timesMs.subarray(0, this.#count),
    };
  }

  #grow(capacity: number): void {
    this.#users = grown(this.#users, new Uint32Array(capacity));
    this.#items = grown(this.#items, new Uint32Array(capacity));
    this.#values = grown(this.#values, new Float64Array(capacity));
    this.#timesMs = grown(this.#timesMs, new Float64Array(capacity));
  }
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Reads batches to the end; `report` hears how many interactions have come so far. */
export async function collectInteractions(
  batches: AsyncIterable<LoggedEventColumns>,
  report: (count: number) => void = () => {},
): Promise<InteractionsBuilder> {
  const builder = new InteractionsBuilder();
  for await (const batch of batches) {
    builder.add(batch);
    report(builder.count);
  }
  return builder;
}
