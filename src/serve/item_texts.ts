/** What answers say about items besides numbers: ids and titles, quoted for JSON once and not with each answer. */
import type { Recommendation } from "../domain/recommendation.ts";
import type { ItemCatalog } from "../ports/item_catalog.ts";

/** Titles are asked for in portions of this many ids. */
const PORTION = 5000;

export class ItemTexts {
  readonly itemIds: readonly string[];
  readonly #titles: ReadonlyMap<string, string>;
  /** `{"itemId":"...","title":"...","score":` by item id. */
  readonly #openings = new Map<string, string>();

  constructor(itemIds: readonly string[], titles: ReadonlyMap<string, string>) {
    this.itemIds = itemIds;
    this.#titles = titles;
    for (const itemId of itemIds) this.#openings.set(itemId, this.#opening(itemId));
  }

  /** Titles of these items from the catalogue. */
  static async of(itemIds: readonly string[], catalog: Pick<ItemCatalog, "titles">): Promise<ItemTexts> {
    const titles = new Map<string, string>();
    for (let at = 0; at < itemIds.length; at += PORTION) {
      for (const [itemId, title] of await catalog.titles(itemIds.slice(at, at + PORTION))) {
        titles.set(itemId, title);
      }
    }
    return new ItemTexts(itemIds, titles);
  }

  titleOf(itemId: string): string | undefined {
    return this.#titles.get(itemId);
  }

  /** The items as a JSON array: `[{"itemId","title"?,"score","rank"}]`. */
  listJson(items: readonly Recommendation[]): string {
    let json = "[";
    for (let i = 0; i < items.length; i++) {
      const { itemId, score, rank } = items[i];
      if (i > 0) json += ",";
      json += (this.#openings.get(itemId) ?? this.#opening(itemId)) + score + ',"rank":' + rank + "}";
    }
    return json + "]";
  }

  #opening(itemId: string): string {
    const title = this.#titles.get(itemId);
    const titlePart = title === undefined ? "" : `,"title":${JSON.stringify(title)}`;
    return `{"itemId":${JSON.stringify(itemId)}${titlePart},"score":`;
  }
}
