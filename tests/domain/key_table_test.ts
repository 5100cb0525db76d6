import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { KeyTable } from "../../src/domain/key_table.ts";

const ANY = () => true;

describe("KeyTable", () => {
  it("numbers keys in the order in which they are added", () => {
    const table = new KeyTable();
    assert.equal(table.add(Uint32Array.of(1, 2, 3, 4), 0), 0);
    assert.equal(table.add(Uint32Array.of(9, 9, 5, 6, 7, 8), 2), 1);
    assert.equal(table.count, 2);
    assert.equal(table.find(Uint32Array.of(5, 6, 7, 8), 0, ANY), 1);
    assert.deepEqual(table.keyOf(0), Uint32Array.of(1, 2, 3, 4));
  });

  it("compares all four words", () => {
    const table = new KeyTable();
    table.add(Uint32Array.of(1, 2, 3, 4), 0);
    for (const other of [[0, 2, 3, 4], [1, 0, 3, 4], [1, 2, 0, 4], [1, 2, 3, 0]]) {
      assert.equal(table.find(Uint32Array.from(other), 0, ANY), -1);
    }
  });

  it("finds the one that is accepted among events with the same key", () => {
    const table = new KeyTable(), key = Uint32Array.of(1, 2, 3, 4);
    for (let i = 0; i < 3; i++) table.add(key, 0);
    assert.equal(table.find(key, 0, (event) => event === 2), 2);
    assert.equal(table.find(key, 0, () => false), -1);
  });

  it("finds everything when it has grown, with first words that crowd one place", () => {
    const table = new KeyTable(), count = 5000, keys = new Uint32Array(4 * count);
    for (let i = 0; i < count; i++) keys.set([i % 3, 0xffffffff - i, i, 0], 4 * i);
    for (let i = 0; i < count; i++) table.add(keys, 4 * i);
    for (let i = 0; i < count; i += 7) assert.equal(table.find(keys, 4 * i, ANY), i);
    assert.equal(table.find(Uint32Array.of(0, 1, 2, 3), 0, ANY), -1);
  });
});
