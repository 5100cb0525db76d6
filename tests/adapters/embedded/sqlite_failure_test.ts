import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { failureOf, isBusy } from "../../../src/adapters/embedded/sqlite_failure.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";
import { temporaryPath } from "./temporary_file.ts";

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  assert.fail("nothing was thrown");
}

describe("failureOf", () => {
  it("leaves errors that are not SQLite's as they are", () => {
    for (const error of [new BadInput("x"), new TypeError("y"), "z"]) {
      assert.equal(failureOf("read", "f", error), error);
    }
  });

  it("says what was attempted on which file, with SQLite's error as the cause", () => {
    const database = new DatabaseSync(":memory:");
    const cause = errorOf(() => database.prepare("SELECT wings"));
    const failure = failureOf("count", "foz.db", cause);
    database.close();
    assert.ok(failure instanceof OutsideFailure);
    assert.equal(failure.message, "cannot count in the store foz.db: no such column: wings");
    assert.equal(failure.cause, cause);
  });

  it("knows a lock by its number and by its sentence", () => {
    const path = temporaryPath();
    const one = new DatabaseSync(path), other = new DatabaseSync(path);
    one.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
    other.exec("PRAGMA busy_timeout = 0");
    one.exec("BEGIN IMMEDIATE");
    const begin = other.prepare("BEGIN IMMEDIATE");
    for (const error of [errorOf(() => begin.run()), errorOf(() => other.exec("BEGIN IMMEDIATE"))]) {
      assert.ok(isBusy(error));
      assert.match((failureOf("write", path, error) as Error).message, /another process holds it locked/);
    }
    one.close(), other.close();
    assert.equal(isBusy(new Error("database is locked")), false);
  });
});
