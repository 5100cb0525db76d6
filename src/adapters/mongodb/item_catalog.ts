/** Titles in MongoDB: a document for each item, `items`. */
import type { Collection } from "mongodb";
import type { ItemCatalog, ItemDescription } from "../../ports/item_catalog.ts";
import type { Connection } from "./connection.ts";
import { isDuplicate } from "./mongo_failure.ts";

interface ItemDocument {
  readonly _id: string;
  readonly title: string;
}

const BATCH_COUNT = 2_000;

export class MongoItemCatalog implements ItemCatalog {
  readonly #connection: Connection;
  readonly #documents: Collection<ItemDocument>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#documents = connection.collection<ItemDocument>("items");
  }

  async put(items: readonly ItemDescription[]): Promise<void> {
    const documents = [...new Map(items.map(({ itemId, title }) => [itemId, title]))]
      .map(([_id, title]) => ({ _id, title }));
    for (let start = 0; start < documents.length; start += BATCH_COUNT) {
      const batch = documents.slice(start, start + BATCH_COUNT);
      await this.#connection.run("write titles of items", () => this.#write(batch));
    }
  }

  async titles(itemIds: readonly string[]): Promise<Map<string, string>> {
    const titles = new Map<string, string>();
    for (let start = 0; start < itemIds.length; start += BATCH_COUNT) {
      const wanted = itemIds.slice(start, start + BATCH_COUNT);
      const found = await this.#connection.run(
        "read titles of items",
        () => this.#documents.find({ _id: { $in: wanted } }).toArray(),
      );
      for (const { _id, title } of found) titles.set(_id, title);
    }
    return titles;
  }

  count(): Promise<number> {
    return this.#connection.run("count the titles", () => this.#documents.countDocuments());
  }

  /** Most are new, and inserting is several times as fast as replacing. */
  async #write(batch: readonly ItemDocument[]): Promise<void> {
    try {
      await this.#documents.insertMany([...batch], { ordered: false });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const operations = batch.map(({ _id, title }) => ({
        updateOne: { filter: { _id }, update: { $set: { title } }, upsert: true },
      }));
      await this.#documents.bulkWrite(operations, { ordered: false });
    }
  }
}
