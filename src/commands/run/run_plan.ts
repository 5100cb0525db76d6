/** What a pipeline file says: checked, with the place of what is wrong. */
import { BadInput } from "../../domain/failure.ts";

/** When what a command does may be relied upon. */
export type Ready =
  | { readonly kind: "started" }
  /** It printed a line that matches. */
  | { readonly kind: "line"; readonly pattern: RegExp }
  /** A GET is answered with 2xx. */
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "delay"; readonly ms: number }
  /** Since it was started. Relative to its folder. */
  | { readonly kind: "file"; readonly path: string }
  /** It ended with exit code 0. */
  | { readonly kind: "end" };

export interface PlannedCommand {
  readonly name: string;
  /** Program and arguments; "foz" as the program is this one, "deno" the runtime that it runs on. */
  readonly words: readonly string[];
  readonly after: readonly string[];
  readonly ready: Ready;
  readonly readyWithinMs: number;
  readonly restart: "on-failure" | "always" | "never";
  /** In a row. */
  readonly mostRestarts: number;
  /** When it has ended by itself, all others are stopped, and the run is done. */
  readonly endsRun: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Plan {
  /** In the order of the file. */
  readonly commands: readonly PlannedCommand[];
  /** Settings of foz that hold unless the environment has others. */
  readonly defaults: Readonly<Record<string, string>>;
}

const READY_WITHIN_MS = 60_000;
const MOST_RESTARTS = 5;
const READY_FORMS = '{"line": PATTERN}, {"url": URL}, {"delayMs": N}, {"file": PATH} or {"end": true}';

type Fields = Readonly<Record<string, unknown>>;

/** Reads what must be there in a certain form; every error names file and place. */
class Reader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  fail(place: string, given: unknown, accepted: string): never {
    const shown = given === undefined ? "nothing" : JSON.stringify(given)?.slice(0, 80) ?? String(given);
    throw new BadInput(`reading ${this.#file} at ${place}: ${shown} is there; accepted is ${accepted}`);
  }

  record(place: string, given: unknown, known: readonly string[] | undefined): Fields {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      this.fail(place, given, "a record {...}");
    }
    const unknown = known === undefined
      ? undefined
      : Object.keys(given).find((name) => !known.includes(name));
    if (unknown !== undefined) this.fail(place, unknown, known!.join(", "));
    return given as Fields;
  }

  texts(place: string, given: unknown): readonly string[] {
    if (Array.isArray(given) && given.every((one) => typeof one === "string")) return given;
    this.fail(place, given, "a list of texts");
  }

  environment(place: string, given: unknown): Readonly<Record<string, string>> {
    const fields = this.record(place, given ?? {}, undefined);
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value !== "string") this.fail(`${place}.${name}`, value, "a text");
      if (!/^[A-Za-z_]\w*$/.test(name)) this.fail(place, name, "names of letters, digits and underscores");
    }
    return fields as Readonly<Record<string, string>>;
  }

  whole(place: string, given: unknown, absent: number): number {
    if (given === undefined) return absent;
    if (Number.isSafeInteger(given) && (given as number) >= 0) return given as number;
    this.fail(place, given, "a whole number from 0");
  }

  flag(place: string, given: unknown): boolean {
    if (given === undefined || typeof given === "boolean") return given ?? false;
    this.fail(place, given, "true or false");
  }
}

const COMMAND_FIELDS = [
  "foz",
  "command",
  "after",
  "ready",
  "readyWithinMs",
  "restart",
  "mostRestarts",
  "endsRun",
  "environment",
];

