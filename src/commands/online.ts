/** `foz online`: an online model over a stream, with progressive validation as it goes. */
import { Command } from "commander";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import { encodeState, type StateTree } from "../domain/state_tree.ts";
import { createMetric, metricNames, parseMetricName } from "../evaluate/running_metrics.ts";
import type { Identity } from "../online/checkpoint.ts";
import { createModel } from "../online/create_model.ts";
import { REGISTRY } from "../online/registry.ts";
import { createDetector, DETECTORS } from "../online/registry/detectors.ts";
import type { SavedModel } from "../online/online_model.ts";
import { FeedRun } from "../online/run_feed.ts";
import { OnlineRun, type OnlineRunOptions } from "../online/run_online.ts";
import { readCheckpoint, writeCheckpoint } from "./online/checkpoint_file.ts";
import { loadKernel } from "./kernel_builds.ts";
import { openLines } from "./online/observation_lines.ts";
import { type FeedName, feedName, type OpenedFeed, openFeed } from "./online/online_feed.ts";
import {
  addFormatOptions,
  delayOf,
  formatOf,
  identityOf,
  listOf,
  type OnlineFlags,
  spanOf,
  wholeOf,
} from "./online/online_flags.ts";
import { listDocument, listText, progressLine, runDocument, runTable } from "./online/online_output.ts";
import { addSettings, readSettings } from "./settings.ts";
import { stopSignal } from "./stop_signal.ts";

const NAMES = ["seed", "json", "kafka", "kafkaObservations", "kafkaPredictions", "store"] as const;
/** Refused lines that are shown one by one. */
const SHOWN_REFUSALS = 5;
/** The state of a run over a topic is kept at least so often, if anything came. */
const KEEP_EVERY_MS = 5000;

const HELP = `
A model is a pipeline: steps before it, the model, and "clip" after a regression if need be. --list shows all of them with
their parameters. Each observation is first predicted, then measured and learnt. The stream is

  FILE        CSV with a header, or NDJSON; gzip of each; - is standard input. Lines that cannot be read or learnt are counted
              and passed over.
  NAME        a synthetic stream (foz generate --list), such as friedman-drift or sea(noise=0.2, seed=3); ./FILE.ts: a
              function of yours, as foz generate --function takes it.
  topic:NAME  observations as JSON, of the topics that --kafka names (a broker, or a file of this machine). It is followed until
              --limit, Ctrl-C, or with --until-end its present end. Predictions go to --kafka-predictions with the
              topic, partition and offset of what they answer; what cannot be used goes to NAME.dead.
  log         the events of --store: features user and item, the value as the target. Followed as a topic.

With --checkpoint a run that was stopped or killed goes on where the file ends, as if nothing had been (of a topic with several
partitions the order between them is the one in which they come).

Examples:
  foz online --list
  foz online --model 'scale | linear' --stream weights.csv --target weight
  foz online --model 'one-hot | scale | logistic(optimizer=adam)' --stream clicks.ndjson --target clicked --metric rocAuc
  foz online --model 'biased-mf(factors=10) | clip(min=1, max=5)' --stream u.data --names user,item,rating,time \\
             --texts user,item --time time --target rating
  foz online --model 'scale | pa' --stream - --target y --detector adwin --checkpoint pa.state
  foz online --model 'scale | linear' --stream topic:foz.observations --kafka sqlite:topics.db --checkpoint linear.state
  foz online --model 'biased-mf(factors=10)' --stream log --until-end`;

/** The command. */
export function onlineCommand(): Command {
  const command = new Command("online").description("an online model over a stream: predict, measure, learn")
    .option("--list", "show every step, its parameters, and what it is good for")
    .option("--model <pipeline>", "for example 'scale | linear(learning-rate=0.01)'")
    .option(
      "--stream <name>",
      "FILE (- for standard input), NAME, topic:NAME, or log [default: the topic of observations, where there are topics]",
    )
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
    .option(
      "--group <name>",
      "consumer group at the topic [default: a new one; where to go on is kept in the checkpoint]",
    )
    .option("--from <place>", "of a topic without checkpoint: beginning or end [default: beginning]")
    .option("--until-end", "stop where the topic or the log ends now")
    .option("--every <n>", "print a line after each n observations");
  addFormatOptions(command).addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action(async (flags: OnlineFlags) => {
    const settings = readSettings(command, NAMES), { seed, json, kafka, store } = settings;
    if (flags.list) {
      console.log(json ? JSON.stringify(listDocument(REGISTRY, DETECTORS)) : listText(REGISTRY, DETECTORS));
      return;
    }
    const interrupt = new AbortController();
    stopSignal().then(() => interrupt.abort());
    const { signal } = interrupt, predictions = settings.kafkaPredictions;
    const stream = flags.stream ?? (kafka === "" ? undefined : `topic:${settings.kafkaObservations}`);
    await runOnline({ ...flags, stream }, {
      ...{ seed, json, kafka, predictions, store, signal },
      print: console.log,
      warn: console.error,
    });
  });
}

/** What a run is given besides its flags. */
export interface OnlineSurroundings {
  readonly seed: number;
  readonly json: boolean;
  /** Where topics are; "" where there are none. */
  readonly kafka?: string;
  /** The topic of predictions; "" sends none. */
  readonly predictions?: string;
  /** For the stream "log". */
  readonly store?: string;
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
  const model = await createOnlineModel(text, around.seed);
  const startMs = systemClock.monotonicMs();
  const feed = feedName(stream);
  const { run, before } = feed === undefined
    ? await runOverFile(model, stream, flags, around)
    : await runOverFeed(feed, model, flags, around);
  const ms = systemClock.monotonicMs() - startMs;
  const stateBytes = encodeState(run.save()).length;
  const document = runDocument(text, run, ms, run.count - before, stateBytes);
  around.print(around.json ? JSON.stringify(document) : runTable(document));
}

