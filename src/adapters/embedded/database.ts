/** One connection to the file of an embedded store: opening, transactions, and what goes wrong. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { OutsideFailure } from "../../domain/failure.ts";
import { holdsInGaps } from "./residue.ts";
import {
  ADDED_IN_2,
  ADDED_IN_3,
  ADDED_IN_4,
  ADDED_IN_5,
  APPLICATION_ID,
  SCHEMA,
  SCHEMA_VERSION,
} from "./schema.ts";
import { failureOf, isBusy } from "./sqlite_failure.ts";

/** What a file of ours holds; SQLite keeps both numbers in its header. */
export interface FileForm {
  readonly applicationId: number;
  readonly version: number;
  /** Makes the tables of a new file. */
  readonly schema: string;
  /** Brings an older version of the file up to this one, if it can. */
  readonly upgrade?: (connection: DatabaseSync) => void;
}

export interface DatabaseOptions {
  /** How long to wait for another process that writes. */
  readonly lockTimeoutMs?: number;
  /** A store's if absent. */
  readonly form?: FileForm;
  /**
   * What a write survives: "power" (if absent) waits for the disk, "process" does not. For what can be made anew from the
   * log: it never holds up those who wait for the disk, nor copies the write-ahead file, which they do.
   */
  readonly survives?: "power" | "process";
}

const LOCK_TIMEOUT_MS = 10_000;
/** Between two tries for the lock. */
const RETRY_MS = 1;
/** Readers wait only while another process repairs the file after a crash. */
const READ_TIMEOUT_MS = 2_000;
/** After holding the lock for this long or longer it is left free for an eighth of that time, at least two retries. */
const LONG_HOLD_MS = 4;
const PURGE_TIMEOUT_MS = 2_000;
const PURGE_RETRY_MS = 5;

/** The write-ahead file stays whole without waiting for the disk; its greatest size here is 160 MiB. */
const PROCESS_ONLY = "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 20000";

