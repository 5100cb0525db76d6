/** Starts the thread of log_worker.ts. */
import type { LogThread } from "../adapters/embedded/log_client.ts";

export function startLogThread(): LogThread {
  const worker = new Worker(new URL("./log_worker.ts", import.meta.url), {
    type: "module",
    name: "event log",
  });
  const failed = new Promise<Error>((resolve) => {
    worker.onerror = (event) => {
      // Its caller is told; the process need not end for it.
      event.preventDefault();
      resolve(new Error(event.message));
    };
  });
  return { port: worker, failed, end: () => worker.terminate() };
}
