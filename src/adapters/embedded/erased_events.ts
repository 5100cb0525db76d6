/** Ids of events whose user was erased, as salted hashes: enough to know one that is sent again, not to say what it was. */
import { hash } from "node:crypto";
import type { Database } from "./database.ts";

const HASH_BYTES = 16;

/** A store's salt never changes. */
const salts = new WeakMap<Database, Uint8Array>();

function saltOf(database: Database): Uint8Array {
  let salt = salts.get(database);
  if (salt === undefined) {
    salt = database.sql("SELECT salt FROM log_state").get()!.salt as Uint8Array;
    salts.set(database, salt);
  }
  return salt;
}

/** SHA-256 of the store's salt and the text, cut to 128 bits. To be called in a transaction. */
export function saltedHash(database: Database, text: string): Uint8Array {
  const salt = saltOf(database);
  const bytes = new TextEncoder().encode(text), salted = new Uint8Array(salt.length + bytes.length);
  salted.set(salt);
  salted.set(bytes, salt.length);
  return hash("sha256", salted, "buffer").subarray(0, HASH_BYTES);
}

export class ErasedEvents {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** To be called in a transaction that writes. */
  add(eventId: string, offset: number): void {
    this.#database.sql("INSERT OR IGNORE INTO erased_events VALUES (?, ?)")
      .run(saltedHash(this.#database, eventId), offset);
  }

  /** Where the event stood, if it was erased. To be called in a transaction. */
  find(eventId: string): number | undefined {
    return this.#database.sql("SELECT at_offset FROM erased_events WHERE hash = ?")
      .get(saltedHash(this.#database, eventId))?.at_offset as number | undefined;
  }
}
