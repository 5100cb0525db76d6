/** `foz online`: an online model over a stream, with progressive validation as it goes. */
import { Command } from "commander";
import { openInput } from "../adapters/deno/open_input.ts";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import { encodeState } from "../domain/state_tree.ts";
import type { Delay } from "../evaluate/progressive_validation.ts";
import { createMetric, metricNames, parseMetricName } from "../evaluate/running_metrics.ts";
import type { Identity } from "../online/checkpoint.ts";
import { createModel } from "../online/create_model.ts";
import { REGISTRY } from "../online/registry.ts";
import { createDetector, DETECTORS } from "../online/registry/detectors.ts";
import { OnlineRun } from "../online/run_online.ts";
import type { ObservationFormat } from "../online/streams/observation_format.ts";
import { readObservations } from "../online/streams/read_observations.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint_file.ts";
import { loadKernel } from "./kernel_builds.ts";
import { listDocument, listText, progressLine, runDocument, runTable } from "./online_output.ts";
import { addSettings, readSettings } from "./settings.ts";
import { stopSignal } from "./stop_signal.ts";

const NAMES = ["seed", "json"] as const;
/** Refused lines that are shown one by one. */
const SHOWN_REFUSALS = 5;

const HELP = `
A model is a pipeline: steps before it, the model, and "clip" after a regression if need be. --list shows all of them with
their parameters. The stream is a file (CSV with a header, or NDJSON; gzip of each; - is standard input). Each observation is
first predicted, then measured and learnt. Lines that cannot be read or learnt are counted and passed over.

Examples:
  foz online --list
  foz online --model 'scale | linear' --stream weights.csv --target weight
  foz online --model 'one-hot | scale | logistic(optimizer=adam)' --stream clicks.ndjson --target clicked --metric rocAuc
  foz online --model 'biased-mf(factors=10) | clip(min=1, max=5)' --stream u.data --names user,item,rating,time \\
             --texts user,item --time time --target rating
  foz online --model 'scale | pa' --stream - --target y --detector adwin --checkpoint pa.state`;

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
  readonly every?: string;
  readonly format?: string;
  readonly names?: string;
  readonly texts?: string;
  readonly without?: string;
  readonly time?: string;
  readonly delimiter?: string;
}

/** The command. */
export function onlineCommand(): Command {
  const command = new Command("online").description("an online model over a stream: predict, measure, learn")
    .option("--list", "show every step, its parameters, and what it is good for")
    .option("--model <pipeline>", "for example 'scale | linear(learning-rate=0.01)'")
    .option("--stream <file>", "CSV or NDJSON, or - for standard input")
    .option("--target <name>", "the field that is learnt", "target")
    .option(
      "--metric <list>",
      "names, separated by commas [default: those of the task that need no probabilities]",
    )
    .option("--rolling <n>", "measure over the last n outcomes instead of all")
    .option("--fading <x>", "measure with weights that shrink by x (0 to 1) with each outcome")
    .option(
      "--detector <list>",
      "drift detectors over the model's errors, for example 'adwin; ddm(threshold=4)'",
    )
    .option("--delay <amount>", "when targets become known: a number of observations, or a time such as 20m")
    .option("--limit <n>", "stop after this many observations in all")
    .option("--checkpoint <file>", "keep the state there, and go on from it when it is there")
    .option("--checkpoint-every <n>", "observations between two checkpoints", "100000")
    .option("--every <n>", "print a line after each n observations")
    .option("--format <name>", "csv or ndjson [default: found]")
    .option("--names <list>", "names of CSV fields, for a file without a header")
    .option("--texts <list>", "CSV fields that are texts even where they look like numbers")
    .option("--without <list>", "fields that are no features")
    .option("--time <name>", "the field that holds the time; it is no feature")
    .option("--delimiter <text>", "of CSV [default: found]")
    .addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action(async (flags: OnlineFlags) => {
    const { seed, json } = readSettings(command, NAMES);
    if (flags.list) {
      console.log(json ? JSON.stringify(listDocument(REGISTRY, DETECTORS)) : listText(REGISTRY, DETECTORS));
      return;
    }
    const interrupt = new AbortController();
    stopSignal().then(() => interrupt.abort());
    await runOnline(flags, { seed, json, signal: interrupt.signal, print: console.log, warn: console.error });
  });
}

/** What a run is given besides its flags. */
export interface OnlineSurroundings {
  readonly seed: number;
  readonly json: boolean;
  /** Ends the run cleanly: what was taken in is kept and shown. */
  readonly signal: AbortSignal;
  /** Results. */
  readonly print: (line: string) => void;
  /** Drifts and refused lines, as they come. */
  readonly warn: (line: string) => void;
}

