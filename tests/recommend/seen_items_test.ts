import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { SeenItems } from "../../src/recommend/seen_items.ts";

// User 0 has seen items 2 and 5, user 1 nothing, user 2 item 0.
const base = { indptr: Uint32Array.of(0, 2, 2, 3), indices: Uint32Array.of(2, 5, 0) };

function written(seen: SeenItems, userId: string, userIndex: number | undefined): number[] {
  const out = new Uint32Array(seen.count(userId, userIndex));
  seen.write(userId, userIndex, out);
  return [...out].sort((a, b) => a - b);
}

describe("SeenItems", () => {
  it("gives what the generation knows of each user", () => {
    const seen = new SeenItems(base);
    assert.deepEqual([0, 1, 2].map((user) => written(seen, `u${user}`, user)), [[2, 5], [], [0]]);
    assert.deepEqual(written(seen, "nobody", undefined), []);
  });

  it("adds what came after, once each, for users of the generation and others", () => {
    const seen = new SeenItems(base);
    for (const item of [5, 7, 7, 0, 2, 3]) seen.add("u0", 0, `i${item}`, item);
    seen.add("new", undefined, "i5", 5);
    assert.deepEqual(written(seen, "u0", 0), [0, 2, 3, 5, 7]);
    assert.deepEqual(written(seen, "new", undefined), [5]);
    assert.deepEqual(written(seen, "u1", 1), []);
    assert.deepEqual([seen.addedCount("u0"), seen.addedCount("new"), seen.addedCount("u1")], [3, 1, 0]);
  });

  it("remembers items without an index, which no list can hold", () => {
    const seen = new SeenItems(base);
    for (const itemId of ["new item", "new item", "another"]) seen.add("u0", 0, itemId, undefined);
    assert.equal(seen.addedCount("u0"), 2);
    assert.deepEqual(written(seen, "u0", 0), [2, 5]);
    seen.nameItem("new item", 9);
    seen.nameItem("never seen", 10);
    assert.deepEqual(written(seen, "u0", 0), [2, 5, 9]);
    assert.equal(seen.addedCount("u0"), 2);
    seen.add("u0", 0, "new item", 9);
    assert.deepEqual(written(seen, "u0", 0), [2, 5, 9]);
  });

  it("knows users who came after the generation by an index too", () => {
    const seen = new SeenItems(base);
    seen.add("new", undefined, "i5", 5);
    seen.add("new", 3, "i2", 2);
    assert.deepEqual(written(seen, "new", 3), [2, 5]);
    assert.deepEqual(written(seen, "newer", 4), []);
  });

  it("takes back what was deleted, of the generation and of what came after", () => {
    const seen = new SeenItems(base);
    seen.add("u0", 0, "i7", 7);
    seen.add("u0", 0, "new", undefined);
    seen.remove("u0", 0, "i5", 5);
    seen.remove("u0", 0, "i7", 7);
    seen.remove("u0", 0, "i3", 3);
    assert.deepEqual(written(seen, "u0", 0), [2]);
    assert.equal(seen.addedCount("u0"), 1);
    seen.remove("u0", 0, "new", undefined);
    seen.nameItem("new", 9);
    assert.deepEqual(written(seen, "u0", 0), [2], "an item that got its index later");
    seen.add("u0", 0, "i5", 5);
    assert.deepEqual(written(seen, "u0", 0), [2, 5], "seen again");
    seen.remove("nobody", undefined, "i1", 1);
    assert.deepEqual(written(seen, "nobody", undefined), []);
    assert.deepEqual(written(seen, "u2", 2), [0]);
  });

  it("forgets a user", () => {
    const seen = new SeenItems(base);
    seen.add("u0", 0, "i7", 7);
    seen.add("u0", 0, "new", undefined);
    seen.add("u1", 1, "new", undefined);
    seen.remove("u0", 0, "i2", 2);
    seen.forget("u0");
    seen.nameItem("new", 9);
    assert.deepEqual(written(seen, "u0", undefined), []);
    assert.deepEqual(written(seen, "u1", 1), [9]);
    seen.forget("nobody");
  });
});
