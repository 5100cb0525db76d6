/** Searches as core-wasm/assembly/top_n.ts reads them: their fields, and the scratch they work in. */
import type { Arena } from "./arena.ts";
import type { ItemIndex } from "./item_index.ts";

export const SEARCH_BYTES = 128;

/** Fields of a search that TypeScript writes, as places of u32. The kernels set the rest. */
export const SEARCH_ROW = 0;
export const SEARCH_LEVELS = 1;
export const SEARCH_MARKS = 2;
export const SEARCH_FORM = 3;
export const SEARCH_INDEXES = 4;
export const SEARCH_SCORES = 5;
export const SEARCH_N = 6;

/**
 * Allocates `count` searches among `items`, and 128 bytes behind them, with room for the scanned forms of their
 * rows and the levels of those, and with marks, which are 0 between searches. Gives the address of the first; they are SEARCH_BYTES apart.
 */
export function allocateSearches(arena: Arena, items: ItemIndex, count: number): number {
  const levelBytes = items.columns * 2,
    formBytes = items.columns * 4,
    markBytes = Math.ceil(items.capacity / 8);
  const searches = arena.allocate(count * SEARCH_BYTES + 128);
  const forms = arena.allocate(count * formBytes);
  const levels = arena.allocate(count * levelBytes), marks = arena.allocate(count * markBytes);
  arena.u8(marks, count * markBytes).fill(0);
  const fields = arena.u32(searches, count * SEARCH_BYTES / 4);
  for (let k = 0; k < count; k++) {
    fields[k * SEARCH_BYTES / 4 + SEARCH_LEVELS] = levels + k * levelBytes;
    fields[k * SEARCH_BYTES / 4 + SEARCH_MARKS] = marks + k * markBytes;
    fields[k * SEARCH_BYTES / 4 + SEARCH_FORM] = forms + k * formBytes;
  }
  return searches;
}
