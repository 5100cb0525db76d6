/** `foz import`: files of ratings or events into the log, and titles of items. */
import { Command } from "commander";
import { nameOf, openInput } from "../adapters/deno/open_input.ts";
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import { FORMAT_NAMES } from "../ingest/detect_format.ts";
import { FILE_RULES } from "../ingest/scanner_of.ts";
import { readItems } from "../ingest/read_items.ts";
import type { TimeUnit } from "../ingest/parse_time.ts";
import type { EventRules } from "../ingest/validate_event.ts";
import type { ItemCatalog } from "../ports/item_catalog.ts";
import { formatWish } from "./import/format_flags.ts";
import { importDocument, importTables, terminalProgress } from "./import/import_output.ts";
import { importPath, type PathReport } from "./import/import_path.ts";
import { openStore, type Store } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { stopSignal } from "./stop_signal.ts";

const NAMES = ["store", "json"] as const;

export interface ImportFlags {
  readonly format?: string;
  readonly columns?: string;
  readonly delimiter?: string;
  readonly timeUnit?: string;
  readonly minValue?: string;
  readonly maxValue?: string;
  readonly source?: string;
  readonly strict?: boolean;
  readonly rejects?: string;
  readonly items?: string;
  readonly json?: boolean;
}

const HELP = `
Formats are found by themselves: MovieLens (u.data, ratings.dat, ratings.csv), CSV, TSV and the like with or without a
header, NDJSON of events {eventId?, userId, itemId, value?, time?, type?}; gzip of each. - is standard input. Without a
column of values each row counts 1. Times are seconds, milliseconds or ISO 8601 (without a zone: UTC).
The same file twice changes nothing, and a file that grew adds its new rows: a row's event id is made of the file's name
(without folder and .gz; or --source), its content, and how many times it came before in the file.
Bad rows are counted, shown, and kept in NAME.rejected in the current folder.

Examples:
  foz import ml-1m/ratings.dat --items ml-1m/movies.dat
  foz import ratings.csv.gz clicks.ndjson
  foz import plays.tsv --columns listener,track,plays,played_at
  foz import log.csv --columns 3,1,,4              no values; user in column 3, item in 1, time in 4
  foz import implicit-train.txt --format lists     lines of a user and items
  zcat day.csv.gz | foz import - --source day-1`;

/** The command. */
export function importCommand(): Command {
  const command = new Command("import").description("ratings or events from files into the log")
    .argument("[file...]", "files, or - for standard input")
    .option("--format <name>", `one of ${FORMAT_NAMES.join(", ")} [default: found]`)
    .option("--columns <list>", "user,item,value,time by name or place from 1 [default: found]")
    .option("--delimiter <text>", 'one or two characters, "tab" or "space" [default: found]')
    .option("--time-unit <unit>", "of bare numbers: auto, seconds, milliseconds", "auto")
    .option("--min-value <x>", "refuse rows with a smaller value")
    .option("--max-value <x>", "refuse rows with a greater value")
    .option("--source <name>", "what event ids are made from instead of the file's name")
    .option("--strict", "stop at the first bad row; the rows before it are in")
    .option("--rejects <file>", "where refused rows are kept [default: NAME.rejected]")
    .option("--items <file>", "titles of items: movies.csv, movies.dat, u.item or the like")
    .addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action(async (paths: string[], flags: ImportFlags) => {
    if (paths.length === 0 && flags.items === undefined) {
      throw new BadInput(
        "there is nothing to import; accepted are files, - for standard input, or --items FILE",
      );
    }
    const settings = readSettings(command, NAMES);
    const interrupt = new AbortController();
    stopSignal().then(() => interrupt.abort());
    const store = await openStore(settings.store, { logThread: "worker" });
    try {
      await runImport(store, paths, { ...flags, json: settings.json }, interrupt.signal);
    } finally {
      await store.close();
    }
  });
}

/**
 * Imports one file after the other and prints what became of them. Throws OutsideFailure, after that, when one did not
 * come to its end or had no row that could be read.
 */
