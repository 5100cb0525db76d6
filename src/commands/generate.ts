/** `foz generate`: a planted world's events to the log, a file or standard output. */
import { Command } from "commander";
import type { Config } from "../config.ts";
import { BadInput } from "../domain/failure.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { ItemCatalog } from "../ports/item_catalog.ts";
import { eventBatches } from "../synthesize/event_batches.ts";
import {
  itemIdOf,
  PLANTED_WORLD_DEFAULTS,
  type PlantedWorld,
  plantWorld,
} from "../synthesize/planted_world.ts";
import { plantTitles } from "../synthesize/titles.ts";
import { eventLines, formatOfFile, titleLines } from "./generate_lines.ts";
import { openStore } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { writeAll, writeAtomically } from "./write_atomically.ts";

const NAMES = ["store", "feedback", "seed", "json"] as const;

export type GenerateSettings = Config<(typeof NAMES)[number]>;

export interface GenerateFlags {
  readonly to: string;
  readonly count?: string;
  readonly users?: string;
  readonly itemCount?: string;
  readonly tastes?: string;
  readonly format?: string;
  readonly items?: string;
}

const { userCount, itemCount, eventCount, tasteCount } = PLANTED_WORLD_DEFAULTS;

const HELP = `
A world of users and items whose tastes are planted: ratings follow from them (--feedback implicit: acts of value 1),
items have power-law popularity, users and items arrive over half a year. The same flags give the same events.

Examples:
  foz generate --to ratings.csv --items titles.csv
  foz generate --to - --format ndjson --count 1000 | head
  foz generate --to log --feedback implicit       straight into the store, with titles`;

/** The command. */
export function generateCommand(): Command {
  const command = new Command("generate").description("a synthetic stream of events with a known truth")
    .requiredOption("--to <target>", "log, FILE (.csv or .ndjson), or - for standard output")
    .option("--count <n>", `events [default: ${eventCount}]`)
    .option("--users <n>", `users [default: ${userCount}]`)
    .option("--item-count <n>", `items [default: ${itemCount}]`)
    .option("--tastes <n>", `dimensions of taste [default: ${tasteCount}]`)
    .option("--format <name>", "csv or ndjson [default: by the file's name]")
    .option("--items <file>", "write the items' titles there, as `foz import --items` reads them")
    .addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action((flags: GenerateFlags) => generate(flags, readSettings(command, NAMES)));
}

/** Plants the world and brings it where it was asked for. Throws BadInput for flags that make no world. */
export async function generate(flags: GenerateFlags, settings: GenerateSettings): Promise<void> {
  const format = formatOfFile(flags.to, flags.format);
  const world = plantWorld({
    seed: settings.seed,
    feedback: settings.feedback === "implicit" ? "implicit" : "explicit",
    userCount: numberOf("--users", flags.users, userCount),
    itemCount: numberOf("--item-count", flags.itemCount, itemCount),
    eventCount: numberOf("--count", flags.count, eventCount),
    tasteCount: numberOf("--tastes", flags.tastes, tasteCount),
  });
  if (flags.items !== undefined) await writeLines(flags.items, titleLines(world));
  if (flags.to === "log") await toStore(settings.store, world);
  else if (flags.to === "-") await toOutput(eventLines(world, format));
  else await writeLines(flags.to, eventLines(world, format));
  if (flags.to === "-") return; // standard output holds the events
  const { options } = world;
  console.log(
    settings.json
      ? JSON.stringify({ to: flags.to, events: world.events.count, options })
      : `${world.events.count} events of ${options.userCount} users and ${options.itemCount} items, ` +
        `${options.tasteCount} tastes, seed ${options.seed}: ${
          flags.to === "log" ? settings.store : flags.to
        }`,
  );
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
