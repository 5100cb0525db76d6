import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { SlotArray } from "../../../src/online/transformers/slot_array.ts";

describe("SlotArray", () => {
  it("has its initial value wherever nothing was set, and keeps the rest when it grows", () => {
    const array = new SlotArray(Infinity);
    array.set(3, 7);
    assert.deepEqual([array.get(3), array.get(2), array.get(9999)], [7, Infinity, Infinity]);
    array.set(1000, 5);
    assert.deepEqual([array.get(3), array.get(999), array.get(1000)], [7, Infinity, 5]);
  });

  it("comes back from what was saved", () => {
    const array = new SlotArray(0), other = new SlotArray(0);
    array.set(1, 2), array.set(40, 3);
    assert.deepEqual([...array.save(3)], [0, 2, 0]);
    other.load(array.save(41));
    assert.equal(other.get(40), 3);
  });
});
