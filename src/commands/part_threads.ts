/** Threads that read the parts of a file. */
import { OutsideFailure } from "../domain/failure.ts";
import { partCountOf, type ReadPart } from "../ingest/file_part.ts";
import type { PartAnswer, PartWorkerStart } from "./part_worker.ts";

export interface PartThreadsOptions extends PartWorkerStart {
  /** Of the file, for messages. */
  readonly name: string;
  readonly threadCount: number;
  /** Ends the reading: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** The worker's program, if it is not part_worker.ts. */
  readonly entry?: URL;
}

/** Parts that a thread is told at a time: while one is on its way back, it reads the next. */
const TOLD = 2;
/** Parts a thread beyond the one that is waited for: what memory is needed when that one is late. */
const AHEAD = 6;

/**
 * The parts in order of the file, each read by one of the threads, which end with the iteration. Throws OutsideFailure
 * when the file cannot be read any further or a thread ends by itself.
 */
export async function* readParts(options: PartThreadsOptions): AsyncGenerator<ReadPart> {
  const { plan, signal } = options, partCount = partCountOf(plan);
  signal?.throwIfAborted();
  const threads = new PartThreads(options, partCount);
  const abort = () => threads.fail(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (let part = 0; part < partCount; part++) yield await threads.take(part);
  } finally {
    signal?.removeEventListener("abort", abort);
    threads.end();
  }
}

interface Thread {
  readonly worker: Worker;
  /** Parts that it was told and has not answered. */
  toldCount: number;
}

class PartThreads {
  readonly #name: string;
  readonly #partCount: number;
  readonly #threads: readonly Thread[];
  readonly #arrived = new Map<number, ReadPart>();
  #failure?: { readonly error: unknown };
  #nextPart = 0;
  #wake = () => {};

  constructor({ path, plan, name, threadCount, entry }: PartThreadsOptions, partCount: number) {
    this.#name = name;
    this.#partCount = partCount;
    const start: PartWorkerStart = { path, plan };
    this.#threads = Array.from({ length: Math.min(threadCount, partCount) }, (_, thread) => {
      const worker = new Worker(entry ?? new URL("./part_worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<PartAnswer>) => this.#hear(thread, data);
      worker.onerror = (event) => {
        event.preventDefault();
        this.fail(new OutsideFailure(`a thread that read "${name}" ended: ${event.message}`));
      };
      worker.postMessage(start);
      return { worker, toldCount: 0 };
    });
  }

  /** Resolves with a part when it has been read; parts are taken in order. */
  async take(part: number): Promise<ReadPart> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#tell(part);
      const read = this.#arrived.get(part);
      if (read !== undefined) {
        this.#arrived.delete(part);
        return read;
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  end(): void {
    for (const { worker } of this.#threads) worker.terminate();
  }

  #tell(awaitedPart: number): void {
    const end = Math.min(this.#partCount, awaitedPart + AHEAD * this.#threads.length);
    for (let told = 0; told < TOLD; told++) {
      for (const thread of this.#threads) {
        if (thread.toldCount > told || this.#nextPart >= end) continue;
        thread.worker.postMessage(this.#nextPart++);
        thread.toldCount++;
      }
    }
  }

  #hear(thread: number, answer: PartAnswer): void {
    if ("error" in answer) {
      const cause = new Error(answer.error);
      return this.fail(new OutsideFailure(`cannot read "${this.#name}" any further`, { cause }));
    }
    this.#threads[thread].toldCount--;
    this.#arrived.set(answer.part, { reader: thread, ...answer });
    this.#wake();
  }
}
