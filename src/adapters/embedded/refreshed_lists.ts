/** Documents that were made anew after their generation's set was written: one row each, in front of the set. */
import { packIds, unpackIds } from "../../domain/id_list.ts";
import type { Recommendation } from "../../domain/recommendation.ts";
import type { StoredList } from "../../ports/recommendation_store.ts";
import { bytesOf, floatsOf } from "./blobs.ts";
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
      "SELECT applied_offset, item_ids, scores FROM refreshed_lists WHERE generation = ? AND user_hash = ?",
    ).get(generation, saltedHash(this.#database, userId));
    if (row === undefined) return undefined;
    const scores = floatsOf(row.scores as Uint8Array);
    const items = unpackIds(row.item_ids as Uint8Array)
      .map((itemId, place) => ({ itemId, score: scores[place], rank: place + 1 }));
    return { userId, generation, appliedOffset: row.applied_offset as number, items };
  }

  /** Puts it in the place of the user's row unless that knows more; false if there is none. */
  replace({ generation, userId, appliedOffset, items }: StoredList, timeMs: number): boolean {
    const hash = saltedHash(this.#database, userId);
    // Every expression sees the row as it was.
    const { changes } = this.#database.sql(
      `UPDATE refreshed_lists SET applied_offset = ?3, written_at_ms = ?4, item_ids = ?5, scores = ?6,
         list_change = list_change + (length(?6) > 0) - (length(scores) > 0)
       WHERE generation = ?1 AND user_hash = ?2 AND applied_offset <= ?3`,
    ).run(generation, hash, appliedOffset, timeMs, ...packed(items));
    return changes === 1 || this.#has(generation, hash);
  }

  /** Of a user without a row. `isInSet`: the generation's set has a document for the user. */
  add({ generation, userId, appliedOffset, items }: StoredList, timeMs: number, isInSet: boolean): void {
    this.#database.sql("INSERT INTO refreshed_lists VALUES (?, ?, ?, ?, ?, ?, ?)").run(
      generation,
      saltedHash(this.#database, userId),
      appliedOffset,
      timeMs,
      Number(items.length > 0) - Number(isInSet),
      ...packed(items),
    );
  }

  #has(generation: string, hash: Uint8Array): boolean {
    const row = this.#database.sql("SELECT 1 FROM refreshed_lists WHERE generation = ? AND user_hash = ?")
      .get(generation, hash);
    return row !== undefined;
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

/** Ids and scores. */
function packed(items: readonly Recommendation[]): [Uint8Array, Uint8Array] {
  return [
    packIds(items.map(({ itemId }) => itemId)),
    bytesOf(Float32Array.from(items, ({ score }) => score)),
  ];
}
