/** Documents that were made anew after their generation's set was written: one row each, in front of the set. */
import type { StoredList } from "../../ports/recommendation_store.ts";
import type { Database } from "./database.ts";
import { saltedHash } from "./erased_events.ts";

/** All methods are to be called in a transaction. */
export class RefreshedLists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The user's list; without items it says that the user has no document, whatever the set holds. */
  find(generation: string, userId: string): StoredList | undefined {
    const row = this.#database.sql(
      "SELECT applied_offset, items FROM refreshed_lists WHERE generation = ? AND user_hash = ?",
    ).get(generation, saltedHash(this.#database, userId));
    if (row === undefined) return undefined;
    const pairs = JSON.parse(row.items as string) as [itemId: string, score: number][];
    const items = pairs.map(([itemId, score], place) => ({ itemId, score, rank: place + 1 }));
    return { userId, generation, appliedOffset: row.applied_offset as number, items };
  }

  /** `isInSet`: the generation's set has a document for the user. */
  put({ generation, userId, appliedOffset, items }: StoredList, timeMs: number, isInSet: boolean): void {
    this.#database.sql("INSERT OR REPLACE INTO refreshed_lists VALUES (?, ?, ?, ?, ?, ?)").run(
      generation,
      saltedHash(this.#database, userId),
      appliedOffset,
      timeMs,
      Number(items.length > 0) - Number(isInSet),
      JSON.stringify(items.map(({ itemId, score }) => [itemId, score])),
    );
  }

  /** How many documents there are more than in the set. */
  countChange(generation: string): number {
    const row = this.#database.sql(
      "SELECT coalesce(sum(list_change), 0) AS change FROM refreshed_lists WHERE generation = ?",
    ).get(generation)!;
    return row.change as number;
  }

  generations(): string[] {
    const rows = this.#database.sql("SELECT DISTINCT generation FROM refreshed_lists").all();
    return rows.map((row) => row.generation as string);
  }

  removeGeneration(generation: string): void {
    this.#database.sql("DELETE FROM refreshed_lists WHERE generation = ?").run(generation);
  }

  /** Of all generations. */
  removeUser(userId: string): void {
    this.#database.sql("DELETE FROM refreshed_lists WHERE user_hash = ?").run(
      saltedHash(this.#database, userId),
    );
  }
}
