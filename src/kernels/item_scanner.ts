/** Exact top-N for one row: the items whose rows have the greatest canonical dot product with it. */
import { BadInput } from "../domain/failure.ts";
import { ItemIndex, type ItemRows, NORM_LIMIT } from "./item_index.ts";
import type { Kernels } from "./kernel_module.ts";
import {
  allocateSearches,
  SEARCH_BYTES,
  SEARCH_INDEXES,
  SEARCH_N,
  SEARCH_ROW,
  SEARCH_SCORES,
} from "./search.ts";

/**
 * Answer of a search: the first `count` places of both arrays, best first, equal scores by ascending item index.
 * Both are views that the next call of the same scanner overwrites.
 */
export interface TopN {
  readonly count: number;
  readonly itemIndexes: Uint32Array;
  readonly scores: Float32Array;
}

interface Views {
  readonly row: Float32Array;
  readonly search: Uint32Array;
  readonly excluded: Uint32Array;
  readonly indexes: Uint32Array;
  readonly scores: Float32Array;
}

/** Searches item rows held in linear memory. A call allocates nothing, unless n or the exclusions outgrow all before. */
export class ItemScanner {
  readonly stride: number;
  readonly #kernels: Kernels;
  readonly #row: number;
  readonly #searchers: Float32Array | undefined;
  #items: ItemIndex;
  #search: number;
  #capacity = 0;
  #indexes = 0;
  #scores = 0;
  #excludedCapacity = 0;
  #excluded = 0;
  #views!: Views;

  /** Copies the rows into kernel memory. Throws BadInput if one is not finite or its norm is above 1e18. */
  constructor(kernels: Kernels, items: ItemRows) {
    const { arena } = kernels;
    this.#kernels = kernels;
    this.stride = items.stride;
    this.#searchers = items.searchers;
    this.#items = new ItemIndex(kernels, items, withSomeRoom(items.count));
    this.#row = arena.allocate(items.stride * 4);
    this.#search = allocateSearches(arena, this.#items, 1);
    this.#reserve(128, 1024);
  }

  get count(): number {
    return this.#items.count;
  }

  /**
   * Replaces the row of an item, or adds the item whose index is `count`. Searches stay exact. Throws BadInput as the
   * constructor does; nothing has changed then.
   */
  set(itemIndex: number, row: Float32Array): void {
    if (itemIndex >= this.#items.capacity) this.#moveTo(roomier(itemIndex + 1));
    this.#items.set(itemIndex, row);
  }

  /**
   * The n best items for `row` (stride floats) without those in `excluded` (item indexes, in any order).
   * Throws BadInput if the row is not finite or its norm is above 1e18.
   */
  topN(row: Float32Array, n: number, excluded: Uint32Array): TopN {
    const wanted = Math.min(n, this.count);
    if (wanted > this.#capacity || excluded.length > this.#excludedCapacity) {
      this.#reserve(wanted, excluded.length);
    }
    const views = this.#currentViews();
    views.row.set(row);
    views.excluded.set(excluded);
    views.search[SEARCH_N] = wanted;
    const { exports } = this.#kernels;
    const count = exports.topNRow(this.#search, this.#items.address, this.#excluded, excluded.length);
    if (count < 0) {
      throw new BadInput(
        `searching items for a row [${
          row.subarray(0, 4).join(", ")
        }, ...]: its norm must be finite, at most ${NORM_LIMIT}`,
      );
    }
    return { count, itemIndexes: views.indexes, scores: views.scores };
  }

  /** The canonical score of `row` with one item. */
  score(row: Float32Array, itemIndex: number): number {
    this.#currentViews().row.set(row);
    return this.#kernels.exports.score(this.#row, this.#items.rowAddress(itemIndex), this.stride * 4);
  }

  /** A copy of an item's row. */
  rowOf(itemIndex: number): Float32Array {
    return this.#kernels.arena.f32(this.#items.rowAddress(itemIndex), this.stride).slice();
  }

  /** An index of its own with more room; the old one's memory is lost, at most as much again by the growth of `roomier`. */
  #moveTo(capacity: number): void {
    const { count, stride } = this, searchers = this.#searchers;
    const rows = { rows: this.#items.copyRows(), count, stride, searchers };
    this.#items = new ItemIndex(this.#kernels, rows, capacity);
    this.#search = allocateSearches(this.#kernels.arena, this.#items, 1);
    this.#reserve(this.#capacity, this.#excludedCapacity);
  }

  #reserve(n: number, excludedCount: number): void {
    const { arena } = this.#kernels;
    if (n > this.#capacity) {
      this.#capacity = 2 ** Math.ceil(Math.log2(n));
      this.#indexes = arena.allocate(this.#capacity * 4);
      this.#scores = arena.allocate(this.#capacity * 4);
    }
    if (excludedCount > this.#excludedCapacity) {
      this.#excludedCapacity = 2 ** Math.ceil(Math.log2(excludedCount));
      this.#excluded = arena.allocate(this.#excludedCapacity * 4);
    }
    this.#makeViews();
    const { search } = this.#views;
    search[SEARCH_ROW] = this.#row;
    search[SEARCH_INDEXES] = this.#indexes;
    search[SEARCH_SCORES] = this.#scores;
  }

  /** Memory that grew, by whoever allocated, has detached the old views. */
  #currentViews(): Views {
    if (this.#views.row.buffer !== this.#kernels.memory.buffer) this.#makeViews();
    return this.#views;
  }

  #makeViews(): void {
    const { arena } = this.#kernels;
    this.#views = {
      row: arena.f32(this.#row, this.stride),
      search: arena.u32(this.#search, SEARCH_BYTES / 4),
      excluded: arena.u32(this.#excluded, this.#excludedCapacity),
      indexes: arena.u32(this.#indexes, this.#capacity),
      scores: arena.f32(this.#scores, this.#capacity),
    };
  }
}

/** Room for the first new items: another place is an index made anew, and whoever searches waits for it. */
function withSomeRoom(count: number): number {
  return count + 256 + Math.ceil(count / 16);
}

/** Room for new items, so that most of them need no other place. */
function roomier(count: number): number {
  return Math.ceil(1.5 * count) + 256;
}
