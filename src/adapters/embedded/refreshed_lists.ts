/** Documents that were made anew after their generation's set was written: one row each, in front of the set. */
import { packIds, unpackIds } from "../../domain/id_list.ts";
import type { StoredList } from "../../ports/recommendation_store.ts";
import { bytesOf, floatsOf } from "./blobs.ts";
import type { Database } from "./database.ts";
import { saltedHash } from "./erased_events.ts";

/** What a write must know of the row that it replaces. */
export interface RefreshedState {
  readonly appliedOffset: number;
  /** The generation's set has a document for the user. */
  readonly isInSet: boolean;
}

/** All methods are to be called in a transaction. */
export class RefreshedLists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The user's list; without items it says that the user has no document, whatever the set holds. */
  find(generation: string, userId: string): StoredList | undefined {
    const row = this.#database.sql(
      "SELECT applied_offset, item_ids, scores FROM refreshed_lists WHERE generation = ? AND user_hash = ?",
    ).get(generation, saltedHash(this.#database, userId));
    if (row === undefined) return undefined;
    const scores = floatsOf(row.scores as Uint8Array);
    const items = unpackIds(row.item_ids as Uint8Array)
      .map((itemId, place) => ({ itemId, score: scores[place], rank: place + 1 }));
    return { userId, generation, appliedOffset: row.applied_offset as number, items };
  }

  /** Of the user's row, if there is one. */
  stateOf(generation: string, userId: string): RefreshedState | undefined {
    const row = this.#database.sql(
      `SELECT applied_offset, list_change, length(scores) > 0 AS has_items FROM refreshed_lists
       WHERE generation = ? AND user_hash = ?`,
    ).get(generation, saltedHash(this.#database, userId));
    if (row === undefined) return undefined;
    return {
      appliedOffset: row.applied_offset as number,
      isInSet: (row.has_items as number) - (row.list_change as number) === 1,
    };
  }

  /** `isInSet`: the generation's set has a document for the user. */
  put({ generation, userId, appliedOffset, items }: StoredList, timeMs: number, isInSet: boolean): void {
    this.#database.sql("INSERT OR REPLACE INTO refreshed_lists VALUES (?, ?, ?, ?, ?, ?, ?)").run(
      generation,
      saltedHash(this.#database, userId),
      appliedOffset,
      timeMs,
      Number(items.length > 0) - Number(isInSet),
      packIds(items.map(({ itemId }) => itemId)),
      bytesOf(Float32Array.from(items, ({ score }) => score)),
    );
  }

  /** How many documents there are more than in the set. */
  countChange(generation: string): number {
    const row = this.#database.sql(
      "SELECT coalesce(sum(list_change), 0) AS change FROM refreshed_lists WHERE generation = ?",
    ).get(generation)!;
    return row.change as number;
  }

  /** Those in which the user has a row. */
  generationsOf(userId: string): string[] {
    const rows = this.#database.sql("SELECT generation FROM refreshed_lists WHERE user_hash = ? ORDER BY 1")
      .all(saltedHash(this.#database, userId));
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
