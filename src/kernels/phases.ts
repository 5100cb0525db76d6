/** Kernels run on all workers, one phase after the other. */
import type { Kernels } from "./kernel_module.ts";

/** What a fit needs of ports/worker_pool.ts (kernels know no ports). */
export interface KernelPool {
  readonly workerCount: number;
  readonly memory: WebAssembly.Memory;
  run(name: string, argumentsOf: (worker: number) => readonly number[]): Promise<number[]>;
}

/** Runs phases whose workers take their work from one cursor. */
export class Phases {
  /** Address of the cursor that the kernels of a phase share. */
  readonly cursor: number;
  readonly #pool: KernelPool;
  readonly #kernels: Kernels;

  constructor(pool: KernelPool, kernels: Kernels) {
    this.#pool = pool;
    this.#kernels = kernels;
    this.cursor = kernels.arena.allocate(4);
  }

  /** One phase from the cursor's start; gives what each worker's kernel returned. */
  run(name: string, argumentsOf: (worker: number) => readonly number[]): Promise<number[]> {
    this.#kernels.arena.u32(this.cursor, 1)[0] = 0;
    return this.#pool.run(name, argumentsOf);
  }
}
