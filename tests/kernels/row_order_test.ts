import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { blockRowsOf, GROUP_ROWS, heavyFirst, planWork } from "../../src/kernels/row_order.ts";

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

/** A plan over rows of so many entries each, given heavy first. */
function planOf(counts: number[], fixed: { count: number; rowBytes: number }) {
  const indptr = new Uint32Array(counts.length + 1), order = Uint32Array.from(counts, (_, k) => k);
  counts.forEach((count, row) => indptr[row + 1] = indptr[row] + count);
  const starts = new Uint32Array(counts.length + 1), plan = planWork(indptr, order, starts, fixed);
  return { ...plan, starts: [...starts.subarray(0, plan.unitCount + 1)] };
}

describe("planWork", () => {
  const small = { count: 1000, rowBytes: 256 }, large = { count: 200_000, rowBytes: 256 };

  it("cuts all rows into units, in order, without a gap", () => {
    for (const fixed of [small, large]) {
      const counts = Array.from({ length: 3000 }, (_, k) => Math.floor(90_000 / (k + 1)));
      const { starts, unitCount } = planOf(counts, fixed);
      assert.deepEqual([starts[0], starts[unitCount]], [0, 3000]);
      for (let k = 0; k < unitCount; k++) assert.ok(starts[k] < starts[k + 1]);
    }
  });

  it("gives a heavy row a unit of its own, light ones a common one", () => {
    const { starts, groupCount } = planOf([9000, 5000, ...new Array<number>(100).fill(3)], small);
    assert.deepEqual(starts, [0, 1, 2, 66, 102]);
    assert.equal(groupCount, 0);
  });

  it("groups long rows over fixed rows that no cache holds", () => {
    const blocks = large.count / blockRowsOf(large.rowBytes), long = Math.ceil(8 * blocks);
    const { starts, groupCount } = planOf([
      ...new Array<number>(600).fill(long),
      ...new Array<number>(10).fill(long - 1),
    ], large);
    assert.deepEqual([groupCount, starts.slice(0, 3)], [2, [0, GROUP_ROWS, 600]]);
    assert.equal(planOf(new Array<number>(600).fill(long), { ...large, count: 60_000 }).groupCount, 0);
  });

  it("ends a group when each fixed row was touched often enough", () => {
    const { starts, groupCount } = planOf(new Array<number>(64).fill(100_000), large);
    assert.deepEqual([groupCount, starts], [2, [0, 32, 64]]);
  });

  it("takes no rows", () => {
    assert.deepEqual(planOf([], small), { unitCount: 0, groupCount: 0, starts: [0] });
  });
});
