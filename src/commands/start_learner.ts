/** Starts the thread of learner_worker.ts beside a server. */
import { getLogger } from "@logtape/logtape";
import type { GenerationContent } from "../domain/generation.ts";
import {
  type LearnerConnection,
  learnerHere,
  type LearnerListener,
  storedLearner,
} from "./learner_connection.ts";
import type { FromLearner, ToLearner } from "./learner_messages.ts";
import type { LearnerMethod } from "../stream/live_model.ts";
import type { Store } from "./open_store.ts";

export interface StartLearnerOptions {
  readonly storeUrl: string;
  /** The server's own; stays the caller's. */
  readonly store: Store;
  /** The `portable` build. */
  readonly kernelModule: WebAssembly.Module;
  readonly logLevel: string;
  /** "foldIn" if absent. */
  readonly method?: LearnerMethod;
  /** Made before by `loadLearner`, so that its program is loaded by now. */
  readonly thread?: Worker;
  /** The program of threads that are made here; learner_worker.ts if absent. */
  readonly entry?: URL;
  /** How soon a thread that ended unasked is started again; twice as long each time that it does not get far. */
  readonly restartMs?: number;
}

/** After this long a thread that was asked to stop is ended. */
const MOST_STOP_MS = 5000;
const RESTART_MS = 1000, MOST_RESTART_MS = 30_000;
const ENTRY = new URL("./learner_worker.ts", import.meta.url);

const logger = getLogger(["foz", "learn"]);

/** A thread for `startLearner`, which loads its program while the caller does something else. Undefined where it takes none. */
export function loadLearner(storeUrl: string): Worker | undefined {
  return storeUrl === "memory:" ? undefined : newThread();
}

function newThread(entry = ENTRY): Worker {
  return new Worker(entry, { type: "module", name: "learner" });
}

/** A learner for a server that is started with it: on a thread, or here where only this thread has the store. */
export function startLearner(options: StartLearnerOptions): LearnerConnection {
  const { storeUrl, store, kernelModule, method } = options;
  return storeUrl === "memory:" ? learnerHere(store, kernelModule, method) : new LearnerThread(options);
}

class LearnerThread implements LearnerConnection {
  readonly #options: StartLearnerOptions;
  readonly #stored: LearnerConnection;
  readonly #ended: Promise<void>;
  #end!: () => void;
  #worker: Worker;
  #listener: LearnerListener | undefined;
  #role: "starting" | "leading" | "standing by" | "ended" = "starting";
  #wanted: GenerationContent | undefined;
  #isStopping = false;
  #restartMs: number;
  #restart: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StartLearnerOptions) {
    this.#options = options;
    this.#stored = storedLearner(options.store);
    this.#ended = new Promise((resolve) => this.#end = resolve);
    this.#restartMs = options.restartMs ?? RESTART_MS;
    this.#worker = this.#start(options.thread ?? newThread(options.entry));
  }

  #start(worker: Worker): Worker {
    const { store, storeUrl, kernelModule, logLevel, method } = this.#options;
    worker.onmessage = ({ data }: MessageEvent<FromLearner>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#receive({ kind: "ended", error: event.message });
    };
    const commits = store.tellCommits?.();
    const start = { kind: "start", storeUrl, kernelModule, logLevel, method, commits } satisfies ToLearner;
    worker.postMessage(start, commits === undefined ? [] : [commits]);
    this.#role = "starting";
    return worker;
  }

  readonly link = {
    isRunning: () => this.#role === "ended" ? this.#stored.link.isRunning() : Promise.resolve(true),
    wantRows: async (content: GenerationContent) => {
      this.#wanted = content;
      this.#post({ kind: "rows", generation: content.generation.generation });
      if (this.#role === "standing by") await this.#stored.link.wantRows(content);
    },
    wake: () => {
      // Where the log's thread tells, the learner knows already.
      if (this.#options.store.tellCommits === undefined) this.#post({ kind: "wake" });
    },
  };

  listen(listener: LearnerListener): void {
    this.#listener = listener;
    this.#stored.listen(listener);
  }

  /** A last checkpoint is written. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    if (this.#role === "ended") this.#end();
    this.#post({ kind: "stop" });
    const timer = setTimeout(this.#end, MOST_STOP_MS);
    await this.#ended;
    clearTimeout(timer);
    this.#role = "ended";
    this.#worker.terminate();
  }

  #post(message: ToLearner): void {
    if (this.#role !== "ended") this.#worker.postMessage(message);
  }

  #receive(message: FromLearner): void {
    if (message.kind === "batch") void this.#listener?.applyRows(message.batch);
    else if (message.kind === "figures") this.#listener?.measured(message.figures);
    else if (message.kind === "ended") this.#hasEnded(message.error);
    else {
      if (message.isLeading) this.#restartMs = this.#options.restartMs ?? RESTART_MS;
      this.#role = message.isLeading ? "leading" : "standing by";
      if (!message.isLeading && this.#wanted !== undefined) {
        this.#stored.link.wantRows(this.#wanted).catch((error) => {
          logger.error("what another process learned cannot be read: {error}", { error });
        });
      }
    }
  }

  /** Unasked, for example for want of memory: another one is started, which finds in the store where this one was. */
  #hasEnded(error: string | undefined): void {
    this.#role = "ended";
    this.#worker.terminate();
    if (this.#isStopping) return this.#end();
    const ms = this.#restartMs;
    this.#restartMs = Math.min(2 * ms, MOST_RESTART_MS);
    logger.error("the learner ended and is started again in {ms} ms: {error}", { ms, error });
    const { entry } = this.#options;
    this.#restart = setTimeout(() => this.#worker = this.#start(newThread(entry)), ms);
  }
}
