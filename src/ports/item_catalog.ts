/** Titles of items, for people. tests/contracts/item_catalog.ts holds every adapter to this. */
export interface ItemDescription {
  readonly itemId: string;
  readonly title: string;
}

export interface ItemCatalog {
  /** Adds or replaces. */
  put(items: readonly ItemDescription[]): Promise<void>;
  /** Titles of those that are known. */
  titles(itemIds: readonly string[]): Promise<Map<string, string>>;
  count(): Promise<number>;
}