/** Who waits for a lock does so without blocking the thread. */
const NO_TIMEOUT = "PRAGMA busy_timeout = 0";
const TRUNCATE = "PRAGMA wal_checkpoint(TRUNCATE)", PURGED = "UPDATE log_state SET purge_due = 0";

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
    const { lockTimeoutMs = LOCK_TIMEOUT_MS, form = STORE, survives = "power" } = options;
    makeFolder(path);
    let connection: DatabaseSync | undefined;
    try {
      connection = new DatabaseSync(path);
      prepareFile(connection, path, lockTimeoutMs, form);
      if (survives === "process") connection.exec(PROCESS_ONLY);
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
    const deadlineMs = performance.now() + this.#lockTimeoutMs;
    for (;;) {
      const restMs = this.#restUntilMs - performance.now();
      if (restMs > 0) await sleep(restMs);
      // No await from the lock to the commit: a read that came between would be inside this transaction.
      if (this.#tryBegin(what)) return this.#commit(what, body, onRollback);
      if (performance.now() > deadlineMs) throw this.#locked(what);
      await sleep(RETRY_MS);
    }
  }

  #commit<Result>(what: string, body: () => Result, onRollback?: () => void): Result {
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
      return this.#read(body);
    } catch (error) {
      if (!isBusy(error)) throw failureOf(what, this.path, error);
      return this.#readWaiting(what, body);
    }
  }

  #readWaiting<Result>(what: string, body: () => Result): Result {
    this.#connection.exec(`PRAGMA busy_timeout = ${READ_TIMEOUT_MS}`);
    try {
      return this.#read(body);
    } catch (error) {
      throw failureOf(what, this.path, error);
    } finally {
      this.#connection.exec(NO_TIMEOUT);
    }
  }

  #read<Result>(body: () => Result): Result {
    try {
      this.sql("BEGIN").run();
      const result = body();
      this.sql("COMMIT").run();
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /**
   * As `write`, of what must not stay anywhere: afterwards neither the file nor its write-ahead file holds what was deleted.
   * `needles` are byte strings of it. Where other processes use the file without a pause for PURGE_TIMEOUT_MS, who opens
   * it next finishes that.
   */
  async forget<Result>(
    what: string,
    needles: readonly Uint8Array[],
    body: () => Result,
    onRollback?: () => void,
  ): Promise<Result> {
    const result = await this.write(what, () => {
      this.sql("UPDATE log_state SET purge_due = 1").run();
      return body();
    }, onRollback);
    await this.purge(what, needles);
    return result;
  }

  /** The second half of `forget`, for what a transaction that said `purge_due` deleted. */
  async purge(what: string, needles: readonly Uint8Array[]): Promise<void> {
    if (!await this.#truncate()) return;
    try {
      const pageBytes = this.sql("PRAGMA page_size").get()!.page_size as number;
      if (needles.length > 0 && await holdsInGaps(this.path, pageBytes, needles)) {
        await this.#inTurn(() => this.#connection.exec("VACUUM"));
        if (!await this.#truncate()) return;
      }
      await this.write(what, () => this.#connection.exec(PURGED));
    } catch (error) {
      // It is forgotten, though some bytes of it are not overwritten yet; `purge_due` says so.
      if (!isBusy(error)) throw failureOf(what, this.path, error);
    }
  }

  /** Empties the write-ahead file into the file; false if others would not let it. */
  async #truncate(): Promise<boolean> {
    const deadlineMs = performance.now() + PURGE_TIMEOUT_MS;
    while (performance.now() < deadlineMs) {
      if (await this.#inTurn(() => this.sql(TRUNCATE).get()!.busy === 0)) return true;
      await sleep(PURGE_RETRY_MS);
    }
    return false;
  }

  /** Between two writes of this connection; waits for nobody. */
  #inTurn<Result>(act: () => Result): Promise<Result> {
    const done = this.#lastWrite.then(act);
    this.#lastWrite = done.then(() => {}, () => {});
    return done;
  }

  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  /** False if another process holds the lock. */
  #tryBegin(what: string): boolean {
    try {
      this.sql("BEGIN IMMEDIATE").run();
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw failureOf(what, this.path, error);
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

function prepareFile(connection: DatabaseSync, path: string, lockTimeoutMs: number, form: FileForm): void {
  // Opening may block for as long as it takes; nothing else runs yet.
  connection.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
  if (isEmpty(connection)) {
    connection.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
    // Another process may have been faster.
    if (isEmpty(connection)) {
      connection.exec(
        `${form.schema}; PRAGMA application_id = ${form.applicationId}; PRAGMA user_version = ${form.version}`,
      );
    }
    connection.exec("COMMIT");
  }
  checkApplication(connection, path, form);
  form.upgrade?.(connection);
  checkVersion(connection, path, form);
  connection.exec(`
    PRAGMA busy_timeout = ${READ_TIMEOUT_MS};
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA cache_size = -32768;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA journal_size_limit = 67108864;
  `);
  if (form === STORE) finishPurge(connection);
  connection.exec(NO_TIMEOUT);
}

/** A process ended before what it forgot was out of the files. What it was is not known any more: all pages are made anew. */
function finishPurge(connection: DatabaseSync): void {
  if (connection.prepare("SELECT purge_due FROM log_state").get()!.purge_due === 0) return;
  try {
    connection.exec("VACUUM");
    if (connection.prepare(TRUNCATE).get()!.busy === 0) connection.exec(PURGED);
  } catch (error) {
    // Somebody else uses the file: who opens it next, or forgets somebody, does it.
    if (!isBusy(error)) throw error;
  }
}

function isEmpty(connection: DatabaseSync): boolean {
  return connection.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function checkApplication(connection: DatabaseSync, path: string, form: FileForm): void {
  const application = connection.prepare("PRAGMA application_id").get()!.application_id;
  if (application !== form.applicationId) {
    const what = form === STORE ? "a store" : "a file of topics";
    const ours = application === STORE.applicationId
      ? "a store, and topics have a file of their own"
      : undefined;
    throw new OutsideFailure(
      `cannot use ${path} as ${what}: it is ${
        ours ?? "a SQLite database of another program"
      }; name another file`,
    );
  }
}

/** Older stores lack tables and columns and are otherwise the same. */
function upgrade(connection: DatabaseSync): void {
  const added: Readonly<Record<number, string>> = {
    1: ADDED_IN_2,
    2: ADDED_IN_3,
    3: ADDED_IN_4,
    4: ADDED_IN_5,
  };
  for (const [version, statements] of Object.entries(added)) {
    if (versionOf(connection) !== Number(version)) continue;
    connection.exec("BEGIN IMMEDIATE");
    // Another process may have been faster.
    if (versionOf(connection) === Number(version)) {
      connection.exec(`${statements}; PRAGMA user_version = ${Number(version) + 1}`);
    }
    connection.exec("COMMIT");
  }
}

function versionOf(connection: DatabaseSync): unknown {
  return connection.prepare("PRAGMA user_version").get()!.user_version;
}

function checkVersion(connection: DatabaseSync, path: string, form: FileForm): void {
  const version = versionOf(connection);
  if (version !== form.version) {
    throw new OutsideFailure(
      `cannot use the store: database ${path} has schema version ${version}, this program reads ${form.version}`,
    );
  }
}

const STORE: FileForm = { applicationId: APPLICATION_ID, version: SCHEMA_VERSION, schema: SCHEMA, upgrade };

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
