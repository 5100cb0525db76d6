import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { GrowingRows } from "../../src/kernels/growing_rows.ts";
import { inlineKernels } from "./planted_fit.ts";

describe("growing rows", () => {
  it("keep their values while rows of zeros are added", () => {
    const given = Float32Array.from({ length: 5 * 8 }, (_, k) => k + 1);
    const { kernels } = inlineKernels(), rows = new GrowingRows(kernels, given, 8);
    assert.deepEqual(rows.view(), given);
    for (const count of [6, 70, 71, 5_000, 3]) {
      rows.reserve(count);
      assert.equal(rows.count, Math.max(5, rows.count, count));
      assert.deepEqual(rows.view().subarray(0, given.length), given);
      assert.ok(rows.view().subarray(given.length).every((x) => x === 0));
    }
    assert.deepEqual(rows.row(2), given.subarray(16, 24));
  });

  it("are zeros where memory was used before", () => {
    const { kernels } = inlineKernels(), { arena } = kernels, { top } = arena;
    const used = arena.allocate(1 << 16);
    arena.u8(used, 1 << 16).fill(255);
    arena.release(top);
    const rows = new GrowingRows(kernels, new Float32Array(8), 8);
    rows.reserve(500);
    assert.ok(rows.view().every((x) => x === 0));
  });

  it("may be none at first", () => {
    const rows = new GrowingRows(inlineKernels().kernels, new Float32Array(0), 8);
    assert.deepEqual([rows.count, rows.view().length], [0, 0]);
    rows.reserve(1);
    assert.deepEqual(rows.row(0), new Float32Array(8));
  });
});
