/** Titles in the embedded store. */
import type { ItemCatalog, ItemDescription } from "../../ports/item_catalog.ts";
import type { Database } from "./database.ts";

/** One transaction writes this many: other writers get in between. */
const TRANSACTION_ITEMS = 20_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class EmbeddedItemCatalog implements ItemCatalog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(items: readonly ItemDescription[]): Promise<void> {
    for (let start = 0; start < items.length; start += TRANSACTION_ITEMS) {
      await this.#database.write("write titles of items", () => {
        const insert = this.#database.sql("INSERT OR REPLACE INTO item_titles VALUES (?, ?)");
        for (const { itemId, title } of items.slice(start, start + TRANSACTION_ITEMS)) {
          insert.run(encoder.encode(itemId), encoder.encode(title));
        }
      });
    }
  }

  async titles(itemIds: readonly string[]): Promise<Map<string, string>> {
    return this.#database.read("read titles of items", () => {
      const select = this.#database.sql("SELECT title FROM item_titles WHERE id = ?");
      const titles = new Map<string, string>();
      for (const itemId of itemIds) {
        const title = select.get(encoder.encode(itemId))?.title;
        if (title !== undefined) titles.set(itemId, decoder.decode(title as Uint8Array));
      }
      return titles;
    });
  }

  async count(): Promise<number> {
    return this.#database.read("count the titles", () => {
      return this.#database.sql("SELECT count(*) AS count FROM item_titles").get()!.count as number;
    });
  }
}
