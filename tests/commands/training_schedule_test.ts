import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryGenerationStore } from "../../src/adapters/memory/generation_store.ts";
import {
  parseTriggers,
  runTrainingSchedule,
  type TrainingScheduleOptions,
} from "../../src/commands/training_schedule.ts";
import { BadInput } from "../../src/domain/failure.ts";
import type { Job } from "../../src/domain/job.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Jobs } from "../../src/ports/jobs.ts";
import { plantedContent } from "../contracts/planted_content.ts";

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
  more: Partial<TrainingScheduleOptions> & { publish?: boolean } = {},
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
      if (more.publish) await publish(generations, await eventLog.end(), nowMs);
      return job;
    },
    get: () => undefined,
    list: () => finished,
    cancel: async () => undefined,
    close: async () => {},
  };
  const generations = new MemoryGenerationStore();
  const onError = (error: unknown) => assert.fail(String(error));
  const options = { clock, eventLog, generations, jobs, everyMinutes, onError, ...more };
  await runTrainingSchedule(options, abort.signal);
  return starts;
}

/** What a training that succeeds leaves. */
async function publish(
  generations: MemoryGenerationStore,
  offset: number,
  createdAtMs: number,
): Promise<void> {
  const content = plantedContent(await generations.reserve());
  await generations.publish({ ...content, generation: { ...content.generation, offset, createdAtMs } });
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

  it("trains when so many events have come, without a period too", async () => {
    const log = new MemoryEventLog(), triggers = parseTriggers("events:3");
    await append(log, "first");
    const during = (minute: number) => Number.isInteger(minute) && append(log, `at ${minute}`);
    const starts = await startsWithin(10, 0, log, during, { triggers, publish: true });
    assert.deepEqual(starts, [0, 3, 6, 9]);
  });

  it("tries again after a training that failed when so many more have come, not before", async () => {
    const log = new MemoryEventLog(), triggers = parseTriggers("events:3");
    await append(log, "first");
    const during = (minute: number) => Number.isInteger(minute) && append(log, `at ${minute}`);
    assert.deepEqual(await startsWithin(8, 0, log, during, { triggers }), [0, 3, 6]);
  });

  it("trains when drift is seen, once for each time", async () => {
    const log = new MemoryEventLog(), reasons: string[] = [];
    let drift: number | undefined, minutes = 0;
    await append(log, "first");
    const during = async (minute: number) => {
      if (!Number.isInteger(minute)) return;
      await append(log, `at ${minute}`);
      minutes = minute;
      if (minute === 4 || minute === 7) drift = (await log.end()) - 1;
    };
    const more = { triggers: parseTriggers("drift"), lastDrift: () => drift, publish: true };
    const starts = await startsWithin(10, 0, log, during, {
      ...more,
      onStart: (reason) => void reasons.push(reason),
    });
    assert.deepEqual(starts, [0, 4, 7]);
    assert.deepEqual(reasons, [
      "there is no generation yet",
      "drift was seen at offset 4",
      "drift was seen at offset 7",
    ]);
    assert.ok(minutes >= 9);
  });

  it("trains when there is something to forget", async () => {
    const log = new MemoryEventLog();
    await append(log, "first");
    await log.append([{ eventId: "gone", userId: "gone", itemId: "i", value: 1, timeMs: 0 }]);
    const during = (minute: number) => minute === 12 && log.eraseUser("gone", 0);
    assert.deepEqual(await startsWithin(45, 10, log, during, { publish: true }), [0, 12]);
  });

  it("does not train on other control records alone", async () => {
    const log = new MemoryEventLog(), triggers = parseTriggers("events:2");
    await append(log, "first");
    const during = (minute: number) =>
      Number.isInteger(minute) &&
      log.appendControl({ kind: "generationActivated", generation: "g000001" }, 0);
    assert.deepEqual(await startsWithin(8, 0, log, during, { triggers, publish: true }), [0]);
  });
});

describe("parseTriggers", () => {
  it("takes what the setting's form says, and nothing else", () => {
    assert.deepEqual(parseTriggers(""), {});
    assert.deepEqual(parseTriggers("events:5000"), { events: 5000 });
    assert.deepEqual(parseTriggers("drift,events:7"), { drift: true, events: 7 });
    for (const text of ["sometimes", "events:", "events:x", "drift events:7"]) {
      assert.throws(
        () => parseTriggers(text),
        (error: Error) => error instanceof BadInput && /events:N/.test(error.message),
      );
    }
  });
});
