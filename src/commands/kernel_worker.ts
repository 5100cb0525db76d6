/** The program of a pool's worker: instantiates the kernels over the shared memory and runs what it is told to. */
import { CommandBlock, type Kernel, kernelNames } from "../adapters/deno/command_block.ts";
import type { WorkerStart } from "../adapters/deno/worker_pool.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = (event: MessageEvent<WorkerStart>) => {
  const { module, memory, block } = event.data;
  let kernels: Kernel[];
  try {
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    kernels = kernelNames(module).map((name) => instance.exports[name] as Kernel);
  } catch (error) {
    scope.postMessage({ error: String(error) });
    return;
  }
  scope.postMessage({});
  new CommandBlock(block).serve(kernels);
  scope.close();
};
