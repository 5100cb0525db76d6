/** Entry of the thread that learns beside a server, over a connection to the store of its own. */
import { systemClock } from "../adapters/deno/system_clock.ts";
import { send } from "../adapters/embedded/log_messages.ts";
import type { RowBatch } from "../domain/model_update.ts";
import type { LiveLearning } from "../stream/run_learner.ts";
import { Wake } from "../stream/wake.ts";
import { figuresTeller, leadLearning } from "./lead_learning.ts";
import { buffersOf, type FromLearner, type ToLearner } from "./learner_messages.ts";
import { startLogging } from "./logging.ts";
import { openStore } from "./open_store.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;
const wake = new Wake(systemClock), stopping = new AbortController();
let learning: LiveLearning | undefined;

function tell(message: FromLearner, transfer: Transferable[] = []): void {
  send(scope, message, transfer);
}

function tellBatch(batch: RowBatch): void {
  tell({ kind: "batch", batch }, buffersOf(batch));
}

async function learn(start: Extract<ToLearner, { kind: "start" }>) {
  const { storeUrl, kernelModule, logLevel, method, commits: port } = start;
  await startLogging(logLevel);
  const tellFigures = figuresTeller();
  const commits = port && { port, onCommit: () => wake.call() };
  const store = await openStore(storeUrl, { survives: "process", commits });
  try {
    await leadLearning({
      store,
      kernelModule,
      wake,
      method,
      onBatch: tellBatch,
      onFigures: (figures) => {
        tell({ kind: "figures", figures });
        tellFigures(figures);
      },
      onRole: (now) => {
        learning = now;
        tell({ kind: "role", isLeading: now !== undefined });
      },
    }, stopping.signal);
  } finally {
    await store.close();
  }
}

scope.onmessage = async ({ data: message }: MessageEvent<ToLearner>) => {
  if (message.kind === "wake") wake.call();
  else if (message.kind === "rows") {
    const batch = learning?.rows(message.generation);
    if (batch !== undefined) tellBatch(batch);
  } else if (message.kind === "stop") {
    stopping.abort();
    wake.call();
  } else {
    try {
      await learn(message);
      tell({ kind: "ended" });
    } catch (error) {
      tell({ kind: "ended", error: String(error) });
    }
  }
};
