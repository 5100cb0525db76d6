/** Learns while this process holds the lease, and stands by while another one does. */
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../adapters/deno/system_clock.ts";
import type { LearnerFigures } from "../domain/learner_figures.ts";
import type { RowBatch } from "../domain/model_update.ts";
import { lead, type LeadNote } from "../stream/lead.ts";
import type { LearnerNote } from "../stream/learner_run.ts";
import type { LearnerMethod } from "../stream/live_model.ts";
import { LiveLearning } from "../stream/run_learner.ts";
import type { Wake } from "../stream/wake.ts";
import { finishErasuresOf } from "./erasures.ts";
import { LEARNER_LEASE } from "./learner_lease.ts";
import type { Store } from "./open_store.ts";

export interface LeadLearningOptions {
  readonly store: Store;
  /** The `portable` build. */
  readonly kernelModule: WebAssembly.Module;
  readonly wake: Wake;
  readonly batchCount?: number;
  /** "foldIn" if absent. */
  readonly method?: LearnerMethod;
  readonly onBatch: (batch: RowBatch) => void;
  readonly onFigures: (figures: LearnerFigures) => void;
  /** Hears of what learns here now; undefined: another process leads. */
  readonly onRole: (learning: LiveLearning | undefined) => void;
}

const FIGURES_MS = 60_000;

const logger = getLogger(["foz", "learn"]);

/** Until `signal` aborts. */
export function leadLearning(options: LeadLearningOptions, signal: AbortSignal): Promise<void> {
  const { store, onRole } = options, holder = holderName();
  const onNote = (note: LeadNote) => {
    tellRole(note);
    if (note.what === "standing by") onRole(undefined);
  };
  const leading = { leases: store.leases, clock: systemClock, name: LEARNER_LEASE, holder, onNote };
  return lead(leading, signal, async (fence, term) => {
    const learning = new LiveLearning({
      ...store,
      ...options,
      clock: systemClock,
      fence,
      onNote: tellLearner,
    });
    onRole(learning);
    try {
      await finishErasuresOf(store);
      await learning.run(term);
    } finally {
      onRole(undefined);
    }
  });
}

export function holderName(): string {
  return `process ${Deno.pid} on ${Deno.hostname()}`;
}

/** Into the log. */
export function tellRole({ what, holder = "nobody", error }: LeadNote): void {
  if (error !== undefined) logger.error(`the learner: ${what}: {error}`, { error });
  else if (what === "standing by") logger.info(`the learner: ${what}, ${holder} learns`);
  else logger.info(`the learner: ${what}`);
}

/** Into the log. */
export function tellLearner({ what, error, generation, appliedOffset, logEnd }: LearnerNote): void {
  if (error !== undefined) logger.error(`${what}: {generation}: {error}`, { generation, error });
  else if (logEnd === undefined) {
    logger.info(`${what}: {generation} at {appliedOffset}`, { generation, appliedOffset });
  } else {logger.info(`${what}: {generation} at {appliedOffset} of {logEnd}`, {
      generation,
      appliedOffset,
      logEnd,
    });}
}

/** Into the log: drift at once, the rest once a minute when something was measured since. */
export function figuresTeller(): (figures: LearnerFigures) => void {
  let toldMs = systemClock.monotonicMs(), toldCount = 0, drifted = "";
  return ({ generation, appliedOffset, window, total, driftCount, drifts }) => {
    const last = drifts.at(-1), drift = `${generation} ${driftCount}`;
    if (last !== undefined && drift !== drifted && drifted.startsWith(`${generation} `)) {
      logger.warn("drift: {detector} sees {figure} change at {offset}", { ...last });
    }
    drifted = drift;
    const nowMs = systemClock.monotonicMs(), count = total.rankedEvents + total.ratedEvents;
    if (nowMs - toldMs < FIGURES_MS || count === toldCount) return;
    toldMs = nowMs, toldCount = count;
    logger.info("validation: {generation} at {appliedOffset}: {window}", {
      generation,
      appliedOffset,
      window,
    });
  };
}
