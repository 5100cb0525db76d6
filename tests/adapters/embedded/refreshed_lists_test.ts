import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RefreshedLists } from "../../../src/adapters/embedded/refreshed_lists.ts";
import { newDatabase } from "./temporary_file.ts";

const listOf = (userId: string, itemIds: readonly string[], generation = "g000001") => ({
  userId,
  generation,
  appliedOffset: 9,
  items: itemIds.map((itemId, place) => ({ itemId, score: Math.fround(0.1 * place), rank: place + 1 })),
});

describe("RefreshedLists", () => {
  it("gives back what was put, and how many documents there are more than in the set", async () => {
    const database = newDatabase(), lists = new RefreshedLists(database);
    await database.write("put", () => {
      lists.add(listOf("new", ["a", "\0"]), 1, false);
      lists.add(listOf("known", ["b"]), 1, true);
      lists.add(listOf("emptied", []), 1, true);
      lists.add(listOf("nothing at all", []), 1, false);
      lists.add(listOf("new", ["c"], "g000002"), 1, false);
    });
    assert.deepEqual(lists.find("g000001", "new"), listOf("new", ["a", "\0"]));
    assert.deepEqual(lists.find("g000001", "emptied"), listOf("emptied", []));
    assert.equal(lists.find("g000001", "nobody"), undefined);
    assert.equal(lists.countChange("g000001"), 1 + 0 - 1 + 0);
    assert.equal(lists.countChange("g000003"), 0);
    assert.deepEqual(lists.generationsOf("new"), ["g000001", "g000002"]);
    await database.write("remove", () => lists.removeUser("new"));
    assert.deepEqual(lists.generationsOf("new"), []);
    assert.deepEqual(lists.generationsOf("known"), ["g000001"]);
    assert.equal(lists.countChange("g000001"), -1);
    await database.write("remove", () => lists.removeGeneration("g000001"));
    assert.deepEqual(lists.generationsOf("known"), []);
    database.close();
  });

  it("replaces what knows no more, and keeps count through full and empty", async () => {
    const database = newDatabase(), lists = new RefreshedLists(database);
    const replace = (userId: string, appliedOffset: number, itemIds: readonly string[]) =>
      database.write("replace", () => lists.replace({ ...listOf(userId, itemIds), appliedOffset }, 2));
    assert.equal(await replace("new", 9, ["a"]), false);
    await database.write("add", () => {
      lists.add(listOf("new", ["a"]), 1, false);
      lists.add(listOf("in the set", ["a"]), 1, true);
    });
    assert.equal(lists.countChange("g000001"), 1);
    // Known, though not changed: what stands there knows more.
    assert.equal(await replace("new", 8, ["older"]), true);
    assert.deepEqual(lists.find("g000001", "new"), listOf("new", ["a"]));
    const changes: number[] = [];
    for (const itemIds of [[], [], ["b", "c"], ["d"]]) {
      for (const userId of ["new", "in the set"]) {
        assert.equal(await replace(userId, 10, itemIds), true);
        assert.deepEqual(lists.find("g000001", userId), { ...listOf(userId, itemIds), appliedOffset: 10 });
        changes.push(lists.countChange("g000001"));
      }
    }
    // Of the new user a list more or none, of the other none or one less.
    assert.deepEqual(changes, [0, -1, -1, -1, 0, 1, 1, 1]);
    database.close();
  });

  it("does not name users", async () => {
    const database = newDatabase(), lists = new RefreshedLists(database);
    await database.write("put", () => lists.add(listOf("a distinctive user", ["an item"]), 1, false));
    const [row] = database.sql("SELECT * FROM refreshed_lists").all();
    const texts = Object.values(row).map((value) =>
      value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : String(value)
    );
    assert.ok(texts.includes("g000001") && texts.some((text) => text.includes("an item")));
    assert.ok(!texts.some((text) => text.includes("distinctive")));
    database.close();
  });
});
