/** Trainings without being asked: by the clock, by the number of events, and when what is predicted drifts. */
import { BadInput } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { Jobs } from "../ports/jobs.ts";

/** What starts a training besides the clock. */
export interface TrainingTriggers {
  /** So many records of the log since the newest generation, or the last try. */
  readonly events?: number;
  /** A detector saw the learner's validation change. */
  readonly drift?: boolean;
}

export interface TrainingScheduleOptions {
  readonly clock: Clock;
  readonly eventLog: EventLog;
  readonly generations: GenerationStore;
  readonly jobs: Jobs;
  /** 0: never. */
  readonly everyMinutes: number;
  readonly triggers?: TrainingTriggers;
  /** Offset of the event at which drift was seen last. */
  readonly lastDrift?: () => number | undefined;
  /** Hears why a training was started. */
  readonly onStart?: (reason: string) => void;
  /** Hears of what went wrong; the schedule goes on. */
  readonly onError: (error: unknown) => void;
}

/** How often it looks, so that a log that was empty is not left waiting for a whole period. */
const LOOK_EVERY_MS = 5000;

/** Of "events:N", "drift", or both with a comma between; nothing of "". */
export function parseTriggers(text: string): TrainingTriggers {
  const triggers: { events?: number; drift?: boolean } = {};
  for (const one of text.split(",").filter((part) => part !== "")) {
    const count = /^events:(\d+)$/.exec(one)?.[1];
    if (count !== undefined) triggers.events = Number(count);
    else if (one === "drift") triggers.drift = true;
    else throw new BadInput(`--train-on was given "${one}"; accepted are events:N and drift`);
  }
  return triggers;
}

/** Runs until `signal` aborts. */
export async function runTrainingSchedule(
  options: TrainingScheduleOptions,
  signal: AbortSignal,
): Promise<void> {
  const { everyMinutes, triggers = {} } = options;
  if (everyMinutes === 0 && triggers.events === undefined && triggers.drift !== true) return;
  // What a training that failed was about is no reason for the next: there must be something new.
  let triedEnd = 0;
  while (!signal.aborted) {
    try {
      const reason = await reasonToTrain(options, triedEnd);
      if (reason !== undefined) {
        triedEnd = await options.eventLog.end();
        await options.jobs.startTraining({});
        options.onStart?.(reason);
      }
    } catch (error) {
      options.onError(error);
    }
    await options.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** The first training is due as soon as there are events. */
async function reasonToTrain(
  options: TrainingScheduleOptions,
  triedEnd: number,
): Promise<string | undefined> {
  const { eventLog, generations, jobs, triggers = {}, lastDrift } = options;
  if (jobs.list()[0]?.state === "running") return undefined;
  const newest = (await generations.list()).at(-1), trainedTo = newest?.offset ?? 0;
  const since = Math.max(trainedTo, triedEnd), end = await eventLog.end();
  const isFirst = newest === undefined && triedEnd === 0;
  const reason = isPeriodOver(options, newest?.createdAtMs)
    ? "the period is over"
    : isFirst
    ? "there is no generation yet"
    : triggers.events !== undefined && end - since >= triggers.events
    ? `${end - since} records have come`
    : triggers.drift && (lastDrift?.() ?? -1) >= since
    ? `drift was seen at offset ${lastDrift!()}`
    : undefined;
  return reason !== undefined && await hasNews(eventLog, trainedTo) ? reason : undefined;
}

function isPeriodOver({ clock, jobs, everyMinutes }: TrainingScheduleOptions, createdAtMs = 0): boolean {
  if (everyMinutes === 0) return false;
  const lastMs = Math.max(createdAtMs, ...jobs.list().map((job) => job.endedAtMs ?? 0));
  return lastMs === 0 || clock.nowMs() - lastMs >= everyMinutes * 60_000;
}

/** Events, or what takes events away: its influence goes with the next generation. */
async function hasNews(eventLog: EventLog, fromOffset: number): Promise<boolean> {
  for await (const batch of eventLog.read({ fromOffset, batchCount: 1 })) return batch.count > 0;
  const controls = await eventLog.readControls({ fromOffset });
  return controls.some(({ record }) => record.kind === "userErased" || record.kind === "eventDeleted");
}
