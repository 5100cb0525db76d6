import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { DenoWorkerPool } from "../../../src/adapters/deno/worker_pool.ts";
import { loadKernel } from "../../../src/commands/kernel_builds.ts";
import { instantiateKernels, sharedMemory } from "../../../src/kernels/kernel_module.ts";

const entry = new URL("../../../src/commands/kernel_worker.ts", import.meta.url);
const { module } = await loadKernel("fast");

async function withPool(workerCount: number, work: (pool: DenoWorkerPool) => Promise<void>): Promise<void> {
  const pool = await DenoWorkerPool.start({ module, memory: sharedMemory(), workerCount, entry });
  try {
    await work(pool);
  } finally {
    await pool.close();
  }
}

/** A row of eight floats for each worker, all its values the worker's number. */
function rowsIn(pool: DenoWorkerPool): number {
  const { arena } = instantiateKernels(module, pool.memory), rows = arena.allocate(8 * 2 ** 20);
  for (let worker = 0; worker < pool.workerCount; worker++) arena.f32(rows + 32 * worker, 8).fill(worker);
  return rows;
}

describe("DenoWorkerPool", () => {
  it("calls a kernel once on every worker, with that worker's arguments, in memory that grew after it started", async () => {
    await withPool(3, async (pool) => {
      const rows = rowsIn(pool), score = (worker: number) => [rows + 32 * worker, rows + 32 * worker, 32];
      for (let k = 0; k < 50; k++) assert.deepEqual(await pool.run("score", score), [0, 8, 32]);
    });
  });

  it("rejects when a kernel traps on one worker, after the others have ended, and works on", async () => {
    await withPool(2, async (pool) => {
      const rows = rowsIn(pool), outside = 2 ** 31;
      await assert.rejects(
        pool.run("score", (worker) => [worker === 1 ? outside : rows, rows, 32]),
        (error: Error) =>
          /"score" failed on worker 1/.test(error.message) && /out of bounds/.test(String(error.cause)),
      );
      assert.deepEqual(await pool.run("score", () => [rows, rows, 32]), [0, 0]);
    });
  });

  it("rejects when a worker ends that nobody asked to, and can still be closed", async () => {
    const program =
      `onmessage = () => { postMessage({}); setTimeout(() => { throw new Error("out of luck"); }, 20); };`;
    const dying = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    const pool = await DenoWorkerPool.start({ module, memory: sharedMemory(), workerCount: 1, entry: dying });
    await assert.rejects(
      pool.run("score", () => [0, 0, 0]),
      (error: Error) => /failed on worker 0/.test(error.message) && /out of luck/.test(String(error.cause)),
    );
    await pool.close();
  });

  it("refuses an unknown kernel, and a call while another one runs", async () => {
    await withPool(1, async (pool) => {
      const rows = rowsIn(pool), call = () => pool.run("score", () => [rows, rows, 32]);
      await assert.rejects(pool.run("nothing", () => []), /no kernel is called "nothing"/);
      const first = call();
      await assert.rejects(call(), /while the pool was running/);
      assert.deepEqual(await first, [0]);
      await assert.rejects(pool.run("score", () => new Array(40).fill(0)), /40 arguments/);
      assert.deepEqual(await call(), [0]);
    });
  });

  it("does not start without workers, or over a memory that the module does not accept", async () => {
    const memory = sharedMemory();
    await assert.rejects(DenoWorkerPool.start({ module, memory, workerCount: 0, entry }), /needs at least 1/);
    const unshared = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
    await assert.rejects(DenoWorkerPool.start({ module, memory: unshared, workerCount: 2, entry }));
  });
});
