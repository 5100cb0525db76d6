/** `foz evaluate`: an offline protocol on data files. */
import { Command } from "commander";
import { type Compute } from "../batch/fit_model.ts";
import { type FitSettings, planFit } from "../batch/fit_parameters.ts";
import type { SplitBy } from "../batch/measure_holdout.ts";
import type { Config } from "../config.ts";
import { BadInput } from "../domain/failure.ts";
import {
  evaluationDocument,
  type EvaluationResult,
  evaluationTables,
  type NamedResult,
} from "./evaluate/evaluate_output.ts";
import { type EvaluationSplit, type Protocol, protocolOf, PROTOCOLS } from "./evaluate/evaluate_protocols.ts";
import { evaluateSplit } from "./evaluate/evaluate_split.ts";
import { type FixedParameters, tune } from "./evaluate/evaluate_tuning.ts";
import type { FormatFlags } from "./import/format_flags.ts";
import { openCompute } from "./open_compute.ts";
import { addSettings, readSettings } from "./settings.ts";

const NAMES = [
  "feedback",
  "factors",
  "epochs",
  "regularization",
  "unobservedWeight",
  "popularityExponent",
  "threads",
  "holdout",
  "split",
  "seed",
  "json",
] as const;

export type EvaluateSettings = Config<(typeof NAMES)[number]>;

export interface EvaluateFlags extends FormatFlags {
  readonly data: string;
  readonly fold: string;
  readonly tune?: boolean;
}

const HELP = `
Protocols:
${PROTOCOLS.map(({ name, description }) => `  ${name.padEnd(16)}${description}`).join("\n")}

Intervals are 95 % over users. Test data is looked at once: --tune chooses λ, α₀, ω and the number of epochs on a slice
of the training data and shows every trial; a parameter that is given by flag stays as it is.

Examples:
  foz evaluate ml100k-folds --data movielens-100k
  foz evaluate ml1m-fold --data movielens-1m --fold 1
  foz evaluate implicit-lists --data movielens-1m --factors 128
  foz evaluate holdout --data ratings.csv --holdout 0.2 --tune`;

/** The command. */
export function evaluateCommand(): Command {
  const command = new Command("evaluate").description("an offline protocol on data files")
    .argument("<protocol>", PROTOCOLS.map(({ name }) => name).join(", "))
    .requiredOption("--data <path>", "folder with the protocol's files; holdout: the file")
    .option("--fold <n>", "which of the five folds is the test (ml1m-fold)", "1")
    .option("--tune", "choose hyper-parameters on a slice of the training data")
    .option("--format <name>", "of the file (holdout; see foz import --help)")
    .option("--columns <list>", "of the file (holdout): user,item,value,time by name or position")
    .option("--delimiter <text>", "of the file (holdout)")
    .addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action(async (name: string, flags: EvaluateFlags) => {
    const protocol = protocolOf(name), settings = readSettings(command, NAMES);
    const say = Deno.stderr.isTerminal() && !settings.json ? (line: string) => console.error(line) : () => {};
    const result = await evaluate(protocol, flags, settings, fixedParameters(command, settings), say);
    console.log(settings.json ? JSON.stringify(evaluationDocument(result)) : evaluationTables(result));
  });
}

/** What was given is not searched: only what would be a default is open. */
function fixedParameters(command: Command, settings: EvaluateSettings): FixedParameters {
  const isGiven = (name: string) => command.opts()[name] !== undefined;
  return {
    regularization: settings.regularization,
    unobservedWeight: isGiven("unobservedWeight") ? settings.unobservedWeight : undefined,
    popularityExponent: isGiven("popularityExponent") ? settings.popularityExponent : undefined,
  };
}

/** Reads the data, then fits and measures split after split. `say` hears what is going on. */
export async function evaluate(
  protocol: Protocol,
  flags: EvaluateFlags,
  settings: EvaluateSettings,
  fixed: FixedParameters,
  say: (line: string) => void,
): Promise<EvaluationResult> {
  refuseOtherFeedback(protocol, settings);
  const { seed, holdout } = settings;
  const options = { ...flags, fold: Number(flags.fold), holdout, splitBy: settings.split as SplitBy, seed };
  const splits = await protocol.read(flags.data, options);
  const compute = await openCompute(settings.threads);
  try {
    const results: NamedResult[] = [];
    for (const split of splits) {
      results.push(await runSplit(compute, protocol, split, settings, flags.tune ? fixed : undefined, say));
    }
    const { userCount, itemCount } = splits[0].train;
    return { protocol: protocol.name, data: flags.data, seed, userCount, itemCount, splits: results };
  } finally {
    await compute.close();
  }
}

function refuseOtherFeedback({ name, feedback }: Protocol, settings: EvaluateSettings): void {
  if (feedback === undefined || settings.feedback === "auto" || settings.feedback === feedback) return;
  throw new BadInput(`--feedback was given "${settings.feedback}"; ${name} is about ${feedback} feedback`);
}

/** `fixed` is undefined where nothing is to be tuned. */
async function runSplit(
  compute: Compute,
  protocol: Protocol,
  split: EvaluationSplit,
  settings: EvaluateSettings,
  fixed: FixedParameters | undefined,
  say: (line: string) => void,
): Promise<NamedResult> {
  const plan = planFit(split.train, fitSettings(protocol, settings));
  const { seed } = settings;
  const tuning = fixed === undefined ? undefined : await tune(compute, split.train, plan, {
    fixed,
    splitBy: protocol.tuneBy === "auto" ? settings.split as SplitBy : protocol.tuneBy,
    seed,
    onTrial: ({ parameters, metric }) =>
      say(`${split.name}: trial ${JSON.stringify(parameters)} ${metric.toFixed(4)}`),
  });
  const result = await evaluateSplit(compute, split, tuning?.plan ?? plan, seed);
  say(`${split.name}: fitted in ${Math.round(result.fitMs)} ms`);
  return { name: split.name, ...result, ...(tuning === undefined ? {} : { tuning }) };
}

function fitSettings(protocol: Protocol, settings: EvaluateSettings): FitSettings {
  return {
    feedback: protocol.feedback ?? settings.feedback as FitSettings["feedback"],
    factorCount: settings.factors,
    regularization: settings.regularization ?? protocol.regularization,
    unobservedWeight: settings.unobservedWeight,
    popularityExponent: settings.popularityExponent,
    epochCount: settings.epochs,
  };
}
