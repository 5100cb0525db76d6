import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { inlineKernels } from "./planted_fit.ts";

describe("InlinePool", () => {
  it("calls a kernel with the arguments of worker 0 and gives its result", async () => {
    const { pool, kernels } = inlineKernels(), row = kernels.arena.allocate(32);
    kernels.arena.f32(row, 8).fill(3);
    assert.deepEqual(await pool.run("score", (worker) => [row, row, worker === 0 ? 32 : NaN]), [72]);
    assert.deepEqual([pool.workerCount, pool.memory], [1, kernels.memory]);
  });

  it("gives 0 for a kernel without result", async () => {
    const { pool, kernels } = inlineKernels(), row = kernels.arena.allocate(32);
    assert.deepEqual(await pool.run("fillNoiseRow", () => [row, 32, 8, 1, 0, 1]), [0]);
  });

  it("rejects a kernel that does not exist, and one that traps", async () => {
    const { pool } = inlineKernels();
    await assert.rejects(pool.run("nothing", () => []), /no kernel is called "nothing"/);
    await assert.rejects(pool.run("score", () => [2 ** 31, 2 ** 31, 32]), WebAssembly.RuntimeError);
    await pool.close();
  });
});
