/** How a server gets to know what a learner learns: from the store, from a thread of its own, or on its own thread. */
import { systemClock } from "../adapters/deno/system_clock.ts";
import type { GenerationContent } from "../domain/generation.ts";
import type { Clock } from "../ports/clock.ts";
import type { LearnerFigures } from "../domain/learner_figures.ts";
import type { RowBatch } from "../domain/model_update.ts";
import { type LearnerLink, RowBatches } from "../serve/row_follower.ts";
import type { LearnerMethod } from "../stream/live_model.ts";
import type { LiveLearning } from "../stream/run_learner.ts";
import { batchOfState } from "../stream/row_batches.ts";
import { Wake } from "../stream/wake.ts";
import { leadLearning } from "./lead_learning.ts";
import { LEARNER_LEASE } from "./learner_lease.ts";
import type { Store } from "./open_store.ts";

/** Hears what is learned, and how well. */
export interface LearnerListener {
  applyRows(batch: RowBatch): Promise<void>;
  measured(figures: LearnerFigures): void;
}

const NOBODY: LearnerListener = { applyRows: () => Promise.resolve(), measured: () => {} };

/** What a server is connected with. */
export interface LearnerConnection {
  readonly link: LearnerLink;
  /** Who hears what is learned; before, nobody does. */
  listen(listener: LearnerListener): void;
  stop(): Promise<void>;
}

/** Reading the feed from its beginning takes no longer: what it holds is in the store already. */
const FEED_MS = 2000;

type LearnersTraces = Pick<Store, "leases" | "checkpoints" | "updates">;

/** What the learner of another process, or one that is no more, left in the store: its newest checkpoint, then the feed. */
export function storedLearner(store: LearnersTraces, clock: Clock = systemClock): LearnerConnection {
  let listener: LearnerListener = NOBODY;
  return {
    listen: (given) => void (listener = given),
    stop: () => Promise.resolve(),
    link: {
      isRunning: async () => await store.leases.current(LEARNER_LEASE) !== undefined,
      wantRows: (content) => tellStored(store, clock, content, (batch) => listener.applyRows(batch)),
      wake: () => {},
    },
  };
}

async function tellStored(
  store: LearnersTraces,
  clock: Clock,
  { generation, model }: GenerationContent,
  tell: LearnerListener["applyRows"],
) {
  const checkpoint = await store.checkpoints.latest(generation.generation);
  if (checkpoint !== undefined) {
    await tell(batchOfState(generation, model.stride, checkpoint.state, clock.nowMs()));
  }
  const latest = await store.updates.latest(), batches = new RowBatches();
  if (latest === 0) return;
  const enough = new AbortController(), isRead = new AbortController();
  void clock.sleep(FEED_MS, isRead.signal).then(() => enough.abort());
  for await (const { sequence, update } of store.updates.follow(0, enough.signal)) {
    const batch = update.generation === generation.generation ? batches.add(update) : undefined;
    if (batch !== undefined) await tell(batch);
    if (sequence >= latest) break;
  }
  isRead.abort();
}

/** A learner on this thread: for a store that no other thread can open. */
export function learnerHere(
  store: Store,
  kernelModule: WebAssembly.Module,
  method?: LearnerMethod,
): LearnerConnection {
  let listener: LearnerListener = NOBODY, learning: LiveLearning | undefined;
  const stopping = new AbortController(), wake = new Wake(systemClock);
  const running = leadLearning({
    store,
    kernelModule,
    wake,
    method,
    onBatch: (batch) => void listener.applyRows(batch),
    onFigures: (figures) => listener.measured(figures),
    onRole: (now) => learning = now,
  }, stopping.signal);
  return {
    listen: (given) => void (listener = given),
    stop: () => (stopping.abort(), running),
    link: {
      isRunning: () => Promise.resolve(true),
      wantRows: async ({ generation }) => {
        const batch = learning?.rows(generation.generation);
        if (batch !== undefined) await listener.applyRows(batch);
      },
      wake: () => wake.call(),
    },
  };
}
