import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { Rows } from "../../src/kernels/online_rows.ts";
import { kernelModule } from "../online/make_model.ts";

describe("Rows", () => {
  it("keep what was written when they grow, and begin as zeros", () => {
    const rows = new Rows(instantiateKernels(kernelModule), 16);
    for (let index = 0; index < 100; index++) {
      rows.add();
      assert.equal(rows.addressOf(index), rows.base + 16 * index);
      assert.deepEqual([...rows.view().subarray(2 * index)], [0, 0]);
      rows.view().set([index, -index], 2 * index);
    }
    assert.deepEqual([...rows.view()], Array.from({ length: 100 }, (_, index) => [index, -index]).flat());
    assert.equal(rows.addressOf(-1), 0);
  });

  it("come back from what was saved", () => {
    const rows = new Rows(instantiateKernels(kernelModule), 16);
    rows.load(Float64Array.of(1, 2, 3, 4));
    rows.add();
    assert.equal(rows.count, 3);
    assert.deepEqual([...rows.view()], [1, 2, 3, 4, 0, 0]);
  });
});
