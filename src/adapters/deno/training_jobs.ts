/**
 * Trainings as processes of their own: `foz train --json` started with this Deno, so that a fit that runs out of memory
 * takes nothing else with it. Its NDJSON lines are the progress, its last line the result.
 */
import { BadInput } from "../../domain/failure.ts";
import type { Job } from "../../domain/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Jobs, TrainingRequest } from "../../ports/jobs.ts";

export interface TrainingJobsOptions {
  readonly clock: Clock;
  /** Arguments of Deno that start `foz train --json` on the right store; flags of the request are added. */
  readonly trainCommand: readonly string[];
  /** Added to this process's environment: for what nobody should read among the arguments. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called when a training has ended, whatever became of it. */
  readonly onEnd?: (job: Job) => void;
}

/** Finished jobs that are remembered. */
const KEPT_JOBS = 100;

interface RunningJob {
  readonly jobId: string;
  readonly child: Deno.ChildProcess;
  readonly finished: Promise<void>;
}

export class TrainingJobs implements Jobs {
  readonly #options: TrainingJobsOptions;
  readonly #jobs = new Map<string, Job>();
  #running: RunningJob | undefined;
  #nextId = 1;

  constructor(options: TrainingJobsOptions) {
    this.#options = options;
  }

  async startTraining(request: TrainingRequest): Promise<Job> {
    if (this.#running !== undefined) {
      throw new BadInput(
        `a training was asked for while job ${this.#running.jobId} is running; wait for it or cancel it`,
      );
    }
    const jobId = `job-${this.#options.clock.nowMs().toString(36)}-${this.#nextId++}`;
    const job: Job = { jobId, kind: "train", state: "running", startedAtMs: this.#options.clock.nowMs() };
    this.#remember(job);
    const child = new Deno.Command(Deno.execPath(), {
      args: [...this.#options.trainCommand, ...flagsOf(request)],
      env: this.#options.environment,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#running = { jobId, child, finished: this.#follow(jobId, child) };
    return job;
  }

  get(jobId: string): Job | undefined {
    return this.#jobs.get(jobId);
  }

  list(): Job[] {
    return [...this.#jobs.values()].reverse();
  }

  async cancel(jobId: string): Promise<Job | undefined> {
    if (this.#running?.jobId === jobId) {
      const { child, finished } = this.#running;
      this.#change(jobId, { state: "cancelled", endedAtMs: this.#options.clock.nowMs() });
      child.kill("SIGTERM");
      await finished;
    }
    return this.#jobs.get(jobId);
  }

  async close(): Promise<void> {
    if (this.#running !== undefined) await this.cancel(this.#running.jobId);
  }

  async #follow(jobId: string, child: Deno.ChildProcess): Promise<void> {
    const [result, errorText, { code }] = await Promise.all([
      this.#readProgress(jobId, child.stdout),
      new Response(child.stderr).text(),
      child.status,
    ]);
    this.#running = undefined;
    if (this.#jobs.get(jobId)?.state === "running") {
      const endedAtMs = this.#options.clock.nowMs();
      if (code === 0) this.#change(jobId, { state: "done", endedAtMs, progress: 1, result });
      else {this.#change(jobId, {
          state: "failed",
          endedAtMs,
          error: errorText.trim() || `exit code ${code}`,
        });}
    }
    this.#options.onEnd?.(this.#jobs.get(jobId)!);
  }

  /** Takes progress lines `{phase, progress}` as they come; gives the last line. */
  async #readProgress(jobId: string, stdout: ReadableStream<Uint8Array>): Promise<Record<string, unknown>> {
    let last: Record<string, unknown> = {}, rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        if (!line.startsWith("{")) continue;
        last = JSON.parse(line);
        if (typeof last.phase === "string") {
          this.#change(jobId, { phase: last.phase, progress: Number(last.progress) });
        }
      }
    }
    return last;
  }

  #change(jobId: string, change: Partial<Job>): void {
    const job = this.#jobs.get(jobId);
    if (job !== undefined) this.#jobs.set(jobId, { ...job, ...change });
  }

  #remember(job: Job): void {
    this.#jobs.set(job.jobId, job);
    for (const jobId of this.#jobs.keys()) {
      if (this.#jobs.size <= KEPT_JOBS) break;
      this.#jobs.delete(jobId);
    }
  }
}

/** {factors: 64, force: true} → ["--factors", "64", "--force"]. */
function flagsOf(request: TrainingRequest): string[] {
  return Object.entries(request).flatMap(([flag, value]) =>
    value === false ? [] : value === true ? [`--${flag}`] : [`--${flag}`, String(value)]
  );
}
