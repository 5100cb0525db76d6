/** One command of a pipeline: started, started again when it fails, stopped. */
import type { Clock } from "../../ports/clock.ts";
import type { PlannedCommand } from "./run_plan.ts";
import { type Ended, type StartedProcess, startProcess } from "./run_process.ts";
import { watchReady } from "./run_ready.ts";

export interface SupervisorOptions {
  readonly command: PlannedCommand;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly onLine: (line: string, isError: boolean) => void;
  /** What the launcher itself has to say about it. */
  readonly onNote: (note: string) => void;
}

/** How it came out: undefined reason for an end that is as it should be. */
export interface Outcome {
  readonly failure?: string;
  readonly starts: number;
  readonly code?: number;
}

const FIRST_PAUSE_MS = 500, MOST_PAUSE_MS = 30_000;
/** Who lived so long has recovered: failures before do not count. */
const RECOVERED_MS = 60_000;
/** Bad usage: the same again would fail again. */
const BAD_USAGE = 2;
const GRACE_MS = 10_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #ready = Promise.withResolvers<boolean>();
  #process: StartedProcess | undefined;
  #starts = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** True when it is ready; false when it ended or was stopped before. */
  get ready(): Promise<boolean> {
    return this.#ready.promise;
  }

  /** Until it has ended for good. */
  async run(): Promise<Outcome> {
    const outcome = await this.#run();
    this.#ready.resolve(false);
    return outcome;
  }

  /** Asks it to end, after a time of grace it is killed. It is not started again. */
  stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    const stopped = this.#process;
    if (stopped === undefined) return;
    stopped.kill("SIGTERM");
    const grace = new AbortController();
    void stopped.ended.then(() => grace.abort());
    void this.#options.clock.sleep(GRACE_MS, grace.signal).then(() => {
      if (grace.signal.aborted) return;
      this.#options.onNote(`did not end within ${GRACE_MS / 1000} s of being asked to: killed`);
      stopped.kill("SIGKILL");
    });
  }

  /** At once. */
  kill(): void {
    this.#stopping.abort();
    this.#process?.kill("SIGKILL");
  }

  async #run(): Promise<Outcome> {
    const { clock, command } = this.#options, { signal } = this.#stopping;
    let failures = 0;
    for (;;) {
      if (signal.aborted) return { starts: this.#starts };
      const startMs = clock.monotonicMs();
      const { ended, isLate } = await this.#once();
      const starts = this.#starts, { code } = ended;
      if (signal.aborted) return { starts, code };
      const failure = this.#failureOf(ended, isLate);
      if (failure === undefined && command.restart !== "always") return { starts, code };
      if (
        failure !== undefined && (command.restart === "never" || code === BAD_USAGE || code === undefined)
      ) {
        return { starts, code, failure };
      }
      if (clock.monotonicMs() - startMs >= RECOVERED_MS) failures = 0;
      if (failure !== undefined && failures >= command.mostRestarts) {
        return { starts, code, failure: `${failure}, after ${failures} restarts in a row` };
      }
      const pauseMs = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
      this.#options.onNote(`${failure ?? "ended"}; started again in ${pauseMs / 1000} s`);
      await clock.sleep(pauseMs, signal);
    }
  }

  /** One life. Who is not ready in time is ended. */
  async #once(): Promise<{ readonly ended: Ended; readonly isLate: boolean }> {
    const { command, folder, environment, clock, onLine } = this.#options;
    const over = new AbortController();
    const watch = watchReady(command.ready, { clock, folder, signal: over.signal });
    const started = this.#process = startProcess({
      words: command.words,
      folder,
      environment: { ...environment, ...command.environment },
      onLine: (line, isError) => {
        onLine(line, isError);
        watch.onLine(line);
      },
    });
    this.#starts++;
    let isReady = false, isLate = false;
    void watch.isReady.then((value) => {
      if (value) isReady = true, this.#ready.resolve(true);
    });
    void clock.sleep(command.readyWithinMs, over.signal).then(() => {
      if (isReady || over.signal.aborted || command.ready.kind === "end") return;
      isLate = true;
      started.kill("SIGTERM");
    });
    const ended = await started.ended;
    if (command.ready.kind === "end" && ended.code === 0) this.#ready.resolve(true);
    over.abort();
    return { ended, isLate };
  }

  #failureOf({ code, signal, problem }: Ended, isLate: boolean): string | undefined {
    if (problem !== undefined) return problem;
    if (isLate) return `was not ready within ${this.#options.command.readyWithinMs / 1000} s`;
    if (code === 0) return undefined;
    return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  }
}
