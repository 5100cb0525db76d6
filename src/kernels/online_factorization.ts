/** Online recommenders: biases and factors of users and items in kernel memory (core-wasm/assembly/factorization.ts). */
import type { Kernels } from "./kernel_module.ts";
import { Rows } from "./online_rows.ts";

export interface FactorizationOptions {
  /** μ + b_u + b_i is part of the prediction. */
  readonly hasBiases: boolean;
  /** 0: none. */
  readonly factorCount: number;
  readonly biasRate: number;
  readonly factorRate: number;
  readonly biasL2: number;
  readonly factorL2: number;
  /** Greatest absolute gradient. */
  readonly clip: number;
}

/** Events of rows that exist: event k is of users[k] and items[k]. */
export interface RatingRows {
  readonly count: number;
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly values: Float64Array;
}

export type Side = "user" | "item";

/** What says that nothing is known of a user or an item. */
export const NO_ROW = -1;

const BLOCK_BYTES = 64, HAS_BIASES_WORD = 14, HEADER_DOUBLES = 2, BATCH_EVENTS = 16_384;

export class FactorizationKernel {
  readonly #kernels: Kernels;
  readonly #block: number;
  readonly #rowBytes: number;
  readonly #rows: Readonly<Record<Side, Rows>>;
  readonly #factorCount: number;
  #batch?: { users: number; items: number; values: number; predictions: number };

  constructor(kernels: Kernels, options: FactorizationOptions) {
    this.#kernels = kernels;
    this.#factorCount = options.factorCount;
    this.#rowBytes = 8 * (HEADER_DOUBLES + options.factorCount + (options.factorCount & 1));
    this.#rows = { user: new Rows(kernels, this.#rowBytes), item: new Rows(kernels, this.#rowBytes) };
    this.#block = kernels.arena.allocate(BLOCK_BYTES);
    kernels.arena.f64(this.#block, BLOCK_BYTES / 8).set([
      0,
      0,
      options.biasRate,
      options.factorRate,
      options.biasL2,
      options.factorL2,
      options.clip,
      0,
    ]);
    kernels.arena.u32(this.#block, BLOCK_BYTES / 4)[HAS_BIASES_WORD] = options.hasBiases ? 1 : 0;
  }

  rowCount(side: Side): number {
    return this.#rows[side].count;
  }

  /** A new row with bias 0 and these factors; gives its index. */
  addRow(side: Side, factors: ArrayLike<number>): number {
    const rows = this.#rows[side], index = rows.count;
    rows.add();
    const at = rows.addressOf(index) + 8 * HEADER_DOUBLES;
    this.#kernels.arena.f64(at, this.#factorCount).set(factors);
    return index;
  }

  /** NO_ROW for a user or an item of which nothing is known: its bias and the product of factors are then 0. */
  predict(user: number, item: number): number {
    const u = this.#rows.user.addressOf(user), i = this.#rows.item.addressOf(item);
    return this.#kernels.exports.factorizationPredict(this.#block, u, i, this.#rowBytes);
  }

  learn(user: number, item: number, value: number): void {
    const u = this.#rows.user.addressOf(user), i = this.#rows.item.addressOf(item);
    this.#kernels.exports.factorizationLearn(this.#block, u, i, this.#rowBytes, value);
  }

  /**
   * Predicts, then learns, event after event. Rows from `newUsers` and `newItems` on count as known only after their
   * first event.
   */
  progressive(events: RatingRows, newUsers: number, newItems: number, predictions: Float64Array): void {
    const { arena, exports } = this.#kernels;
    const { users, items } = { users: this.#rows.user, items: this.#rows.item };
    const batch = this.#batch ??= this.#allocateBatch();
    const top = arena.top;
    const knownUsers = arena.allocate(users.count), knownItems = arena.allocate(items.count);
    arena.u8(knownUsers, users.count).fill(1, 0, newUsers).fill(0, newUsers);
    arena.u8(knownItems, items.count).fill(1, 0, newItems).fill(0, newItems);
    for (let start = 0; start < events.count; start += BATCH_EVENTS) {
      const n = Math.min(BATCH_EVENTS, events.count - start);
      arena.u32(batch.users, n).set(events.users.subarray(start, start + n));
      arena.u32(batch.items, n).set(events.items.subarray(start, start + n));
      arena.f64(batch.values, n).set(events.values.subarray(start, start + n));
      exports.factorizationProgressive(
        this.#block,
        users.base,
        items.base,
        this.#rowBytes,
        batch.users,
        batch.items,
        batch.values,
        n,
        knownUsers,
        knownItems,
        batch.predictions,
      );
      predictions.set(arena.f64(batch.predictions, n), start);
    }
    arena.release(top);
  }

  /** Mean and count, and all rows. */
  save(): { scalars: Float64Array; users: Float64Array; items: Float64Array } {
    return {
      scalars: this.#kernels.arena.f64(this.#block, 2).slice(),
      users: this.#rows.user.view().slice(),
      items: this.#rows.item.view().slice(),
    };
  }

  load({ scalars, users, items }: { scalars: Float64Array; users: Float64Array; items: Float64Array }): void {
    this.#kernels.arena.f64(this.#block, 2).set(scalars);
    this.#rows.user.load(users);
    this.#rows.item.load(items);
  }

  #allocateBatch() {
    const { arena } = this.#kernels;
    return {
      users: arena.allocate(BATCH_EVENTS * 4),
      items: arena.allocate(BATCH_EVENTS * 4),
      values: arena.allocate(BATCH_EVENTS * 8),
      predictions: arena.allocate(BATCH_EVENTS * 8),
    };
  }
}
