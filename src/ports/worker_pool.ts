/** Threads that run kernels over one shared memory. */
export interface WorkerPool {
  /** Number of workers, at least 1. */
  readonly workerCount: number;
  /** The memory all of them share. */
  readonly memory: WebAssembly.Memory;
  /**
   * Calls the kernel `name` once on every worker, worker t with `argumentsOf(t)`, and gives their results by worker.
   * A kernel that fails rejects; the other workers finish first. One call at a time.
   */
  run(name: string, argumentsOf: (worker: number) => readonly number[]): Promise<number[]>;
  close(): Promise<void>;
}
