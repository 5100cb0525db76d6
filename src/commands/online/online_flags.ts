/** The flags of `foz online`, and what they mean. */
import type { Command } from "commander";
import { BadInput } from "../../domain/failure.ts";
import type { Delay } from "../../evaluate/progressive_validation.ts";
import type { MetricSpan } from "../../evaluate/running_metrics.ts";
import type { Identity } from "../../online/checkpoint.ts";
import type { ObservationFormat } from "../../online/streams/observation_format.ts";

export interface OnlineFlags {
  readonly list?: boolean;
  readonly model?: string;
  readonly stream?: string;
  readonly target?: string;
  readonly metric?: string;
  readonly rolling?: string;
  readonly fading?: string;
  readonly detector?: string;
  readonly delay?: string;
  readonly limit?: string;
  readonly checkpoint?: string;
  readonly checkpointEvery: string;
  readonly group?: string;
  readonly from?: string;
  readonly untilEnd?: boolean;
  readonly every?: string;
  readonly format?: string;
  readonly names?: string;
  readonly texts?: string;
  readonly without?: string;
  readonly time?: string;
  readonly delimiter?: string;
}

/** What the lines of a stream are like. */
type FormatFlags = Pick<
  OnlineFlags,
  "target" | "format" | "names" | "texts" | "without" | "time" | "delimiter"
>;

/** Adds the flags that `formatOf` reads, but --target. */
export function addFormatOptions(command: Command): Command {
  return command
    .option("--format <name>", "csv or ndjson [default: found]")
    .option("--names <list>", "names of CSV fields, for a file without a header")
    .option("--texts <list>", "CSV fields that are texts even where they look like numbers")
    .option("--without <list>", "fields that are no features")
    .option("--time <name>", "the field that holds the time; it is no feature")
    .option("--delimiter <text>", "of CSV [default: found]");
}

/** What a checkpoint is of. */
export function identityOf(flags: OnlineFlags, stream: string, seed: number): Identity {
  const { model, target, metric, rolling, fading, detector, delay, names, texts, without, time } = flags;
  const rest = { metric, rolling, fading, detector, delay, names, texts, without, time };
  return { model: model!, stream, target: target!, seed: String(seed), settings: JSON.stringify(rest) };
}

export function formatOf(flags: FormatFlags): ObservationFormat {
  const { format, target, time, delimiter } = flags;
  if (format !== undefined && format !== "csv" && format !== "ndjson") {
    throw new BadInput(`--format was given "${format}"; accepted is csv or ndjson`);
  }
  return {
    kind: format,
    target: target!,
    time,
    delimiter: delimiter === "tab" ? "\t" : delimiter,
    names: flags.names === undefined ? undefined : listOf(flags.names),
    texts: listOf(flags.texts),
    without: listOf(flags.without),
  };
}

export function spanOf({ rolling, fading }: Pick<OnlineFlags, "rolling" | "fading">): MetricSpan {
  if (rolling !== undefined && fading !== undefined) {
    throw new BadInput("--rolling and --fading were both given; one of them is accepted");
  }
  if (rolling !== undefined) return { kind: "rolling", size: wholeOf("rolling", rolling, 1) } as const;
  return fading === undefined ? { kind: "all" } as const : { kind: "fading", keep: Number(fading) } as const;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function delayOf(given: string | undefined): Delay | undefined {
  if (given === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(given);
  const [, number, unit] = match ?? [];
  if (match !== null && unit !== undefined) return { kind: "ms", amount: Number(number) * UNITS[unit] };
  if (match !== null && Number.isInteger(Number(number))) return { kind: "events", amount: Number(number) };
  throw new BadInput(
    `--delay was given "${given}"; accepted is a whole number of observations, or a time: 500ms, 20m, 1d`,
  );
}

/** A whole number from 1; `absent` where none was given. Throws BadInput. */
export function wholeOf(flag: string, given: string | undefined, absent: number): number {
  if (given === undefined) return absent;
  const value = Number(given);
  if (given.trim() !== "" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new BadInput(`--${flag} was given "${given}"; accepted is a whole number from 1`);
}

export function listOf(given: string | undefined, separator = ","): string[] {
  return (given ?? "").split(separator).map((part) => part.trim()).filter((part) => part !== "");
}
