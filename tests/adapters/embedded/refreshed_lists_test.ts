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
      lists.put(listOf("new", ["a", "\0"]), 1, false);
      lists.put(listOf("known", ["b"]), 1, true);
      lists.put(listOf("emptied", []), 1, true);
      lists.put(listOf("nothing at all", []), 1, false);
      lists.put(listOf("new", ["c"], "g000002"), 1, false);
    });
    assert.deepEqual(lists.find("g000001", "new"), listOf("new", ["a", "\0"]));
    assert.deepEqual(lists.find("g000001", "emptied"), listOf("emptied", []));
    assert.equal(lists.find("g000001", "nobody"), undefined);
    const states = ["new", "known", "emptied", "nothing at all"].map((userId) =>
      lists.stateOf("g000001", userId)
    );
    assert.deepEqual(states, [false, true, true, false].map((isInSet) => ({ appliedOffset: 9, isInSet })));
    assert.equal(lists.stateOf("g000001", "nobody"), undefined);
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

  it("does not name users", async () => {
    const database = newDatabase(), lists = new RefreshedLists(database);
    await database.write("put", () => lists.put(listOf("a distinctive user", ["an item"]), 1, false));
    const [row] = database.sql("SELECT * FROM refreshed_lists").all();
    const texts = Object.values(row).map((value) =>
      value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : String(value)
    );
    assert.ok(texts.includes("g000001") && texts.some((text) => text.includes("an item")));
    assert.ok(!texts.some((text) => text.includes("distinctive")));
    database.close();
  });
});
