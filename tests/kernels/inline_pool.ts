/** A pool of one, in this thread: how the portable build fits, and small tests. */
import type { Kernels } from "../../src/kernels/kernel_module.ts";
import type { KernelPool } from "../../src/kernels/phases.ts";

/** Calls kernels of `kernels` directly. Satisfies ports/worker_pool.ts. */
export class InlinePool implements KernelPool {
  readonly workerCount = 1;
  readonly #kernels: Kernels;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }

  get memory(): WebAssembly.Memory {
    return this.#kernels.memory;
  }

  async run(name: string, argumentsOf: (worker: number) => readonly number[]): Promise<number[]> {
    const kernel = (this.#kernels.exports as unknown as Record<string, unknown>)[name];
    if (typeof kernel !== "function") throw new TypeError(`no kernel is called "${name}"`);
    return [kernel(...argumentsOf(0)) ?? 0];
  }

  async close(): Promise<void> {}
}
