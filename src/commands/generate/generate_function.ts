/** A user's function as a source of observations; when its file changes, the stream goes on with the new one. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BadInput } from "../../domain/failure.ts";
import type { ConceptChange, Observation, Task } from "../../domain/observation.ts";
import { ConceptPlan } from "../../synthesize/concept_plan.ts";
import { listedSchedule } from "../../synthesize/drift_schedule.ts";
import { SwitchableSchedule } from "../../synthesize/switchable_schedule.ts";
import { FunctionThread, type FunctionThreadOptions } from "./generate_function_thread.ts";
import { type ObservationSource, switchConcept } from "./generate_source.ts";
import { clockOf, scheduleOf, type StreamWishes } from "./generate_stream.ts";

export interface UserFunctionWishes extends StreamWishes {
  readonly timeoutMs: number;
  /** Hears what is odd about a function that is accepted. */
  readonly warn: (message: string) => void;
}

/** Of a function that says nothing about it. */
const COUNT = 100_000;

/** Whether a text is a user's module, not a name. */
export function isFunctionFile(text: string): boolean {
  return /\.(ts|js|mts|mjs)$/.test(text);
}

interface Version {
  readonly text: string;
  readonly thread: FunctionThread;
  readonly concepts: readonly string[];
  readonly plan: ConceptPlan;
  readonly schedule: SwitchableSchedule;
}

export class UserFunctionSource implements ObservationSource {
  readonly name: string;
  readonly task: Task;
  readonly seed: number;
  readonly position = 0;
  readonly count = COUNT;
  readonly #wishes: UserFunctionWishes;
  #version: Version;
  #versionCount = 1;
  /** Where the version came in force; undefined for the first. */
  #change?: ConceptChange;
  /** The text of a changed file that could not be used: its error is told once. */
  #refusedText?: string;

  private constructor(file: string, wishes: UserFunctionWishes, version: Version) {
    this.name = file;
    this.task = version.thread.task;
    this.seed = wishes.seed;
    this.#wishes = wishes;
    this.#version = version;
  }

  /** Throws BadInput for a file that is not there, or a module that is no function. */
  static async open(file: string, wishes: UserFunctionWishes): Promise<UserFunctionSource> {
    const version = await load(file, await readFunction(file), wishes, 1);
    return new UserFunctionSource(file, wishes, version);
  }

  async block(from: number, count: number): Promise<Observation[]> {
    const { thread, plan } = this.#version;
    const concepts = Uint16Array.from({ length: count }, (_, i) => plan.conceptAt(from + i));
    const observations = await thread.block(from, concepts);
    const truth = plan.truth(from, from + count), change = this.#change;
    const isHere = change !== undefined && change.event >= from && change.event < from + count;
    return plan.mark(observations, from, isHere ? [...truth, change] : truth);
  }

  switchTo(given: string, position: number): ConceptChange {
    const { concepts, plan, schedule } = this.#version;
    return switchConcept(given, position, concepts, plan, schedule);
  }

  async refresh(position: number): Promise<ConceptChange | Error | undefined> {
    const { name } = this, text = await readFunction(name).catch(() => undefined);
    if (text === undefined || text === this.#version.text || text === this.#refusedText) return undefined;
    try {
      const version = await load(name, text, this.#wishes, this.#versionCount + 1);
      if (version.thread.task !== this.task) {
        version.thread.end();
        throw new BadInput(
          `the function of ${name} is a ${version.thread.task} now; a ${this.task} is accepted`,
        );
      }
      this.#version.thread.end();
      this.#versionCount++;
      this.#version = version;
      this.#change = { event: position, concept: version.concepts[version.plan.conceptAt(position)] };
      return this.#change;
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      this.#refusedText = text;
      return error;
    }
  }

  close(): void {
    this.#version.thread.end();
  }
}

/** A module with no concepts but one is called by its file's name. */
async function load(
  file: string,
  text: string,
  wishes: UserFunctionWishes,
  number: number,
): Promise<Version> {
  const { seed, timeoutMs, warn } = wishes;
  const options: FunctionThreadOptions = { file, seed, timeoutMs };
  const thread = await FunctionThread.start(pathToFileURL(resolve(file)).href, options);
  try {
    if (!thread.isRepeatable) {
      warn(
        `the function of ${file} gives something else when asked again: it draws from elsewhere than the generator ` +
          `handed in, or remembers; the same seed will not give the same stream`,
      );
    }
    const suffix = number === 1 ? "" : ` (version ${number})`;
    const planned = scheduleOf(thread.concepts, listedSchedule(0, []), wishes);
    const concepts = thread.concepts.map((name) => name + suffix);
    const schedule = new SwitchableSchedule(planned);
    return {
      text,
      thread,
      concepts,
      schedule,
      plan: new ConceptPlan({ concepts, schedule, seed, clock: clockOf(wishes.rate) }),
    };
  } catch (error) {
    thread.end();
    throw error;
  }
}

async function readFunction(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    throw new BadInput(`reading the function of ${file}: there is no such file, or it cannot be read`, {
      cause,
    });
  }
}
