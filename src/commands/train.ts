/** `foz train`: one generation from the log or from a file. */
import { Command } from "commander";
import { type GenerationOptions, type GenerationResult, runGeneration } from "../batch/run_generation.ts";
import { logSource, type TrainingSource } from "../batch/training_source.ts";
import type { TrainingReport } from "../batch/training_report.ts";
import type { Config } from "../config.ts";
import { finishErasuresOf } from "./erasures.ts";
import { fileSource } from "./file_source.ts";
import { openCompute } from "./open_compute.ts";
import { openStore, type Store } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { jsonReport, resultDocument, resultTables, terminalReport } from "./train_output.ts";

/** The settings of a training. */
export const TRAIN_SETTINGS = [
  "store",
  "feedback",
  "factors",
  "epochs",
  "regularization",
  "unobservedWeight",
  "popularityExponent",
  "threads",
  "top",
  "holdout",
  "split",
  "seed",
  "json",
] as const;

export type TrainSettings = Config<(typeof TRAIN_SETTINGS)[number]>;

/** What is not a setting of the table, because it only makes sense on the command line. */
export interface TrainFlags {
  readonly from?: string;
  readonly format?: string;
  readonly columns?: string;
  readonly delimiter?: string;
  /** --no-activate */
  readonly activate: boolean;
  readonly force?: boolean;
}

/** Generations that are kept besides the active one. */
const KEPT_GENERATIONS = 2;

const EXAMPLES = `
Examples:
  foz train                                   fit what the log holds, measure, publish, activate
  foz train --factors 128 --regularization 0.065
  foz train --feedback implicit --unobserved-weight 0.1
  foz train --from ratings.csv --holdout 0    straight from a file, without the log`;

/** The command. */
export function trainCommand(): Command {
  const command = new Command("train").description("one generation: fit, evaluate, publish, activate")
    .option("--from <file>", "fit from a file, without the log")
    .option("--format <name>", "of the file; default: detected (see foz import --help)")
    .option("--columns <list>", "of the file: user,item,value,time by name or position")
    .option("--delimiter <text>", "of the file")
    .option("--no-activate", "publish only; `foz generations activate` makes it the active one")
    .option("--force", "publish even what is worse than the baseline")
    .addHelpText("after", EXAMPLES);
  addSettings(command, TRAIN_SETTINGS);
  return command.action(async (flags: TrainFlags) => {
    const settings = readSettings(command, TRAIN_SETTINGS);
    const store = await openStore(settings.store);
    try {
      const source = flags.from === undefined
        ? logSource(store.eventLog)
        : fileSource(flags.from, flags, sayRefused, settings.threads);
      const report = settings.json ? jsonReport() : terminalReport();
      const result = await train(store, source, settings, flags, report);
      console.log(settings.json ? JSON.stringify(resultDocument(result)) : resultTables(result));
    } finally {
      await store.close();
    }
  });
}

/** Trains once with threads of its own. `up` and `demo` call this too. */
export async function train(
  store: Store,
  source: TrainingSource,
  settings: TrainSettings,
  flags: TrainFlags,
  report: TrainingReport,
): Promise<GenerationResult> {
  const compute = await openCompute(settings.threads);
  try {
    const targets = {
      eventLog: store.eventLog,
      generations: store.generations,
      recommendations: store.recommendations,
      updates: store.updates,
      checkpoints: store.checkpoints,
    };
    const options = generationOptions(settings, flags, compute.kernel);
    const result = await runGeneration(source, targets, compute, options, report);
    await finishErasuresOf(store);
    return result;
  } finally {
    await compute.close();
  }
}

function generationOptions(
  settings: TrainSettings,
  flags: TrainFlags,
  kernel: GenerationOptions["kernel"],
): GenerationOptions {
  return {
    fit: {
      feedback: settings.feedback as GenerationOptions["fit"]["feedback"],
      factorCount: settings.factors,
      regularization: settings.regularization,
      unobservedWeight: settings.unobservedWeight,
      popularityExponent: settings.popularityExponent,
      epochCount: settings.epochs,
    },
    seed: settings.seed,
    kernel,
    holdout: settings.holdout,
    splitBy: settings.split as GenerationOptions["splitBy"],
    listLength: settings.top,
    activate: flags.activate,
    force: flags.force ?? false,
    keep: KEPT_GENERATIONS,
  };
}

function sayRefused(count: number, firstLine: number): void {
  console.error(
    `${count} rows could not be read and were left out, the first in line ${firstLine}; foz import says why`,
  );
}
