import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { TrainingJobs } from "../../../src/adapters/deno/training_jobs.ts";
import { BadInput } from "../../../src/domain/failure.ts";
import type { Job } from "../../../src/domain/job.ts";

/** Jobs whose training is a script of one line; `ended` resolves when the first one has ended. */
function jobsRunning(
  script: string,
  environment?: Record<string, string>,
): { jobs: TrainingJobs; ended: Promise<Job> } {
  const { promise, resolve } = Promise.withResolvers<Job>();
  const jobs = new TrainingJobs({
    clock: systemClock,
    trainCommand: ["eval", "--quiet", script, "--"],
    environment,
    onEnd: resolve,
  });
  return { jobs, ended: promise };
}

describe("TrainingJobs", () => {
  it("takes progress from the lines and the result from the last one", async () => {
    const { jobs, ended } = jobsRunning(
      `console.log('{"phase":"fit","progress":0.5}'); console.log(JSON.stringify({ generation: "g1", args: Deno.args }))`,
    );
    const { jobId } = await jobs.startTraining({ factors: 8, force: true, "no-activate": false });
    const job = await ended;
    assert.deepEqual(
      [job.jobId, job.state, job.phase, job.progress, job.result],
      [jobId, "done", "fit", 1, { generation: "g1", args: ["--factors", "8", "--force"] }],
    );
    assert.deepEqual(jobs.get(jobId), job);
    assert.deepEqual(jobs.list(), [job]);
  });

  it("gives what the process said when it failed", async () => {
    const { jobs, ended } = jobsRunning(`console.error("no events yet"); Deno.exit(2)`);
    await jobs.startTraining({});
    const job = await ended;
    assert.deepEqual([job.state, job.error], ["failed", "no events yet"]);
  });

  it("tells the process what belongs into its environment", async () => {
    const script =
      `console.log(JSON.stringify({ store: Deno.env.get("FOZ_STORE"), path: Deno.env.has("PATH") }))`;
    const { jobs, ended } = jobsRunning(script, { FOZ_STORE: "mongodb://u:secret@host/db" });
    await jobs.startTraining({});
    assert.deepEqual((await ended).result, { store: "mongodb://u:secret@host/db", path: true });
  });

  it("refuses a second training while one runs, and ends one that is cancelled", async () => {
    const { jobs } = jobsRunning(`setInterval(() => {}, 1000)`);
    const { jobId } = await jobs.startTraining({});
    await assert.rejects(jobs.startTraining({}), BadInput);
    assert.equal((await jobs.cancel(jobId))?.state, "cancelled");
    assert.equal(await jobs.cancel("unknown"), undefined);
    await jobs.close();
  });
});