/** Throws BadInput for text that is no plan. `file` is for messages. */
export function parsePlan(text: string, file: string): Plan {
  const reader = new Reader(file);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`reading ${file} as JSON: ${(error as Error).message}`);
  }
  const { commands, defaults } = reader.record("its top", given, ["commands", "defaults"]);
  const named = Object.entries(reader.record("commands", commands, undefined));
  if (named.length === 0) reader.fail("commands", commands, "at least one command by name");
  const plan = {
    commands: named.map(([name, command]) => parseCommand(reader, name, command)),
    defaults: reader.environment("defaults", defaults),
  };
  const other = Object.keys(plan.defaults).find((name) => !name.startsWith("FOZ_"));
  if (other !== undefined) {
    reader.fail("defaults", other, 'settings of foz, FOZ_..., for the rest "environment"');
  }
  checkOrder(reader, plan.commands);
  return plan;
}

function parseCommand(reader: Reader, name: string, given: unknown): PlannedCommand {
  const place = `commands.${name}`;
  if (!/^[\w.-]{1,32}$/.test(name)) {
    reader.fail("commands", name, "names of 1 to 32 letters, digits, dots, dashes and underscores");
  }
  const fields = reader.record(place, given, COMMAND_FIELDS);
  const { foz, command, restart = "on-failure" } = fields;
  if ((foz === undefined) === (command === undefined)) {
    reader.fail(place, given, 'either "foz": [ARGUMENT...] or "command": [PROGRAM, ARGUMENT...]');
  }
  const words = foz === undefined
    ? reader.texts(`${place}.command`, command)
    : ["foz", ...reader.texts(`${place}.foz`, foz)];
  if (words.length === 0 || (foz !== undefined && words.length === 1)) {
    reader.fail(place, foz ?? command, "a program or a foz command");
  }
  if (restart !== "on-failure" && restart !== "always" && restart !== "never") {
    reader.fail(`${place}.restart`, restart, "on-failure, always or never");
  }
  return {
    name,
    words,
    after: reader.texts(`${place}.after`, fields.after ?? []),
    ready: parseReady(reader, `${place}.ready`, fields.ready),
    readyWithinMs: reader.whole(`${place}.readyWithinMs`, fields.readyWithinMs, READY_WITHIN_MS),
    restart,
    mostRestarts: reader.whole(`${place}.mostRestarts`, fields.mostRestarts, MOST_RESTARTS),
    endsRun: reader.flag(`${place}.endsRun`, fields.endsRun),
    environment: reader.environment(`${place}.environment`, fields.environment),
  };
}

function parseReady(reader: Reader, place: string, given: unknown): Ready {
  if (given === undefined) return { kind: "started" };
  const { line, url, delayMs, file, end, ...rest } = reader.record(place, given, undefined);
  const forms = [line, url, delayMs, file, end].filter((form) => form !== undefined);
  if (forms.length !== 1 || Object.keys(rest).length > 0) reader.fail(place, given, READY_FORMS);
  if (typeof line === "string") {
    try {
      return { kind: "line", pattern: new RegExp(line) };
    } catch (error) {
      reader.fail(`${place}.line`, line, `a regular expression (${(error as Error).message})`);
    }
  }
  if (typeof url === "string" && /^https?:\/\//.test(url) && URL.canParse(url)) return { kind: "url", url };
  if (delayMs !== undefined) return { kind: "delay", ms: reader.whole(`${place}.delayMs`, delayMs, 0) };
  if (typeof file === "string" && file !== "") return { kind: "file", path: file };
  if (end === true) return { kind: "end" };
  reader.fail(place, given, READY_FORMS);
}

/** Names that are waited for exist, and nobody waits for itself in the end. */
function checkOrder(reader: Reader, commands: readonly PlannedCommand[]): void {
  const byName = new Map(commands.map((command) => [command.name, command]));
  const follow = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      reader.fail(`commands.${path[0]}.after`, [...path, name].join(" after "), "an order without a circle");
    }
    for (const other of byName.get(name)!.after) {
      if (!byName.has(other)) reader.fail(`commands.${name}.after`, other, [...byName.keys()].join(", "));
      follow(other, [...path, name]);
    }
  };
  for (const { name } of commands) follow(name, []);
}
