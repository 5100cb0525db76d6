/** Item rows in linear memory, prepared for the scan of core-wasm/assembly/top_n.ts. */
import { BadInput } from "../domain/failure.ts";
import type { Kernels } from "./kernel_module.ts";
import { MemoryViews } from "./memory_views.ts";
import { principalAxes } from "./principal_axes.ts";

/** Rows to search: `count` x `stride` floats, stride a multiple of 8. */
export interface ItemRows {
  readonly rows: Float32Array;
  readonly count: number;
  readonly stride: number;
  /**
   * Rows like those that will search, in whole strides: what they like best stands first. For speed alone; answers do not
   * depend on it.
   */
  readonly searchers?: Float32Array;
}

/** Rows may have at most this norm: products of two of them stay far inside the finite numbers. */
export const NORM_LIMIT = 1e18;

const INDEX_BYTES = 56;
/** Where the slack stands among the fields, as doubles. */
const SLACK_FIELD = 5, DIRECTION_SLACK_FIELD = 6;
/** Where the number of items stands among the fields, as words. */
const COUNT_FIELD = 2;
const BLOCK_ITEMS = 256;
const BLOCK_BYTES = 96;

/** Searching rows that are looked at. */
const SEARCHER_SAMPLE = 1024;

/** A block whose rows have changed so often is indexed anew: its bounds only grow in between, and a search looks at more. */
const BLOCK_CHANGES = 64;

/** A copy of item rows, promising ones first when it was made, and what is scanned of them, rounded. */
export class ItemIndex {
  readonly stride: number;
  /** Of what is scanned: fewer than `stride` where a few directions hold most of the rows. */
  readonly columns: number;
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
   * Takes at most 5 bytes of kernel memory a value. `capacity`: most items that there will be; their number if absent. Throws
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
    const axes = principalAxes(items);
    this.columns = axes.count === 0 ? stride : axes.count + 1;
    const towards = directionOf(items), order = byPromise(items, towards);
    this.#positions = new Uint32Array(capacity);
    this.#changes = new Uint8Array(blockCount);
    order.forEach((item, position) => this.#positions[item] = position);
    this.address = arena.allocate(INDEX_BYTES);
    this.#rows = arena.allocate(capacity * rowBytes);
    this.#order = arena.allocate(capacity * 4);
    const levels = arena.allocate(blockCount * BLOCK_ITEMS * this.columns);
    const blocks = arena.allocate(blockCount * BLOCK_BYTES);
    const axesAt = axes.count === 0 ? 0 : arena.allocate(axes.count * rowBytes);
    const form = arena.allocate(this.columns * 4), direction = arena.allocate(rowBytes);
    arena.f32(direction, stride).set(towards.direction);
    arena.f32(axesAt, axes.count * stride).set(axes.rows);
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
      this.columns,
      axesAt,
      form,
      direction,
    ]);
    const fields = arena.f64(this.address, INDEX_BYTES / 8);
    fields[SLACK_FIELD] = axes.count === 0 ? 0 : slackOf(this.columns, stride, axes.error);
    fields[DIRECTION_SLACK_FIELD] = slackOf(2, stride, towards.error);
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
    else if (this.#holds(itemIndex, row)) return;
    const { exports } = this.#kernels, position = this.#positions[itemIndex];
    this.#views.floats.set(row, this.rowAddress(itemIndex) / 4);
    const block = Math.floor(position / BLOCK_ITEMS);
    if (exports.setItem(this.address, position) !== 0) this.#changes[block] = 0;
    else if (++this.#changes[block] === BLOCK_CHANGES) {
      exports.indexBlock(this.address, block);
      this.#changes[block] = 0;
    }
  }

  /** Whether the item's row is this one: a learner that begins tells all rows, and most of them are known. */
  #holds(itemIndex: number, row: Float32Array): boolean {
    const { floats } = this.#views, at = this.rowAddress(itemIndex) / 4;
    for (let j = 0; j < row.length; j++) if (floats[at + j] !== row[j]) return false;
    return true;
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

/** τ of core-wasm/assembly/item_index.ts. */
function slackOf(columns: number, stride: number, axesError: number): number {
  const k = (stride / 8 + 5) * 2 ** -24, rounding = k / (1 - k);
  return 4 * (rounding * Math.sqrt(columns) + axesError);
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

/** Which way searching rows point in the mean, and how far across that they reach. */
interface Towards {
  /** Of length 1, or zeros. */
  readonly direction: Float32Array;
  /** |‖direction‖² - 1|; 0 if it is zeros. */
  readonly error: number;
  /** Means of the lengths along and across. */
  readonly along: number;
  readonly across: number;
}

function directionOf({ stride, searchers = new Float32Array(0) }: ItemRows): Towards {
  const direction = new Float32Array(stride), count = searchers.length / stride;
  const step = Math.max(1, count / SEARCHER_SAMPLE), mean = new Float64Array(stride);
  let squares = 0, taken = 0;
  for (let at = 0; at < count; at += step, taken++) {
    const row = searchers.subarray(Math.floor(at) * stride, (Math.floor(at) + 1) * stride);
    row.forEach((x, j) => (mean[j] += x, squares += x * x));
  }
  const length = Math.hypot(...mean);
  if (!(length > 0 && length < NORM_LIMIT)) return { direction, error: 0, along: 0, across: 1 };
  mean.forEach((x, j) => direction[j] = x / length);
  const error = Math.abs(direction.reduce((sum, x) => sum + x * x, 0) - 1), along = length / taken;
  return { direction, error, along, across: Math.sqrt(Math.max(0, squares / taken - along ** 2)) };
}

/** Item indexes in falling order of the best score that a usual searching row can have with them, ties by index. */
function byPromise({ rows, count, stride }: ItemRows, { direction, along, across }: Towards): Uint32Array {
  const promise = Float64Array.from({ length: count }, (_, item) => {
    const row = rows.subarray(item * stride, (item + 1) * stride), squares = checkedSquares(row, item);
    let h = 0;
    for (let j = 0; j < stride; j++) h += direction[j] * row[j];
    return along * h + across * Math.sqrt(Math.max(0, squares - h * h));
  });
  return Uint32Array.from(promise, (_, item) => item).sort((a, b) => promise[b] - promise[a] || a - b);
}
