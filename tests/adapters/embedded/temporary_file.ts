/** Files of embedded stores, for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { Database, type DatabaseOptions } from "../../../src/adapters/embedded/database.ts";

/** A path in a new folder, which is removed when the tests of the enclosing suite are over. */
export function temporaryPath(name = "foz.db"): string {
  const folder = mkdtempSync(join(tmpdir(), "foz-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** Opens a new store. */
export function newDatabase(options: DatabaseOptions = {}): Database {
  return Database.open(temporaryPath(), options);
}
