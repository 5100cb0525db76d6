import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { instantiateKernels, sharedMemory } from "../../src/kernels/kernel_module.ts";

describe("instantiateKernels", () => {
  it("gives the portable build a memory of its own, with the arena above the heap base", async () => {
    const { module } = await loadKernel("portable");
    const one = instantiateKernels(module), two = instantiateKernels(module);
    assert.notEqual(one.memory, two.memory);
    assert.equal(one.arena.top, one.exports.heapBase());
    assert.equal(one.arena.top % 64, 0);
  });

  it("runs the fast build over a shared memory, which the arena grows for all instances", async () => {
    const { module } = await loadKernel("fast"), memory = sharedMemory();
    const one = instantiateKernels(module, memory), other = instantiateKernels(module, memory);
    const row = one.arena.allocate(2 ** 20);
    one.arena.f32(row, 8).fill(2);
    assert.ok(memory.buffer instanceof SharedArrayBuffer);
    assert.equal(other.exports.score(row, row, 32), 32);
  });

  it("does not run the fast build over a memory that is not shared", async () => {
    const { module } = await loadKernel("fast");
    assert.throws(() => instantiateKernels(module), WebAssembly.LinkError);
  });
});
