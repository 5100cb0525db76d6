import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { CommandBlock, kernelNames } from "../../src/adapters/deno/command_block.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { instantiateKernels, sharedMemory } from "../../src/kernels/kernel_module.ts";

const entry = new URL("../../src/commands/kernel_worker.ts", import.meta.url);
const { module } = await loadKernel("fast");

/** Starts the program with `start` and gives its first message. */
function startWorker(start: unknown): { worker: Worker; greeting: Promise<{ error?: string }> } {
  const worker = new Worker(entry, { type: "module" });
  const greeting = new Promise<{ error?: string }>((resolve) =>
    worker.onmessage = (event) => resolve(event.data)
  );
  worker.postMessage(start);
  return { worker, greeting };
}

describe("the worker's program", () => {
  it("serves kernels over the shared memory until it is asked to end", async () => {
    const memory = sharedMemory(), block = new CommandBlock(), { arena } = instantiateKernels(module, memory);
    const { worker, greeting } = startWorker({ module, memory, block: block.buffer });
    assert.deepEqual(await greeting, {});
    const row = arena.allocate(32);
    arena.f32(row, 8).fill(2);
    block.post(kernelNames(module).indexOf("score"), [row, row, 32]);
    assert.equal(await block.answer(), 32);
    block.postClose();
    await block.answer();
    worker.terminate();
  });

  it("says why it could not instantiate", async () => {
    const { module: portable } = await loadKernel("portable");
    const start = { module: portable, memory: sharedMemory(), block: new CommandBlock().buffer };
    const { worker, greeting } = startWorker(start);
    assert.match((await greeting).error ?? "", /LinkError/);
    worker.terminate();
  });
});
