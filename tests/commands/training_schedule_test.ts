import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryGenerationStore } from "../../src/adapters/memory/generation_store.ts";
import { runTrainingSchedule } from "../../src/commands/training_schedule.ts";
import type { Job } from "../../src/domain/job.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Jobs } from "../../src/ports/jobs.ts";

const MINUTE_MS = 60_000;

/** A clock that sleeps by moving on, and stops the schedule at `endMs`. */
class VirtualClock implements Clock {
  #nowMs = 1_000_000;
  readonly startMs = this.#nowMs;
  constructor(
    readonly endMs: number,
    readonly abort: AbortController,
    readonly onSleep: (minute: number) => unknown,
  ) {}
  nowMs = () => this.#nowMs;
  monotonicMs = () => this.#nowMs;
  async sleep(ms: number): Promise<void> {
    this.#nowMs += ms;
    if (this.#nowMs - this.startMs >= this.endMs) this.abort.abort();
    await this.onSleep((this.#nowMs - this.startMs) / MINUTE_MS);
  }
}

/** Minutes at which trainings start within `minutes`; `during` may change the log as time goes by. */
async function startsWithin(
  minutes: number,
  everyMinutes: number,
  eventLog: MemoryEventLog,
  during: (minute: number) => unknown = () => {},
): Promise<number[]> {
  const abort = new AbortController(), clock = new VirtualClock(minutes * MINUTE_MS, abort, during);
  const finished: Job[] = [], starts: number[] = [];
  const jobs: Jobs = {
    startTraining: async () => {
      const nowMs = clock.nowMs();
      starts.push((nowMs - clock.startMs) / MINUTE_MS);
      const job: Job = {
        jobId: `${nowMs}`,
        kind: "train",
        state: "done",
        startedAtMs: nowMs,
        endedAtMs: nowMs,
      };
      finished.unshift(job);
      return job;
    },
    get: () => undefined,
    list: () => finished,
    cancel: async () => undefined,
    close: async () => {},
  };
  const generations = new MemoryGenerationStore();
  const onError = (error: unknown) => assert.fail(String(error));
  await runTrainingSchedule({ clock, eventLog, generations, jobs, everyMinutes, onError }, abort.signal);
  return starts;
}

function append(log: MemoryEventLog, eventId: string): Promise<unknown> {
  return log.append([{ eventId, userId: "u", itemId: "i", value: 1, timeMs: 0 }]);
}

describe("runTrainingSchedule", () => {
  it("trains at once where there are events, and again every period", async () => {
    const log = new MemoryEventLog();
    await append(log, "first");
    assert.deepEqual(await startsWithin(25, 10, log), [0, 10, 20]);
  });

  it("waits for the first event of an empty log", async () => {
    const log = new MemoryEventLog();
    const starts = await startsWithin(10, 60, log, (minute) => minute === 3 && append(log, "first"));
    assert.deepEqual(starts, [3]);
  });

  it("never trains with a period of 0", async () => {
    const log = new MemoryEventLog();
    await append(log, "first");
    assert.deepEqual(await startsWithin(100, 0, log), []);
  });
});
