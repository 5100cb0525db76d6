/** Trainings by the clock: another one when there are new events and the last one is long enough ago. */
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { Jobs } from "../ports/jobs.ts";

export interface TrainingScheduleOptions {
  readonly clock: Clock;
  readonly eventLog: EventLog;
  readonly generations: GenerationStore;
  readonly jobs: Jobs;
  /** 0: never. */
  readonly everyMinutes: number;
  /** Hears of what went wrong; the schedule goes on. */
  readonly onError: (error: unknown) => void;
}

/** How often it looks, so that a log that was empty is not left waiting for a whole period. */
const LOOK_EVERY_MS = 5000;

/** Runs until `signal` aborts. */
export async function runTrainingSchedule(
  options: TrainingScheduleOptions,
  signal: AbortSignal,
): Promise<void> {
  if (options.everyMinutes === 0) return;
  while (!signal.aborted) {
    try {
      if (await isDue(options)) await options.jobs.startTraining({});
    } catch (error) {
      options.onError(error);
    }
    await options.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** The first training is due as soon as there are events; the next when the period is over and events came since. */
async function isDue(
  { clock, eventLog, generations, jobs, everyMinutes }: TrainingScheduleOptions,
): Promise<boolean> {
  const [last, ...others] = jobs.list();
  if (last?.state === "running") return false;
  const newest = (await generations.list()).at(-1);
  const lastMs = Math.max(
    newest?.createdAtMs ?? 0,
    last?.endedAtMs ?? 0,
    ...others.map((job) => job.endedAtMs ?? 0),
  );
  if (lastMs > 0 && clock.nowMs() - lastMs < everyMinutes * 60_000) return false;
  for await (const batch of eventLog.read({ fromOffset: newest?.offset ?? 0, batchCount: 1 })) {
    return batch.count > 0;
  }
  return false;
}
