/** `foz generate`: a planted world's events, or observations of a function, to the log, a topic, a file or standard output. */
import { Command } from "commander";
import type { Config } from "../config.ts";
import { BadInput } from "../domain/failure.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { ItemCatalog } from "../ports/item_catalog.ts";
import type { Topics } from "../ports/topic.ts";
import { eventBatches, interactionsOf } from "../synthesize/event_batches.ts";
import {
  itemIdOf,
  PLANTED_WORLD_DEFAULTS,
  type PlantedWorld,
  plantWorld,
} from "../synthesize/planted_world.ts";
import { plantTitles } from "../synthesize/titles.ts";
import { DRIFT_HELP } from "./generate/generate_drift.ts";
import { eventJson, eventLines, formatOfFile, titleLines } from "./generate/generate_lines.ts";
import { generateObservations, topicOf } from "./generate/generate_observations.ts";
import { commandLines, reportDocument, reportText, terminalProgress } from "./generate/generate_output.ts";
import { streamListDocument, streamListText } from "./generate/generate_stream.ts";
import { openStore, withoutPassword } from "./open_store.ts";
import { openTopics } from "./open_topics.ts";
import { addSettings, readSettings } from "./settings.ts";
import { stopSignal } from "./stop_signal.ts";
import { writeAll, writeAtomically } from "./write_atomically.ts";

const NAMES = ["store", "kafka", "feedback", "seed", "json"] as const;

export type GenerateSettings = Config<(typeof NAMES)[number]>;

export interface GenerateFlags {
  readonly list?: boolean;
  readonly to?: string;
  readonly function?: string;
  readonly drift?: string;
  readonly concept?: string;
  readonly rate?: string;
  readonly from?: string;
  readonly continue?: boolean;
  readonly control?: boolean;
  readonly timeout?: string;
  readonly count?: string;
  readonly users?: string;
  readonly itemCount?: string;
  readonly tastes?: string;
  readonly format?: string;
  readonly items?: string;
}

const { userCount, itemCount, eventCount, tasteCount } = PLANTED_WORLD_DEFAULTS;

const HELP = `
Without --function: a world of users and items whose tastes are planted: ratings follow from them (--feedback implicit: acts
of value 1), items have power-law popularity, users and items arrive over half a year. The same flags give the same events.

With --function: observations {features, target} of a function: a name (--list shows them, with their parameters and
concepts), or a module of yours, ./my_function.ts, that exports one by default:
  export default (random, position) => {
    const x = random.uniform();
    return { features: { x }, target: 3 * x + random.normal() };
  };
or several by name ({ calm: ..., storm: ... }), which are its concepts. It runs with this program's rights, on a thread that is
ended when it takes too long. When its file is changed, the stream goes on with the new function; with --control a line on
standard input (a concept, or an empty line for the next) switches the concept. Every change is on the stream as
"truth" of the first observation that it concerns; beside a CSV file it is in FILE.truth.ndjson.

${DRIFT_HELP}

The same seed gives the same stream, from anywhere on: --from N begins there, --continue goes on behind what is there.

Examples:
  foz generate --to ratings.csv --items titles.csv
  foz generate --to - --format ndjson --count 1000 | head
  foz generate --to log --feedback implicit       straight into the store, with titles
  foz generate --function friedman-drift --to friedman.ndjson
  foz generate --function sea --drift 'abrupt(at=5000); gradual(at=9000, width=1000)' --count 20000 --to sea.csv
  foz generate --function ./my_function.ts --rate 500 --to topic:foz.observations --kafka sqlite:topics.db --control`;

/** The command. */
export function generateCommand(): Command {
  const command = new Command("generate").description("a synthetic stream with a known truth")
    .option("--to <target>", "log, topic:NAME, FILE (.csv or .ndjson), or - for standard output")
    .option(
      "--function <name>",
      "observations of this function, or of the one in this file, instead of a world",
    )
    .option("--list", "show the functions that have names")
    .option(
      "--count <n>",
      `events or observations [default: ${eventCount} events; a function's own number in a file, else no end]`,
    )
    .option("--drift <schedule>", "when the function goes to another concept")
    .option("--concept <name>", "the concept it begins with: a name, or a number from 1")
    .option("--rate <n>", "observations a second; they have times then [default: as fast as can be]")
    .option("--from <n>", "the position to begin at")
    .option("--continue", "go on behind the observations that the file or topic holds")
    .option("--control", "read concepts to switch to from standard input, a line each")
    .option(
      "--timeout <ms>",
      "longest time for a thousand observations of a function of yours [default: 5000]",
    )
    .option("--users <n>", `users [default: ${userCount}]`)
    .option("--item-count <n>", `items [default: ${itemCount}]`)
    .option("--tastes <n>", `dimensions of taste [default: ${tasteCount}]`)
    .option("--format <name>", "csv or ndjson [default: by the file's name]")
    .option("--items <file>", "write the items' titles there, as `foz import --items` reads them")
    .addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action((flags: GenerateFlags) => run(flags, readSettings(command, NAMES)));
}

