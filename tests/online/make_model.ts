/** Models for tests, over the kernels that the edge and the server run. */
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { createModel } from "../../src/online/create_model.ts";
import type { SavedModel } from "../../src/online/online_model.ts";

export const { module: kernelModule } = await loadKernel("portable");

export function makeModel(text: string, seed = 1): SavedModel {
  return createModel(text, { module: kernelModule, seed });
}
