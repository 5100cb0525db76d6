/** Kernels and a pool for tests of the batch path: the portable build, on the test's own thread. */
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import type { Compute } from "../../src/batch/fit_model.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { InlinePool } from "../kernels/inline_pool.ts";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";

export async function inlineCompute(): Promise<Compute> {
  const { module } = await loadKernel("portable");
  const kernels = instantiateKernels(module);
  return { kernels, pool: new InlinePool(kernels), clock: systemClock };
}
