/** A thread that runs a user's function, and is ended when the function takes too long. */
import { BadInput } from "../../domain/failure.ts";
import type { Observation, Task } from "../../domain/observation.ts";
import type { FunctionAnswer, FunctionRequest } from "./generate_function_worker.ts";

export interface FunctionThreadOptions {
  /** As it was given, for messages. */
  readonly file: string;
  readonly seed: number;
  /** For one block of observations, and for loading the module. */
  readonly timeoutMs: number;
}

const ENTRY = new URL("./generate_function_worker.ts", import.meta.url);

export class FunctionThread {
  readonly task: Task;
  readonly concepts: readonly string[];
  /** False: asked again for the same position it gave something else. */
  readonly isRepeatable: boolean;
  readonly #caller: Caller;
  readonly #options: FunctionThreadOptions;

  private constructor(
    caller: Caller,
    loaded: FunctionAnswer & { kind: "loaded" },
    options: FunctionThreadOptions,
  ) {
    ({ task: this.task, concepts: this.concepts, isRepeatable: this.isRepeatable } = loaded);
    this.#caller = caller;
    this.#options = options;
  }

  /** `url`: of the module. Throws BadInput when it cannot be loaded, in time, or exports no function that is accepted. */
  static async start(url: string, options: FunctionThreadOptions): Promise<FunctionThread> {
    const { file, seed, timeoutMs } = options, caller = new Caller(file);
    const progress = caller.progress.buffer as SharedArrayBuffer;
    const request: FunctionRequest = { kind: "load", url, file, seed, progress };
    const late = () => `loading the function of ${file} and calling it took longer than ${timeoutMs} ms`;
    const answer = await caller.call(request, timeoutMs, late);
    return new FunctionThread(caller, answer as FunctionAnswer & { kind: "loaded" }, options);
  }

  /** Observations from a position on, each of its concept. Throws BadInput; after that the thread is of no use. */
  async block(from: number, concepts: Uint16Array): Promise<readonly Observation[]> {
    const { file, seed, timeoutMs } = this.#options;
    const late = () => {
      const position = from + Atomics.load(this.#caller.progress, 0);
      return `calling the function of ${file}: ${concepts.length} observations from position ${from} on took longer than ` +
        `${timeoutMs} ms; it was ended at position ${position}`;
    };
    const answer = await this.#caller.call({ kind: "block", seed, from, concepts }, timeoutMs, late);
    return (answer as FunctionAnswer & { kind: "block" }).observations;
  }

  end(): void {
    this.#caller.end();
  }
}

/** One call at a time. */
class Caller {
  readonly progress = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker = new Worker(ENTRY, { type: "module", name: "function" });
  readonly #file: string;
  #settle: (answer: FunctionAnswer) => void = () => {};

  constructor(file: string) {
    this.#file = file;
    this.#worker.onmessage = ({ data }: MessageEvent<FunctionAnswer>) => this.#settle(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#settle({ kind: "refused", message: `the function of ${this.#file} failed: ${event.message}` });
    };
  }

  /** A promise alone would not stop a function that hangs: the thread is ended. */
  async call(request: FunctionRequest, timeoutMs: number, late: () => string): Promise<FunctionAnswer> {
    const answer = await new Promise<FunctionAnswer>((resolve) => {
      const timer = setTimeout(() => resolve({ kind: "refused", message: late() }), timeoutMs);
      this.#settle = (given) => {
        clearTimeout(timer);
        resolve(given);
      };
      this.#worker.postMessage(request);
    });
    if (answer.kind !== "refused") return answer;
    this.end();
    throw new BadInput(answer.message);
  }

  end(): void {
    this.#worker.terminate();
  }
}
