import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { heavyFirst } from "../../src/kernels/row_order.ts";

const orderOf = (counts: number[]) => {
  const indptr = new Uint32Array(counts.length + 1);
  counts.forEach((count, row) => indptr[row + 1] = indptr[row] + count);
  const order = new Uint32Array(counts.length);
  heavyFirst(indptr, order);
  return [...order];
};

describe("heavyFirst", () => {
  it("puts rows with more entries first, equal ones by index", () => {
    assert.deepEqual(orderOf([2, 0, 5, 2, 5, 1]), [2, 4, 0, 3, 5, 1]);
  });

  it("keeps rows without entries, and takes one row or none", () => {
    assert.deepEqual(orderOf([0, 0, 0]), [0, 1, 2]);
    assert.deepEqual(orderOf([9]), [0]);
    assert.deepEqual(orderOf([]), []);
  });
});