/** What came of a run, and how many observations it had taken in when it began. */
interface Ran {
  readonly run: OnlineRun;
  readonly before: number;
}

async function runOverFile(
  model: SavedModel,
  stream: string,
  flags: OnlineFlags,
  around: OnlineSurroundings,
): Promise<Ran> {
  const run = createRun(model, flags, around, { onRefused: refusalWarner(around) });
  const identity = identityOf(flags, stream, around.seed);
  const saved = flags.checkpoint === undefined ? undefined : await readCheckpoint(flags.checkpoint, identity);
  if (saved !== undefined) run.load(saved);
  const before = run.count;
  await follow(run, stream, flags, around, () => keep(flags, identity, run.save()));
  if (run.count === 0 && run.refusedCount > 0) {
    throw new OutsideFailure(`"${stream}": none of its ${run.refusedCount} lines could be learnt`);
  }
  return { run, before };
}

/** The same over a stream that is followed. */
async function runOverFeed(
  name: FeedName,
  model: SavedModel,
  flags: OnlineFlags,
  around: OnlineSurroundings,
): Promise<Ran> {
  const identity = identityOf(flags, name.text, around.seed);
  const saved = flags.checkpoint === undefined ? undefined : await readCheckpoint(flags.checkpoint, identity);
  const opened = await openFeed(name, {
    kafka: around.kafka ?? "",
    predictions: around.predictions ?? "",
    store: around.store ?? "",
    group: flags.group,
    from: flags.from,
    format: formatOf(flags),
    model: flags.model!,
    signal: around.signal,
    warn: around.warn,
  });
  try {
    const following = feedRunOf(opened, model, flags, around, identity);
    if (saved !== undefined) following.load(saved);
    const { run } = following, before = run.count;
    await following.follow(around.signal);
    run.finish();
    return { run, before };
  } finally {
    await opened.close();
  }
}

function feedRunOf(
  { feed, send }: OpenedFeed,
  model: SavedModel,
  flags: OnlineFlags,
  around: OnlineSurroundings,
  identity: Identity,
): FeedRun {
  const { checkpoint } = flags, every = wholeOf("every", flags.every, Infinity);
  let shown = 0;
  const following: FeedRun = new FeedRun({
    feed,
    makeRun: (hooks) => createRun(model, flags, around, hooks),
    send,
    keep: checkpoint === undefined ? undefined : (state) => writeCheckpoint(checkpoint, identity, state),
    keepEvery: { count: wholeOf("checkpoint-every", flags.checkpointEvery, Infinity), ms: KEEP_EVERY_MS },
    limit: wholeOf("limit", flags.limit, Infinity),
    untilEnd: flags.untilEnd === true,
    clock: systemClock,
    onRefused: refusalWarner(around),
    onBatch: () => {
      if (following.run.count - shown < every) return;
      showProgress(following.run, around);
      shown = following.run.count;
    },
  });
  return following;
}

/** The model of the text, over kernels of its own. */
async function createOnlineModel(text: string, seed: number): Promise<SavedModel> {
  const { module } = await loadKernel("portable");
  return createModel(text, { module, seed });
}

function createRun(
  model: SavedModel,
  flags: OnlineFlags,
  { seed, warn }: OnlineSurroundings,
  hooks: Pick<OnlineRunOptions, "onPrediction" | "onRefused">,
): OnlineRun {
  const span = spanOf(flags);
  const names = flags.metric === undefined
    ? metricNames(model.task).filter((name) => !createMetric(name).needsProbabilities)
    : listOf(flags.metric).map((name) => parseMetricName(name, model.task));
  return new OnlineRun({
    model,
    metrics: names.map((name) => createMetric(name, span)),
    detectors: listOf(flags.detector, ";").map((detector) => createDetector(detector, seed)),
    delay: delayOf(flags.delay),
    onDrift: ({ event, detector }) => warn(`drift at ${event}, says ${detector}`),
    ...hooks,
  });
}

/** Shows the first refusals one by one; the number of all is in what is printed at the end. */
function refusalWarner({ warn }: OnlineSurroundings): (refusal: BadInput, line: number) => void {
  let refused = 0;
  return ({ message }, line) => {
    if (refused++ < SHOWN_REFUSALS) warn(`line ${line}: ${message}`);
  };
}

function showProgress(run: OnlineRun, { json, print }: OnlineSurroundings): void {
  print(json ? JSON.stringify({ event: run.count, metrics: run.metrics() }) : progressLine(run));
}

async function follow(
  run: OnlineRun,
  stream: string,
  flags: OnlineFlags,
  around: OnlineSurroundings,
  keepState: () => Promise<void>,
): Promise<void> {
  const { signal, seed, warn } = around;
  const limit = wholeOf("limit", flags.limit, Infinity), every = wholeOf("every", flags.every, Infinity);
  const checkpointEvery = wholeOf("checkpoint-every", flags.checkpointEvery, Infinity);
  const input = await openLines({ stream, seed, format: formatOf(flags), afterLine: run.line, signal, warn });
  let kept = run.count, shown = run.count;
  try {
    for await (const lines of input.lines) {
      const goesOn = run.take(lines, limit);
      if (run.count - shown >= every) {
        showProgress(run, around);
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

async function keep({ checkpoint }: OnlineFlags, identity: Identity, state: StateTree): Promise<void> {
  if (checkpoint !== undefined) await writeCheckpoint(checkpoint, identity, state);
}