export async function runImport(
  store: Pick<Store, "eventLog" | "catalog">,
  paths: readonly string[],
  flags: ImportFlags,
  signal: AbortSignal,
): Promise<void> {
  refuseEqualNames(paths, flags);
  const options = {
    wish: formatWish(flags),
    rules: rulesOf(flags),
    strict: flags.strict,
    source: flags.source,
    rejects: flags.rejects,
    signal,
    progress: flags.json ? undefined : terminalProgress(),
  };
  const titles = flags.items === undefined ? undefined : await importItems(store.catalog, flags.items);
  if (titles !== undefined && !flags.json) console.log(titles.sentence);
  const reports: PathReport[] = [];
  try {
    for (const path of paths) {
      if (signal.aborted) break;
      reports.push(await importPath(store.eventLog, path, options));
    }
  } finally {
    if (reports.length > 0 || (flags.json && titles !== undefined)) {
      console.log(
        flags.json ? JSON.stringify(importDocument(reports, titles?.count)) : importTables(reports),
      );
    }
  }
  const failures = reports.flatMap(failureOf);
  if (failures.length > 0) throw new OutsideFailure(failures.join("; "));
}

function failureOf({ path, end, problem, accepted, duplicates, rejectedCount }: PathReport): string[] {
  const inLog = accepted + duplicates;
  if (end === "interrupted") {
    return [`"${path}": interrupted; ${inLog} rows are in, run it again to add the rest`];
  }
  if (end !== "whole") return [`"${path}": ${problem}; the ${inLog} rows before it are in`];
  if (inLog === 0 && rejectedCount > 0) return [`"${path}": none of its ${rejectedCount} rows could be read`];
  return [];
}

/**
 * Two files of one name would be one source: rows that stand in both would count once. And each file's refused rows are
 * kept under its name.
 */
function refuseEqualNames(paths: readonly string[], { rejects }: ImportFlags): void {
  if (rejects !== undefined && paths.length > 1) {
    throw new BadInput("--rejects takes the rows of one file; of several, each has its own NAME.rejected");
  }
  const names = paths.map(nameOf);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new BadInput(
    `two files are called "${twice}", and rows' ids are made of that name; accepted is one at a time, with --source NAME`,
  );
}

/** Throws BadInput that names the flag. */
export function rulesOf(flags: Pick<ImportFlags, "minValue" | "maxValue" | "timeUnit">): EventRules {
  const numberOf = (flag: string, text: string | undefined, otherwise: number) => {
    const value = text === undefined ? otherwise : text.trim() === "" ? NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw new BadInput(`${flag} was given "${text}"; accepted is a number`);
  };
  const minValue = numberOf("--min-value", flags.minValue, FILE_RULES.minValue);
  const maxValue = numberOf("--max-value", flags.maxValue, FILE_RULES.maxValue);
  if (minValue > maxValue) {
    throw new BadInput(
      `--min-value ${minValue} is greater than --max-value ${maxValue}; no row would be accepted`,
    );
  }
  const timeUnit = flags.timeUnit ?? "auto";
  if (["auto", "seconds", "milliseconds"].includes(timeUnit)) {
    return { minValue, maxValue, timeUnit: timeUnit as TimeUnit };
  }
  throw new BadInput(`--time-unit was given "${timeUnit}"; accepted is one of auto, seconds, milliseconds`);
}

const ITEMS_AT_ONCE = 1000;

/** Puts the titles of a file into the catalog. */
export async function importItems(
  catalog: ItemCatalog,
  path: string,
): Promise<{ count: number; sentence: string }> {
  const input = await openInput(path);
  const bytes = new Uint8Array(await new Response(ReadableStream.from(input.chunks)).arrayBuffer());
  const { items, skippedCount, skippedRows } = readItems(bytes);
  for (let i = 0; i < items.length; i += ITEMS_AT_ONCE) await catalog.put(items.slice(i, i + ITEMS_AT_ONCE));
  const skipped = skippedCount === 0
    ? ""
    : `; ${skippedCount} rows without an id or a title were passed over (rows ${skippedRows.join(", ")})`;
  return { count: items.length, sentence: `${path}: ${items.length} titles${skipped}` };
}
