/** `foz compare`: several models on the same stream, who copes, and who recovers from drift. */
import { Command } from "commander";
import type { MetricName } from "../evaluate/running_metrics.ts";
import { createMetric, metricNames, parseMetricName } from "../evaluate/running_metrics.ts";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import type { Task } from "../domain/observation.ts";
import { Comparison, type ComparisonOptions, type ComparisonResult } from "../online/compare_run.ts";
import { type ComparisonSummary, summarize } from "../online/compare_summary.ts";
import type { ObservationLine } from "../online/streams/read_observations.ts";
import { type PreparedModels, prepareModels } from "./compare/compare_models.ts";
import {
  compareDocument,
  compareTable,
  type LiveLines,
  liveLines,
  notesOf,
} from "./compare/compare_output.ts";
import { comparePage } from "./compare/compare_page.ts";
import { type ComparedStream, openComparedStream } from "./compare/compare_stream.ts";
import { DRIFT_HELP } from "./generate/generate_drift.ts";
import {
  addFormatOptions,
  delayOf,
  formatOf,
  listOf,
  type OnlineFlags,
  spanOf,
  wholeOf,
} from "./online/online_flags.ts";
import { addSettings, readSettings } from "./settings.ts";
import { stopSignal } from "./stop_signal.ts";
import { writeAll, writeAtomically } from "./write_atomically.ts";

const NAMES = ["seed", "json", "kafka", "store"] as const;

const HELP = `
All models see the same observations in the same order: each predicts, is measured, and learns. A model is a pipeline (foz
online --list), or a module of yours, ./my_model.ts, that exports one by default: an object with predictOne(features) and
learnOne(features, target), or a class. The stream is one of
  NAME        a synthetic stream with its truth (foz generate --list), such as friedman-drift(kind=lea) or sea(noise=0.2)
  ./FILE.ts   a function of yours, as foz generate --function takes it
  FILE        CSV or NDJSON; - is standard input; beside what foz generate wrote as CSV its truth is found
  topic:NAME  of --kafka, up to its present end (--follow: until Ctrl-C or --limit);  log: the events of --store

Where the stream tells when its concept changes, "delay" is how many observations a detector (--detector, over each model's
errors) needs to find it, "-" is missed; "false" counts alarms about growing errors where nothing had changed. "Recovery" is
how many observations a model needs to be as good again as before the change, "-" is not before the next one. A model
that adapts at once gives a detector nothing to find.

${DRIFT_HELP}

Examples:
  foz compare --model 'scale | linear' --model 'scale | pa' --model mean --stream friedman-drift --detector adwin
  foz compare --model 'scale | linear' --model ./my_model.ts --stream 'friedman-drift(kind=gsg)' --seeds 5 --html drift.html
  foz compare --model logistic --model perceptron --stream sea --drift 'recurring(every=5000)' --metric accuracy,f1
  foz compare --model 'scale | linear' --model tree --stream weights.csv --target weight`;

export interface CompareFlags extends Omit<OnlineFlags, "model" | "checkpoint" | "checkpointEvery"> {
  readonly model?: readonly string[];
  readonly seeds?: string;
  readonly block?: string;
  readonly html?: string;
  readonly drift?: string;
  readonly concept?: string;
  readonly rate?: string;
  readonly follow?: boolean;
}

/** The command. */
export function compareCommand(): Command {
  const collect = (value: string, before: readonly string[] = []) => [...before, value];
  const command = new Command("compare").description(
    "several models on the same stream: who copes, who recovers",
  )
    .option("--model <pipeline>", "a pipeline or a module of yours; once for each model", collect)
    .option(
      "--stream <stream>",
      "a synthetic stream's name, a function of yours, a file, topic:NAME, log, or -",
    )
    .option("--target <name>", "the field that is learnt", "target")
    .option(
      "--metric <list>",
      "names, separated by commas; models are ranked by the first [default: those of the task]",
    )
    .option("--rolling <n>", "measure over the last n outcomes instead of all")
    .option("--fading <x>", "measure with weights that shrink by x (0 to 1) with each outcome")
    .option(
      "--detector <list>",
      "drift detectors over each model's errors, for example 'adwin; page-hinkley'",
    )
    .option("--delay <amount>", "when targets become known: a number of observations, or a time such as 20m")
    .option("--limit <n>", "stop after this many observations")
    .option("--seeds <n>", "so many seeds of a synthetic stream: medians, and least to greatest")
    .option("--block <n>", "observations of a point of the curve [default: a 200th of the stream, or 1000]")
    .option("--every <n>", "print a line after each n observations")
    .option("--html <file>", "write one page with table and curves there, which needs nothing else")
    .option("--drift <schedule>", "of a synthetic stream: when the concept changes")
    .option("--concept <name>", "of a synthetic stream: the concept it begins with")
    .option("--rate <n>", "of a synthetic stream: observations a second of its time, not of the clock's")
    .option("--follow", "follow a topic or the log beyond its present end");
  addFormatOptions(command).addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action(async (flags: CompareFlags) => {
    const settings = readSettings(command, NAMES), interrupt = new AbortController();
    stopSignal().then(() => interrupt.abort());
    await compare(flags, { ...settings, signal: interrupt.signal, print: console.log, warn: console.error });
  });
}

