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
import type { Store } from "./open_store.ts";

export interface StartLearnerOptions {
  readonly storeUrl: string;
  /** The server's own; stays the caller's. */
  readonly store: Store;
  /** The `portable` build. */
  readonly kernelModule: WebAssembly.Module;
  readonly logLevel: string;
}

/** After this long a thread that was asked to stop is ended. */
const MOST_STOP_MS = 5000;

const logger = getLogger(["foz", "learn"]);

/** A learner for a server that is started with it: on a thread, or here where only this thread has the store. */
export function startLearner(options: StartLearnerOptions): LearnerConnection {
  const { storeUrl, store, kernelModule } = options;
  return storeUrl === "memory:" ? learnerHere(store, kernelModule) : new LearnerThread(options);
}

class LearnerThread implements LearnerConnection {
  readonly #worker: Worker;
  readonly #stored: LearnerConnection;
  readonly #ended: Promise<void>;
  #end!: () => void;
  #listener: LearnerListener | undefined;
  #role: "starting" | "leading" | "standing by" | "ended" = "starting";
  #wanted: GenerationContent | undefined;

  constructor({ store, ...start }: StartLearnerOptions) {
    this.#stored = storedLearner(store);
    this.#worker = new Worker(new URL("./learner_worker.ts", import.meta.url), {
      type: "module",
      name: "learner",
    });
    this.#ended = new Promise((resolve) => this.#end = resolve);
    this.#worker.onmessage = ({ data }: MessageEvent<FromLearner>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#receive({ kind: "ended", error: event.message });
    };
    const { storeUrl, kernelModule, logLevel } = start;
    this.#post({ kind: "start", storeUrl, kernelModule, logLevel });
  }

  readonly link = {
    isRunning: () => this.#role === "ended" ? this.#stored.link.isRunning() : Promise.resolve(true),
    wantRows: async (content: GenerationContent) => {
      this.#wanted = content;
      this.#post({ kind: "rows", generation: content.generation.generation });
      if (this.#role === "standing by") await this.#stored.link.wantRows(content);
    },
    wake: () => this.#post({ kind: "wake" }),
  };

  listen(listener: LearnerListener): void {
    this.#listener = listener;
    this.#stored.listen(listener);
  }

  /** A last checkpoint is written. */
  async stop(): Promise<void> {
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
    else if (message.kind === "ended") {
      if (message.error !== undefined) logger.error("the learner ended: {error}", { error: message.error });
      this.#role = "ended";
      this.#end();
    } else {
      this.#role = message.isLeading ? "leading" : "standing by";
      if (!message.isLeading && this.#wanted !== undefined) {
        this.#stored.link.wantRows(this.#wanted).catch((error) => {
          logger.error("what another process learned cannot be read: {error}", { error });
        });
      }
    }
  }
}
