/** Dense codes of ids, in order of first appearance in the log; a code never changes its meaning, but may lose it. */
import type { Database } from "./database.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** No UTF-8 begins with it: an erased user's code is kept under it and the code's eight bytes. */
const ERASED = 0xff;

export class IdCodes {
  readonly #database: Database;
  readonly #find: string;
  readonly #insert: string;
  readonly #next: string;
  readonly #list: string;
  readonly #idOf: string;
  readonly #erase: string;
  /** Codes that were asked for; true once committed, whoever writes, until somebody is erased. */
  readonly #known = new Map<string, number>();
  #nextCode = 0;

  constructor(database: Database, table: "users" | "items") {
    this.#database = database;
    this.#find = `SELECT code FROM ${table} WHERE id = ?`;
    this.#insert = `INSERT OR IGNORE INTO ${table} (code, id) VALUES (?, ?)`;
    this.#next = `SELECT coalesce(max(code) + 1, 0) AS code FROM ${table}`;
    this.#idOf = `SELECT id FROM ${table} WHERE code = ?`;
    this.#erase = `UPDATE ${table} SET id = ? WHERE code = ?`;
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

  /** The id of a code that is in the log; "" if it was erased. */
  idOf(code: number): string {
    return idOfBytes(this.#database.sql(this.#idOf).get(code)!.id as Uint8Array);
  }

  /** The code stands for nobody from now on. To be called in a transaction that writes; `forget` if it fails. */
  erase(id: string, code: number): void {
    const bytes = new Uint8Array(9);
    bytes[0] = ERASED;
    new DataView(bytes.buffer).setFloat64(1, code);
    this.#database.sql(this.#erase).run(bytes, code);
    this.#known.delete(id);
  }

  /** Drops what is remembered, which may not have been committed, or was erased since. */
  forget(): void {
    this.#known.clear();
  }

  /** The ids from a code on, by code. */
  list(fromCode: number): string[] {
    const ids: string[] = [];
    for (const row of this.#database.sql(this.#list).iterate(fromCode)) {
      ids.push(idOfBytes(row.id as Uint8Array));
    }
    return ids;
  }
}

function idOfBytes(bytes: Uint8Array): string {
  return bytes[0] === ERASED ? "" : decoder.decode(bytes);
}
