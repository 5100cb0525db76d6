/** Item rows in linear memory, prepared for the scan of core-wasm/assembly/top_n.ts. */
import { BadInput } from "../domain/failure.ts";
import type { Kernels } from "./kernel_module.ts";

/** Rows to search: `count` x `stride` floats, stride a multiple of 8. */
export interface ItemRows {
  readonly rows: Float32Array;
  readonly count: number;
  readonly stride: number;
}

/** Rows may have at most this norm: products of two of them stay far inside the finite numbers. */
export const NORM_LIMIT = 1e18;

const INDEX_BYTES = 24;
const GROUP_ITEMS = 8;
const BLOCK_ITEMS = 256;
const BLOCK_BYTES = 32;

/** A copy of item rows in order of falling norm, and their rounded form. */
export class ItemIndex {
  readonly count: number;
  readonly stride: number;
  /** Address of what the kernels take as an item index. */
  readonly address: number;
  readonly #rows: number;
  readonly #positions: Uint32Array;

  /** Takes 5 bytes of kernel memory a value. Throws BadInput if a row is not finite or its norm is above NORM_LIMIT. */
  constructor({ arena, exports }: Kernels, items: ItemRows) {
    const { count, stride } = items, rowBytes = stride * 4;
    this.count = count;
    this.stride = stride;
    const order = byFallingNorm(items);
    this.#positions = new Uint32Array(count);
    order.forEach((item, position) => this.#positions[item] = position);
    this.address = arena.allocate(INDEX_BYTES);
    this.#rows = arena.allocate(count * rowBytes);
    const orderAt = arena.allocate(count * 4);
    const levels = arena.allocate(Math.ceil(count / GROUP_ITEMS) * GROUP_ITEMS * stride);
    const blocks = arena.allocate(Math.ceil(count / BLOCK_ITEMS) * BLOCK_BYTES);
    arena.u32(orderAt, count).set(order);
    const rows = arena.f32(this.#rows, count * stride);
    order.forEach((item, position) =>
      rows.set(items.rows.subarray(item * stride, (item + 1) * stride), position * stride)
    );
    arena.u32(this.address, INDEX_BYTES / 4).set([this.#rows, rowBytes, count, orderAt, levels, blocks]);
    exports.indexItems(this.address);
  }

  /** Address of the row of an item. */
  rowAddress(itemIndex: number): number {
    return this.#rows + this.#positions[itemIndex] * this.stride * 4;
  }
}

/** Item indexes, greatest norm first, ties by index. */
function byFallingNorm({ rows, count, stride }: ItemRows): Uint32Array {
  const squares = new Float64Array(count);
  for (let item = 0; item < count; item++) {
    let sum = 0;
    for (let j = item * stride; j < (item + 1) * stride; j++) sum += rows[j] * rows[j];
    if (!(sum <= NORM_LIMIT ** 2)) {
      throw new BadInput(
        `searching among item rows: the norm of row ${item} is ${
          Math.sqrt(sum)
        }; finite ones to ${NORM_LIMIT} are accepted`,
      );
    }
    squares[item] = sum;
  }
  return squares.reduce((order, _, item) => (order[item] = item, order), new Uint32Array(count))
    .sort((a, b) => squares[b] - squares[a] || a - b);
}