async function run(flags: GenerateFlags, settings: GenerateSettings): Promise<void> {
  if (flags.list) console.log(settings.json ? JSON.stringify(streamListDocument()) : streamListText());
  else if (flags.function === undefined) await generate(flags, settings);
  else await generateFunction(flags, settings);
}

async function generateFunction(
  flags: GenerateFlags,
  { seed, kafka, json }: GenerateSettings,
): Promise<void> {
  const interrupt = new AbortController(), progress = terminalProgress();
  stopSignal().then(() => interrupt.abort());
  const to = targetOf(flags);
  const report = await generateObservations({ ...flags, function: flags.function!, to }, {
    seed,
    kafka,
    signal: interrupt.signal,
    commands: flags.control ? commandLines(Deno.stdin.readable) : undefined,
    warn: (message) => progress.say(message),
    onProgress: (done, count) => progress.show(done, count),
  }).finally(() => progress.end());
  const text = json ? JSON.stringify(reportDocument(report)) : reportText(report);
  if (to === "-") console.error(text); // standard output holds the observations
  else console.log(text);
}

function targetOf({ to }: GenerateFlags): string {
  if (to !== undefined) return to;
  throw new BadInput("`foz generate` needs --to: log, topic:NAME, FILE, or - for standard output");
}

/** Plants the world and brings it where it was asked for. Throws BadInput for flags that make no world. */
export async function generate(flags: GenerateFlags, settings: GenerateSettings): Promise<void> {
  const to = targetOf(flags), format = formatOfFile(to, flags.format), topic = topicOf(to);
  assertForWorld(flags);
  const world = plantWorld({
    seed: settings.seed,
    feedback: settings.feedback === "implicit" ? "implicit" : "explicit",
    userCount: numberOf("--users", flags.users, userCount),
    itemCount: numberOf("--item-count", flags.itemCount, itemCount),
    eventCount: numberOf("--count", flags.count, eventCount),
    tasteCount: numberOf("--tastes", flags.tastes, tasteCount),
  });
  if (flags.items !== undefined) await writeLines(flags.items, titleLines(world));
  if (to === "log") await toStore(settings.store, world);
  else if (to === "-") await toOutput(eventLines(world, format));
  else if (topic !== undefined) await toTopics(settings.kafka, topic, world);
  else await writeLines(to, eventLines(world, format));
  if (to === "-") return; // standard output holds the events
  const { options } = world;
  console.log(
    settings.json
      ? JSON.stringify({ to, events: world.events.count, options })
      : `${world.events.count} events of ${options.userCount} users and ${options.itemCount} items, ` +
        `${options.tasteCount} tastes, seed ${options.seed}: ${
          to === "log" ? withoutPassword(settings.store) : to
        }`,
  );
}

/** Flags of observations. */
const OF_FUNCTIONS = ["drift", "concept", "rate", "from", "continue", "control", "timeout"] as const;

function assertForWorld(flags: GenerateFlags): void {
  const wrong = OF_FUNCTIONS.find((name) => flags[name] !== undefined);
  if (wrong === undefined) return;
  throw new BadInput(`--${wrong} was given without --function, to whose observations it belongs`);
}

function numberOf(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new BadInput(`${flag} was given "${text}"; accepted is a whole number`);
}

async function toStore(url: string, world: PlantedWorld): Promise<void> {
  const store = await openStore(url);
  try {
    await toLog(store, world);
  } finally {
    await store.close();
  }
}

async function toTopics(url: string, topic: string, world: PlantedWorld): Promise<void> {
  const topics = await openTopics(url);
  try {
    await toTopic(topics, topic, world);
  } finally {
    await topics.close();
  }
}

const MESSAGES_PER_SEND = 2000;

/** Sends the events as the bridge takes them, keyed by user. */
export async function toTopic(topics: Topics, topic: string, world: PlantedWorld): Promise<void> {
  await topics.create(topic, 1);
  const events = [...interactionsOf(world)];
  for (let at = 0; at < events.length; at += MESSAGES_PER_SEND) {
    const messages = events.slice(at, at + MESSAGES_PER_SEND).map((event) => ({
      key: encoder.encode(event.userId),
      value: encoder.encode(eventJson(event)),
    }));
    await topics.send(topic, messages);
  }
}

/** Appends the events and puts the titles. The same world twice changes nothing. */
export async function toLog(
  { eventLog, catalog }: { readonly eventLog: EventLog; readonly catalog: ItemCatalog },
  world: PlantedWorld,
): Promise<void> {
  for (const batch of eventBatches(world)) await eventLog.appendColumns(batch);
  await catalog.put(plantTitles(world.truth).map((title, item) => ({ itemId: itemIdOf(item), title })));
}

const encoder = new TextEncoder();

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  await writeAtomically(path, async (file) => {
    for (const piece of lines) await writeAll(file, encoder.encode(piece));
  });
}

/** Ends quietly when the reader has seen enough (`| head`). */
async function toOutput(lines: Iterable<string>): Promise<void> {
  const output = Deno.stdout.writable.getWriter();
  try {
    for (const piece of lines) await output.write(encoder.encode(piece));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  } finally {
    output.releaseLock();
  }
}