/** What a comparison is given besides its flags. */
export interface CompareSurroundings {
  readonly seed: number;
  readonly json: boolean;
  readonly kafka: string;
  readonly store: string;
  /** Ends it cleanly: what there is by then is shown. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Compares to the stream's end, the limit, or the signal; prints what came out. Throws BadInput, OutsideFailure. */
export async function compare(flags: CompareFlags, around: CompareSurroundings): Promise<ComparisonSummary> {
  const { model: models = [], stream } = flags;
  if (models.length === 0 || stream === undefined) {
    throw new BadInput("`foz compare` needs --stream, and --model once for each model");
  }
  const seedCount = wholeOf("seeds", flags.seeds, 1), results: ComparisonResult[] = [];
  let metrics: readonly MetricName[] = [];
  const live = liveLines({ ...around, every: wholeOf("every", flags.every, Infinity), seedCount });
  for (let s = 0; s < seedCount && !around.signal.aborted; s++) {
    const one = await compareOnce(flags, { ...around, seed: around.seed + s }, live);
    metrics = one.metrics;
    results.push(one.result);
  }
  live.end();
  const summary = summarize(results, metrics[0]), shown = { stream, metrics, seed: around.seed };
  if (flags.html !== undefined) await writePage(flags.html, comparePage(summary, shown));
  if (around.json) around.print(JSON.stringify(compareDocument(summary, results, shown)));
  else around.print([compareTable(summary, shown), ...notesOf(summary, shown, flags.html)].join("\n"));
  assertSomethingLearnt(summary);
  return summary;
}

/** A comparison in which nobody learnt anything has failed, whatever its table looks like. */
function assertSomethingLearnt({ models }: ComparisonSummary): void {
  if (models.some(({ metrics }) => Object.keys(metrics).length > 0)) return;
  const reason = models.map(({ failure, refusal }) => failure?.message ?? refusal).find((one) =>
    one !== undefined
  );
  throw new OutsideFailure(
    `comparing models: none of them could learn anything${reason === undefined ? "" : `; ${reason}`}`,
  );
}

async function compareOnce(
  flags: CompareFlags,
  around: CompareSurroundings,
  live: LiveLines,
): Promise<{ result: ComparisonResult; metrics: readonly MetricName[] }> {
  const models = await prepareModels(flags.model!, around.seed);
  const stream = await openStream(flags, around);
  try {
    if (wholeOf("seeds", flags.seeds, 1) > 1 && stream.seed !== around.seed) {
      throw new BadInput(
        `--seeds was given with '${flags.stream}', which has one seed or none; accepted are synthetic streams without ` +
          `a seed of their own (--seed is the first)`,
      );
    }
    const limit = Math.min(wholeOf("limit", flags.limit, Infinity), stream.count ?? Infinity);
    let comparison: Comparison | undefined, metrics: readonly MetricName[] = [], left = limit;
    await stream.follow((lines) => {
      if (comparison === undefined) {
        const options = optionsOf(flags, around, models, stream.task ?? taskOf(lines), limit);
        comparison = new Comparison(options);
        metrics = options.metrics;
      }
      comparison.take(lines.slice(0, left));
      left -= lines.length;
      live.show(comparison, limit);
      return left > 0 && comparison.goesOn && !around.signal.aborted;
    });
    if (comparison === undefined) {
      throw new BadInput(`'${flags.stream}' has no observation to compare models on`);
    }
    return { result: comparison.finish(), metrics };
  } finally {
    await stream.close();
  }
}

function optionsOf(
  flags: CompareFlags,
  { seed }: CompareSurroundings,
  models: PreparedModels,
  streamTask: Task,
  limit: number,
): ComparisonOptions {
  const contestants = models.make(models.task ?? streamTask), { task } = contestants[0].model;
  const metrics = flags.metric === undefined
    ? metricNames(task).filter((name) => !createMetric(name).needsProbabilities)
    : listOf(flags.metric).map((name) => parseMetricName(name, task));
  return {
    contestants,
    metrics,
    span: spanOf(flags),
    detectors: listOf(flags.detector, ";"),
    delay: delayOf(flags.delay),
    seed,
    blockCount: wholeOf("block", flags.block, blockCountOf(limit)),
    nowMs: () => systemClock.monotonicMs(),
  };
}

/** About 200 points of a round number of observations. */
function blockCountOf(limit: number): number {
  if (!Number.isFinite(limit)) return 1000;
  const wanted = limit / 200, scale = 10 ** Math.floor(Math.log10(Math.max(wanted, 1)));
  const round = [1, 2, 5, 10].find((factor) => factor * scale >= wanted)!;
  return Math.max(20, round * scale);
}

/** Of a stream that does not say: numbers are predicted, all else is told apart. */
function taskOf(lines: readonly ObservationLine[]): Task {
  const first = lines.find((line) => line.refusal === undefined);
  return typeof first?.observation?.target === "number" ? "regression" : "classification";
}

function openStream(flags: CompareFlags, around: CompareSurroundings): Promise<ComparedStream> {
  const rate = flags.rate === undefined ? undefined : Number(flags.rate);
  if (rate !== undefined && !(rate > 0)) {
    throw new BadInput(`--rate was given "${flags.rate}"; accepted is a number above 0`);
  }
  const { stream, drift, concept, follow } = flags;
  const format = formatOf(flags);
  return openComparedStream({ ...around, stream: stream!, drift, concept, rate, format, untilEnd: !follow });
}

async function writePage(path: string, page: string): Promise<void> {
  await writeAtomically(path, (file) => writeAll(file, new TextEncoder().encode(page)));
}
