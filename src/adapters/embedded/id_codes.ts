/** Dense codes of ids, in order of first appearance in the log; a code never changes its meaning. */
import type { Database } from "./database.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class IdCodes {
  readonly #database: Database;
  readonly #find: string;
  readonly #insert: string;
  readonly #next: string;
  readonly #list: string;
  readonly #idOf: string;
  /** Codes that were asked for; true for ever once committed, whoever writes. */
  readonly #known = new Map<string, number>();
  #nextCode = 0;

  constructor(database: Database, table: "users" | "items") {
    this.#database = database;
    this.#find = `SELECT code FROM ${table} WHERE id = ?`;
    this.#insert = `INSERT OR IGNORE INTO ${table} (code, id) VALUES (?, ?)`;
    this.#next = `SELECT coalesce(max(code) + 1, 0) AS code FROM ${table}`;
    this.#idOf = `SELECT id FROM ${table} WHERE code = ?`;
    this.#list = `SELECT id FROM ${table} WHERE code >= ? ORDER BY code`;
  }

  /** To be called first in a transaction that calls `codeOf`: another process may have added ids. */
  refresh(): void {
    this.#nextCode = this.#database.sql(this.#next).get()!.code as number;
  }

  /** The code of an id, a new one if it has none. To be called in a transaction that writes; `forget` if it fails. */
  codeOf(id: string): number {
    let code = this.#known.get(id);
    if (code !== undefined) return code;
    const bytes = encoder.encode(id);
    // Most ids that are not known here are new: to try is one statement, to ask first would be two.
    const isNew = this.#database.sql(this.#insert).run(this.#nextCode, bytes).changes === 1;
    code = isNew ? this.#nextCode++ : this.#database.sql(this.#find).get(bytes)!.code as number;
    this.#known.set(id, code);
    return code;
  }

  /** The code of an id that has one. */
  find(id: string): number | undefined {
    return this.#known.get(id) ??
      this.#database.sql(this.#find).get(encoder.encode(id))?.code as number | undefined;
  }

  /** The id of a code that is in the log. */
  idOf(code: number): string {
    return decoder.decode(this.#database.sql(this.#idOf).get(code)!.id as Uint8Array);
  }

  /** Drops what is remembered, which may not have been committed. */
  forget(): void {
    this.#known.clear();
  }

  /** The ids from a code on, by code. */
  list(fromCode: number): string[] {
    const ids: string[] = [];
    for (const row of this.#database.sql(this.#list).iterate(fromCode)) {
      ids.push(decoder.decode(row.id as Uint8Array));
    }
    return ids;
  }
}
