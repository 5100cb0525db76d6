/** Titles in memory. */
import type { ItemCatalog, ItemDescription } from "../../ports/item_catalog.ts";

export class MemoryItemCatalog implements ItemCatalog {
  readonly #titles = new Map<string, string>();

  async put(items: readonly ItemDescription[]): Promise<void> {
    for (const { itemId, title } of items) this.#titles.set(itemId, title);
  }

  async titles(itemIds: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const itemId of itemIds) {
      const title = this.#titles.get(itemId);
      if (title !== undefined) found.set(itemId, title);
    }
    return found;
  }

  async count(): Promise<number> {
    return this.#titles.size;
  }
}
