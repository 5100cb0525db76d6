import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { PopularItems } from "../../src/recommend/popular.ts";

describe("PopularItems", () => {
  const popular = new PopularItems(Uint32Array.of(3, 9, 0, 9, 4_000_000_000, 3));

  it("orders items by their number of interactions, ties by index", () => {
    assert.deepEqual([...popular.order], [4, 1, 3, 0, 5, 2]);
  });

  it("gives the first n that are not excluded, fewer where there are no more", () => {
    assert.deepEqual(popular.top(2, new Set()), [4, 1]);
    assert.deepEqual(popular.top(3, new Set([1, 4])), [3, 0, 5]);
    assert.deepEqual(popular.top(9, new Set([0, 2])), [4, 1, 3, 5]);
    assert.deepEqual(popular.top(1, new Set([0, 1, 2, 3, 4, 5])), []);
  });
});
