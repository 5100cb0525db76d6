import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { IdCodes } from "../../../src/adapters/embedded/id_codes.ts";
import { temporaryPath } from "./temporary_file.ts";

describe("IdCodes", () => {
  let one: Database, other: Database;
  beforeEach(() => {
    const path = temporaryPath();
    one = Database.open(path), other = Database.open(path);
  });
  afterEach(() => (one.close(), other.close()));

  function add(database: Database, codes: IdCodes, ids: readonly string[]): Promise<number[]> {
    return database.write("add ids", () => {
      codes.refresh();
      return ids.map((id) => codes.codeOf(id));
    }, () => codes.forget());
  }

  it("gives dense codes that two connections share", async () => {
    const mine = new IdCodes(one, "users"), theirs = new IdCodes(other, "users");
    assert.deepEqual(await add(one, mine, ["a", "b", "a"]), [0, 1, 0]);
    assert.deepEqual(await add(other, theirs, ["c", "b"]), [2, 1]);
    assert.deepEqual(await add(one, mine, ["d", "c"]), [3, 2]);
    assert.deepEqual(theirs.list(0), ["a", "b", "c", "d"]);
    assert.deepEqual(mine.list(3), ["d"]);
    assert.equal(theirs.find("d"), 3);
    assert.equal(theirs.find("D"), undefined);
    assert.equal(theirs.idOf(3), "d");
  });

  it("keeps users and items apart", async () => {
    await add(one, new IdCodes(one, "users"), ["a"]);
    assert.equal(new IdCodes(one, "items").find("a"), undefined);
  });

  it("gives codes of a rolled back transaction again", async () => {
    const codes = new IdCodes(one, "items");
    const failing = one.write("fail", () => {
      codes.refresh();
      codes.codeOf("lost");
      throw new Error("no");
    }, () => codes.forget());
    await assert.rejects(failing, /no/);
    assert.equal(codes.find("lost"), undefined);
    assert.deepEqual(await add(one, codes, ["kept", "lost"]), [0, 1]);
  });
});
