/** ports/worker_pool.ts on Deno's workers, which instantiate one module over one shared memory. */
import type { WorkerPool } from "../../ports/worker_pool.ts";
import { CommandBlock, kernelNames } from "./command_block.ts";

export interface DenoWorkerPoolOptions {
  readonly module: WebAssembly.Module;
  /** Shared; the module imports it as `env.memory`. */
  readonly memory: WebAssembly.Memory;
  readonly workerCount: number;
  /** The worker's program: commands/kernel_worker.ts. */
  readonly entry: URL;
}

interface Thread {
  readonly worker: Worker;
  readonly block: CommandBlock;
  /** Rejects when the worker ends although nobody asked it to. */
  readonly failed: Promise<never>;
}

/** What a worker is told first. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly block: SharedArrayBuffer;
}

export class DenoWorkerPool implements WorkerPool {
  readonly memory: WebAssembly.Memory;
  readonly #threads: readonly Thread[];
  readonly #names: readonly string[];
  #isRunning = false;

  private constructor(threads: readonly Thread[], memory: WebAssembly.Memory, names: readonly string[]) {
    this.#threads = threads;
    this.memory = memory;
    this.#names = names;
  }

  /** Resolves when all workers are ready. Throws where the module cannot be instantiated over the memory. */
  static async start(options: DenoWorkerPoolOptions): Promise<DenoWorkerPool> {
    const { workerCount, module, memory } = options;
    if (!(Number.isInteger(workerCount) && workerCount >= 1)) {
      throw new RangeError(`a pool of ${workerCount} workers was asked for; it needs at least 1`);
    }
    const threads = Array.from({ length: workerCount }, () => newThread(options.entry));
    try {
      await Promise.all(threads.map((thread) => startThread(thread, options)));
    } catch (error) {
      for (const { worker } of threads) worker.terminate();
      throw error;
    }
    return new DenoWorkerPool(threads, memory, kernelNames(module));
  }

  get workerCount(): number {
    return this.#threads.length;
  }

  async run(name: string, argumentsOf: (worker: number) => readonly number[]): Promise<number[]> {
    const kernel = this.#names.indexOf(name);
    if (kernel < 0) throw new TypeError(`no kernel is called "${name}"; there are ${this.#names.join(", ")}`);
    if (this.#isRunning) throw new Error(`"${name}" was called while the pool was running another kernel`);
    // All arguments first: whatever throws here does so while no worker has begun.
    const calls = this.#threads.map(({ block }, worker) => ({ block, args: argumentsOf(worker) }));
    this.#isRunning = true;
    try {
      for (const { block, args } of calls) block.post(kernel, args);
      // All must have answered before the first failure is told: nobody may still write into the caller's memory.
      const outcomes = await Promise.allSettled(this.#threads.map(answerOf));
      return outcomes.map((outcome, worker) => {
        if (outcome.status === "fulfilled") return outcome.value;
        throw new Error(`kernel "${name}" failed on worker ${worker}`, { cause: outcome.reason });
      });
    } finally {
      this.#isRunning = false;
    }
  }

  /** Ends the workers; a kernel that is running is waited for. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#threads.map(answerOf));
    await Promise.all(this.#threads.map(async (thread) => {
      thread.block.postClose();
      await answerOf(thread).catch(() => {});
      thread.worker.terminate();
    }));
  }
}

function newThread(entry: URL): Thread {
  const worker = new Worker(entry, { type: "module" });
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`a worker ended: ${event.message}`));
    };
  });
  // Whoever waits for the worker hears of it; nobody may be waiting.
  failed.catch(() => {});
  return { worker, block: new CommandBlock(), failed };
}

/** The answer to what was posted last. Rejects when the worker is no more. */
function answerOf({ block, failed }: Thread): Promise<number> {
  return Promise.race([block.answer(), failed]);
}

function startThread(
  { worker, block, failed }: Thread,
  { module, memory }: DenoWorkerPoolOptions,
): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<{ error?: string }>) => {
      if (event.data.error === undefined) resolve();
      else reject(new Error(`a worker could not instantiate the kernels: ${event.data.error}`));
    };
  });
  const start: WorkerStart = { module, memory, block: block.buffer };
  worker.postMessage(start);
  return Promise.race([ready, failed]);
}
