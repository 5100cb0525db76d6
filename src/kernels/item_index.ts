/** Item rows in linear memory, prepared for the scan of core-wasm/assembly/top_n.ts. */
import { BadInput } from "../domain/failure.ts";
import type { Kernels } from "./kernel_module.ts";
import { MemoryViews } from "./memory_views.ts";

/** Rows to search: `count` x `stride` floats, stride a multiple of 8. */
export interface ItemRows {
  readonly rows: Float32Array;
  readonly count: number;
  readonly stride: number;
}

/** Rows may have at most this norm: products of two of them stay far inside the finite numbers. */
export const NORM_LIMIT = 1e18;

const INDEX_BYTES = 24;
/** Where the number of items stands among the fields, as words. */
const COUNT_FIELD = 2;
const BLOCK_ITEMS = 256;
const BLOCK_BYTES = 32;

/** A block whose rows have changed so often is indexed anew: its bounds only grow in between, and a search looks at more. */
const BLOCK_CHANGES = 64;

/** A copy of item rows, in order of falling norm when it was made, and their rounded form. */
export class ItemIndex {
  readonly stride: number;
  /** Items for which there is room. */
  readonly capacity: number;
  /** Address of what the kernels take as an item index. */
  readonly address: number;
  readonly #kernels: Kernels;
  readonly #views: MemoryViews;
  readonly #rows: number;
  readonly #order: number;
  readonly #positions: Uint32Array;
  readonly #changes: Uint8Array;
  #count: number;

  /**
   * Takes 5 bytes of kernel memory a value. `capacity`: most items that there will be; their number if absent. Throws
   * BadInput if a row is not finite or its norm is above NORM_LIMIT.
   */
  constructor(kernels: Kernels, items: ItemRows, capacity = items.count) {
    const { arena, exports } = kernels, { count, stride } = items, rowBytes = stride * 4;
    const blockCount = Math.ceil(capacity / BLOCK_ITEMS);
    this.#kernels = kernels;
    this.#views = new MemoryViews(kernels.memory);
    this.#count = count;
    this.capacity = capacity;
    this.stride = stride;
    const order = byFallingNorm(items);
    this.#positions = new Uint32Array(capacity);
    this.#changes = new Uint8Array(blockCount);
    order.forEach((item, position) => this.#positions[item] = position);
    this.address = arena.allocate(INDEX_BYTES);
    this.#rows = arena.allocate(capacity * rowBytes);
    this.#order = arena.allocate(capacity * 4);
    const levels = arena.allocate(blockCount * BLOCK_ITEMS * stride);
    const blocks = arena.allocate(blockCount * BLOCK_BYTES);
    arena.u32(this.#order, count).set(order);
    const rows = arena.f32(this.#rows, count * stride);
    order.forEach((item, position) =>
      rows.set(items.rows.subarray(item * stride, (item + 1) * stride), position * stride)
    );
    arena.u32(this.address, INDEX_BYTES / 4).set([
      this.#rows,
      rowBytes,
      count,
      this.#order,
      levels,
      blocks,
    ]);
    exports.indexItems(this.address);
  }

  get count(): number {
    return this.#count;
  }

  /** Address of the row of an item. */
  rowAddress(itemIndex: number): number {
    return this.#rows + this.#positions[itemIndex] * this.stride * 4;
  }

  /**
   * Replaces the row of an item; the next index, `count`, below `capacity`, adds one. Searches stay exact: the item keeps
   * its place in the order, and the bounds of blocks grow where they must. Throws BadInput as the constructor does.
   */
  set(itemIndex: number, row: Float32Array): void {
    if (itemIndex > this.#count || itemIndex >= this.capacity) {
      throw new RangeError(`item ${itemIndex} of ${this.#count}, with room for ${this.capacity}, was set`);
    }
    checkedSquares(row, itemIndex);
    if (itemIndex === this.#count) this.#append(itemIndex);
    const { exports } = this.#kernels, position = this.#positions[itemIndex];
    this.#views.floats.set(row, this.rowAddress(itemIndex) / 4);
    const block = Math.floor(position / BLOCK_ITEMS);
    if (exports.setItem(this.address, position) !== 0) this.#changes[block] = 0;
    else if (++this.#changes[block] === BLOCK_CHANGES) {
      exports.indexBlock(this.address, block);
      this.#changes[block] = 0;
    }
  }

  /** The rows in order of item index. */
  copyRows(): Float32Array {
    const rows = new Float32Array(this.#count * this.stride);
    for (let item = 0; item < this.#count; item++) {
      rows.set(this.#kernels.arena.f32(this.rowAddress(item), this.stride), item * this.stride);
    }
    return rows;
  }

  #append(itemIndex: number): void {
    this.#positions[itemIndex] = itemIndex;
    this.#count++;
    this.#views.words[this.#order / 4 + itemIndex] = itemIndex;
    this.#views.words[this.address / 4 + COUNT_FIELD] = this.#count;
  }
}

/** ‖row‖². Throws BadInput if it is not finite or above NORM_LIMIT². */
function checkedSquares(row: Float32Array, item: number): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) sum += row[j] * row[j];
  if (sum <= NORM_LIMIT ** 2) return sum;
  throw new BadInput(
    `searching among item rows: the norm of row ${item} is ${
      Math.sqrt(sum)
    }; finite ones to ${NORM_LIMIT} are accepted`,
  );
}

/** Item indexes, greatest norm first, ties by index. */
function byFallingNorm({ rows, count, stride }: ItemRows): Uint32Array {
  const squares = Float64Array.from(
    { length: count },
    (_, item) => checkedSquares(rows.subarray(item * stride, (item + 1) * stride), item),
  );
  return squares.reduce((order, _, item) => (order[item] = item, order), new Uint32Array(count))
    .sort((a, b) => squares[b] - squares[a] || a - b);
}