/** Runs to the stream's end, the limit, or the signal; prints what came out. */
export async function runOnline(flags: OnlineFlags, around: OnlineSurroundings): Promise<void> {
  const { model: text, stream } = flags;
  if (text === undefined || stream === undefined) {
    throw new BadInput("`foz online` needs --model and --stream, or --list alone");
  }
  const run = await createRun(text, flags, around);
  const identity = identityOf(text, flags, around.seed);
  const saved = flags.checkpoint === undefined ? undefined : await readCheckpoint(flags.checkpoint, identity);
  if (saved !== undefined) run.load(saved);
  const before = run.count, startMs = systemClock.monotonicMs();
  await follow(run, stream, flags, around, () => keep(run, flags, identity));
  const ms = systemClock.monotonicMs() - startMs;
  const stateBytes = encodeState(run.save()).length;
  const document = runDocument(text, run, ms, run.count - before, stateBytes);
  around.print(around.json ? JSON.stringify(document) : runTable(document));
  if (run.count === 0 && run.refusedCount > 0) {
    throw new OutsideFailure(`"${stream}": none of its ${run.refusedCount} lines could be learnt`);
  }
}

async function createRun(
  text: string,
  flags: OnlineFlags,
  { seed, warn }: OnlineSurroundings,
): Promise<OnlineRun> {
  const { module } = await loadKernel("portable");
  const model = createModel(text, { module, seed });
  const span = spanOf(flags);
  const names = flags.metric === undefined
    ? metricNames(model.task).filter((name) => !createMetric(name).needsProbabilities)
    : listOf(flags.metric).map((name) => parseMetricName(name, model.task));
  let refused = 0;
  return new OnlineRun({
    model,
    metrics: names.map((name) => createMetric(name, span)),
    detectors: listOf(flags.detector, ";").map((detector) => createDetector(detector, seed)),
    delay: delayOf(flags.delay),
    onDrift: ({ event, detector }) => warn(`drift at ${event}, says ${detector}`),
    onRefused: ({ message }, line) => {
      if (refused++ < SHOWN_REFUSALS) warn(`line ${line}: ${message}`);
    },
  });
}

async function follow(
  run: OnlineRun,
  stream: string,
  flags: OnlineFlags,
  { json, signal, print }: OnlineSurroundings,
  keepState: () => Promise<void>,
): Promise<void> {
  const limit = wholeOf("limit", flags.limit, Infinity), every = wholeOf("every", flags.every, Infinity);
  const checkpointEvery = wholeOf("checkpoint-every", flags.checkpointEvery, Infinity);
  const input = await openInput(stream, { signal });
  let kept = run.count, shown = run.count;
  try {
    for await (const lines of readObservations(input.chunks, formatOf(flags))) {
      const goesOn = run.take(lines, limit);
      if (run.count - shown >= every) {
        print(json ? JSON.stringify({ event: run.count, metrics: run.metrics() }) : progressLine(run));
        shown = run.count;
      }
      if (run.count - kept >= checkpointEvery) {
        await keepState();
        kept = run.count;
      }
      if (!goesOn || signal.aborted) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    input.close();
  }
  // Before the end is made: a stream that grows is gone on with from here.
  await keepState();
  run.finish();
}

async function keep(run: OnlineRun, { checkpoint }: OnlineFlags, identity: Identity): Promise<void> {
  if (checkpoint !== undefined) await writeCheckpoint(checkpoint, identity, run.save());
}

function identityOf(model: string, flags: OnlineFlags, seed: number): Identity {
  const { stream, target, metric, rolling, fading, detector, delay, names, texts, without, time } = flags;
  const rest = { metric, rolling, fading, detector, delay, names, texts, without, time };
  return { model, stream: stream!, target: target!, seed: String(seed), settings: JSON.stringify(rest) };
}

function formatOf(flags: OnlineFlags): ObservationFormat {
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

function spanOf({ rolling, fading }: OnlineFlags) {
  if (rolling !== undefined && fading !== undefined) {
    throw new BadInput("--rolling and --fading were both given; one of them is accepted");
  }
  if (rolling !== undefined) return { kind: "rolling", size: wholeOf("rolling", rolling, 1) } as const;
  return fading === undefined ? { kind: "all" } as const : { kind: "fading", keep: Number(fading) } as const;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function delayOf(given: string | undefined): Delay | undefined {
  if (given === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(given);
  const [, number, unit] = match ?? [];
  if (match !== null && unit !== undefined) return { kind: "ms", amount: Number(number) * UNITS[unit] };
  if (match !== null && Number.isInteger(Number(number))) return { kind: "events", amount: Number(number) };
  throw new BadInput(
    `--delay was given "${given}"; accepted is a whole number of observations, or a time: 500ms, 20m, 1d`,
  );
}

function wholeOf(flag: string, given: string | undefined, absent: number): number {
  if (given === undefined) return absent;
  const value = Number(given);
  if (given.trim() !== "" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new BadInput(`--${flag} was given "${given}"; accepted is a whole number from 1`);
}

function listOf(given: string | undefined, separator = ","): string[] {
  return (given ?? "").split(separator).map((part) => part.trim()).filter((part) => part !== "");
}
