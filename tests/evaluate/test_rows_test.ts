import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  itemCountsOf,
  ofPositiveEvidence,
  ofTrainedUsers,
  withoutTrained,
} from "../../src/evaluate/test_rows.ts";
import { itemRowsOf, rowsOf } from "../reference/rows.ts";

describe("withoutTrained", () => {
  it("drops pairs that training has, keeping the others and their values", () => {
    const train = itemRowsOf([[1, 3], [], [0, 1, 2]], 4);
    const test = rowsOf([[[0, 5], [1, 4], [3, 3]], [[2, 2]], [[2, 1]]], 4);
    assert.deepEqual(withoutTrained(test, train), rowsOf([[[0, 5]], [[2, 2]], []], 4));
  });
});

describe("ofTrainedUsers", () => {
  it("empties the rows of users that training does not know", () => {
    const train = itemRowsOf([[1], [], [0]], 4);
    const test = rowsOf([[[0, 5], [2, 4]], [[2, 2]], [[3, 1]]], 4);
    assert.deepEqual(ofTrainedUsers(test, train), rowsOf([[[0, 5], [2, 4]], [], [[3, 1]]], 4));
  });
});

describe("ofPositiveEvidence", () => {
  it("drops pairs whose value is 0 or less", () => {
    const test = rowsOf([[[0, 5], [1, -4], [3, 0]], [[2, -2]], [[2, 0.1]]], 4);
    assert.deepEqual(ofPositiveEvidence(test), rowsOf([[[0, 5]], [], [[2, Math.fround(0.1)]]], 4));
  });
});

describe("itemCountsOf", () => {
  it("counts users of each item", () => {
    assert.deepEqual(itemCountsOf(itemRowsOf([[0, 2], [2], []], 4)), Uint32Array.of(1, 0, 2, 0));
  });
});
