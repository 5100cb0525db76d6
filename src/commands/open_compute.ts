/** Threads, kernels and clock for fits, wired together. */
import { systemClock } from "../adapters/deno/system_clock.ts";
import { DenoWorkerPool } from "../adapters/deno/worker_pool.ts";
import type { Compute } from "../batch/fit_model.ts";
import { instantiateKernels, sharedMemory } from "../kernels/kernel_module.ts";
import { type LoadedKernel, loadKernel } from "./kernel_builds.ts";

export interface OpenedCompute extends Compute {
  readonly kernel: Pick<LoadedKernel, "build" | "sha256">;
  close(): Promise<void>;
}

/** The `fast` build on `workerCount` threads over one memory; one for each core if undefined. */
export async function openCompute(workerCount = navigator.hardwareConcurrency): Promise<OpenedCompute> {
  const { module, build, sha256 } = await loadKernel("fast");
  const memory = sharedMemory();
  const entry = new URL("./kernel_worker.ts", import.meta.url);
  const pool = await DenoWorkerPool.start({ module, memory, workerCount, entry });
  const kernels = instantiateKernels(module, memory);
  return { pool, kernels, clock: systemClock, kernel: { build, sha256 }, close: () => pool.close() };
}
