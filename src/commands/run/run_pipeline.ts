/** The commands of a plan, side by side: started in order, stopped together. */
import type { Clock } from "../../ports/clock.ts";
import type { Plan, PlannedCommand } from "./run_plan.ts";
import { type Outcome, Supervisor } from "./run_supervisor.ts";

export interface PipelineOptions {
  readonly plan: Plan;
  /** Of the file: commands run there. */
  readonly folder: string;
  /** Of this process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly onLine: (name: string, line: string, isError: boolean) => void;
  readonly onNote: (name: string, note: string) => void;
}

/** What became of a command. */
export interface CommandOutcome extends Outcome {
  readonly name: string;
}

export interface PipelineOutcome {
  /** The first that failed. */
  readonly failed?: CommandOutcome;
  readonly commands: readonly CommandOutcome[];
}

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #supervisors: ReadonlyMap<string, Supervisor>;
  readonly #stopping = Promise.withResolvers<void>();
  #isStopping = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
    const { plan, folder, clock } = options;
    const defaults = Object.entries(plan.defaults).filter(([name]) => !options.environment[name]);
    const environment = { ...options.environment, ...Object.fromEntries(defaults) };
    this.#supervisors = new Map(plan.commands.map((command) => [
      command.name,
      new Supervisor({
        command,
        folder,
        environment,
        clock,
        onLine: (line, isError) => options.onLine(command.name, line, isError),
        onNote: (note) => options.onNote(command.name, note),
      }),
    ]));
  }

  /** Until all have ended by themselves, one has failed, one that ends the run has ended, or `stop`. */
  async run(): Promise<PipelineOutcome> {
    const outcomes: CommandOutcome[] = [];
    let failed: CommandOutcome | undefined;
    const lives = new Map(this.#options.plan.commands.map((command): [string, Promise<void>] => {
      const life = this.#live(command).then((outcome) => {
        outcomes.push({ name: command.name, ...outcome });
        if (outcome.failure !== undefined) {
          failed ??= { name: command.name, ...outcome };
          this.#options.onNote(command.name, outcome.failure);
        }
        if (outcome.failure !== undefined || command.endsRun) this.stop();
      });
      return [command.name, life];
    }));
    const all = Promise.all(lives.values());
    await Promise.race([all, this.#stopping.promise]);
    if (this.#isStopping) await this.#stopInOrder(lives);
    await all;
    return { failed, commands: outcomes };
  }

  /** Asks all to end, who needs others before those others. */
  stop(): void {
    this.#isStopping = true;
    this.#stopping.resolve();
  }

  /** Ends all at once. */
  kill(): void {
    this.stop();
    for (const supervisor of this.#supervisors.values()) supervisor.kill();
  }

  async #live(command: PlannedCommand): Promise<Outcome> {
    for (const name of command.after) {
      const isReady = await Promise.race([this.#supervisors.get(name)!.ready, this.#stopping.promise]);
      if (isReady === true) continue;
      // It will never be ready. If it failed, it is the one to say so.
      await this.#options.clock.sleep(0);
      return { starts: 0, ...(this.#isStopping ? {} : { failure: `"${name}" ended before it was ready` }) };
    }
    if (this.#isStopping) return { starts: 0 };
    return await this.#supervisors.get(command.name)!.run();
  }

  async #stopInOrder(lives: ReadonlyMap<string, Promise<void>>): Promise<void> {
    const left = new Set(this.#options.plan.commands);
    while (left.size > 0) {
      const leaves = [...left].filter(({ name }) => ![...left].some(({ after }) => after.includes(name)));
      for (const { name } of leaves) this.#supervisors.get(name)!.stop();
      await Promise.all(leaves.map(({ name }) => lives.get(name)));
      for (const leaf of leaves) left.delete(leaf);
    }
  }
}
