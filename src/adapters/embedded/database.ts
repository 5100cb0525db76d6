/** One connection to the file of an embedded store: opening, transactions, and what goes wrong. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { OutsideFailure } from "../../domain/failure.ts";
import { ADDED_IN_2, APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { failureOf, isBusy } from "./sqlite_failure.ts";

export interface DatabaseOptions {
  /** How long to wait for another process that writes. */
  readonly lockTimeoutMs?: number;
}

const LOCK_TIMEOUT_MS = 10_000;
/** Between two tries for the lock. */
const RETRY_MS = 1;
/** Readers wait only while another process repairs the file after a crash. */
const READ_TIMEOUT_MS = 2_000;
/** After holding the lock for this long or longer it is left free for an eighth of that time, at least two retries. */
const LONG_HOLD_MS = 4;

export class Database {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #lockTimeoutMs: number;
  #restUntilMs = 0;
  /** Writes happen in the order in which they are asked for, however long each waits for the lock. */
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(readonly path: string, connection: DatabaseSync, lockTimeoutMs: number) {
    this.#connection = connection;
    this.#lockTimeoutMs = lockTimeoutMs;
  }

  /** Opens the file; makes it, and its folder, if absent. */
  static open(path: string, options: DatabaseOptions = {}): Database {
    const { lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
    makeFolder(path);
    let connection: DatabaseSync | undefined;
    try {
      connection = new DatabaseSync(path);
      prepareFile(connection, path, lockTimeoutMs);
      return new Database(path, connection, lockTimeoutMs);
    } catch (error) {
      connection?.close();
      throw failureOf("open the database", path, error);
    }
  }

  /** A prepared statement, kept for the next call. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#connection.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /**
   * Runs `body` in a transaction that writes; when the promise resolves it is on the disk. `body` does not await. If it
   * throws, or the commit fails, nothing of it is kept and `onRollback` is called, before anything else is done with the
   * file. Waiting for another process's lock does not block this thread.
   */
  write<Result>(what: string, body: () => Result, onRollback?: () => void): Promise<Result> {
    const written = this.#lastWrite.then(() => this.#write(what, body, onRollback));
    this.#lastWrite = written.then(() => {}, () => {});
    return written;
  }

  async #write<Result>(what: string, body: () => Result, onRollback?: () => void): Promise<Result> {
    await this.#begin(what);
    const startMs = performance.now();
    try {
      const result = body();
      this.sql("COMMIT").run();
      return result;
    } catch (error) {
      this.#rollback();
      onRollback?.();
      throw failureOf(what, this.path, error);
    } finally {
      const endMs = performance.now(), heldMs = endMs - startMs;
      // SQLite has no queue for its lock: who writes without a pause shuts every other process out.
      if (heldMs >= LONG_HOLD_MS) this.#restUntilMs = endMs + Math.max(2, heldMs / 8);
    }
  }

  /** Runs `body` over one state of the file, whatever other processes write meanwhile. `body` does not await. */
  read<Result>(what: string, body: () => Result): Result {
    try {
      this.sql("BEGIN").run();
      const result = body();
      this.sql("COMMIT").run();
      return result;
    } catch (error) {
      this.#rollback();
      throw failureOf(what, this.path, error);
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  async #begin(what: string): Promise<void> {
    const deadlineMs = performance.now() + this.#lockTimeoutMs;
    for (;;) {
      const restMs = this.#restUntilMs - performance.now();
      if (restMs > 0) await sleep(restMs);
      try {
        if (this.#tryBegin()) return;
      } catch (error) {
        throw failureOf(what, this.path, error);
      }
      if (performance.now() > deadlineMs) throw this.#locked(what);
      await sleep(RETRY_MS);
    }
  }

  /** False if another process holds the lock. */
  #tryBegin(): boolean {
    this.#connection.exec("PRAGMA busy_timeout = 0");
    try {
      this.sql("BEGIN IMMEDIATE").run();
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    } finally {
      this.#connection.exec(`PRAGMA busy_timeout = ${READ_TIMEOUT_MS}`);
    }
  }

  #locked(what: string): OutsideFailure {
    return new OutsideFailure(
      `cannot ${what} in the store ${this.path}: for ${this.#lockTimeoutMs} ms another process held it locked; ` +
        `end that process or try again`,
    );
  }

  /** After some failures SQLite has rolled back by itself and says that there is nothing to roll back. */
  #rollback(): void {
    try {
      this.#connection.exec("ROLLBACK");
    } catch {
      // The first error is the one to tell.
    }
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new OutsideFailure(`cannot make the folder of the store ${path}`, { cause });
  }
}

function prepareFile(connection: DatabaseSync, path: string, lockTimeoutMs: number): void {
  // Opening may block for as long as it takes; nothing else runs yet.
  connection.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
  if (isEmpty(connection)) {
    connection.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
    // Another process may have been faster.
    if (isEmpty(connection)) {
      connection.exec(
        `${SCHEMA}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`,
      );
    }
    connection.exec("COMMIT");
  }
  checkApplication(connection, path);
  upgrade(connection);
  checkVersion(connection, path);
  connection.exec(`
    PRAGMA busy_timeout = ${READ_TIMEOUT_MS};
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA cache_size = -32768;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA journal_size_limit = 67108864;
  `);
}

function isEmpty(connection: DatabaseSync): boolean {
  return connection.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function checkApplication(connection: DatabaseSync, path: string): void {
  const application = connection.prepare("PRAGMA application_id").get()!.application_id;
  if (application !== APPLICATION_ID) {
    throw new OutsideFailure(
      `cannot use ${path} as a store: it is a SQLite database of another program; name another file`,
    );
  }
}

/** A store of version 1 lacks one table and is otherwise the same. */
function upgrade(connection: DatabaseSync): void {
  if (versionOf(connection) !== 1) return;
  connection.exec("BEGIN IMMEDIATE");
  // Another process may have been faster.
  if (versionOf(connection) === 1) connection.exec(`${ADDED_IN_2}; PRAGMA user_version = 2`);
  connection.exec("COMMIT");
}

function versionOf(connection: DatabaseSync): unknown {
  return connection.prepare("PRAGMA user_version").get()!.user_version;
}

function checkVersion(connection: DatabaseSync, path: string): void {
  const version = versionOf(connection);
  if (version !== SCHEMA_VERSION) {
    throw new OutsideFailure(
      `cannot use the store: database ${path} has schema version ${version}, this program reads ${SCHEMA_VERSION}`,
    );
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
