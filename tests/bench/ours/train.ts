/** `foz train`: explicit ratings from the log, and implicit ones straight from a file, each a whole process. */
import type { BenchContext, Benchmark } from "../context.ts";
import { type DataSet, implicitOrStandIn, ratingsOrStandIn } from "../data_sets.ts";
import { type Figure, hashOf, scaled } from "../figures.ts";
import { runFoz } from "../foz_process.ts";
import { writeRatingsCsv } from "../matrix_files.ts";
import { repeat, spreadOf } from "../measure.ts";
import { importOnce } from "./import.ts";

/** Of `train --json`: what is looked at here. */
interface TrainDocument {
  readonly sha256: string;
  readonly phases: Readonly<Record<string, number>>;
}

export interface TrainFlags {
  readonly feedback: "explicit" | "implicit";
  readonly threads: number;
  readonly store: string;
  readonly from?: string;
  readonly tiny?: boolean;
}

/** 64 factors x 10 epochs on everything, the best 50 of every user stored: the line of issue "faster than native". */
export function trainArguments({ feedback, threads, store, from, tiny = false }: TrainFlags): string[] {
  const source = from === undefined ? [] : ["--from", from];
  const size = tiny ? ["--factors", "8", "--epochs", "2"] : ["--factors", "64", "--epochs", "10"];
  const flags = ["--feedback", feedback, ...size, "--holdout", "0", "--top", "50", "--threads", `${threads}`];
  return ["train", ...source, ...flags, "--store", store, "--json"];
}

export const trainBenchmark: Benchmark = {
  name: "train",
  help:
    "foz train, 64 factors x 10 epochs, top-50 of every user stored: from the log, and straight from a file",
  async run(context) {
    const explicit = await ratingsOrStandIn(context.dataFolder, context.tiny);
    const implicit = await implicitOrStandIn(context.dataFolder, context.tiny);
    const fromLog = await trainFromLog(context, explicit);
    const fromFile = await trainFromFile(context, implicit);
    return {
      name: "train",
      figures: [...fromLog.figures, ...fromFile.figures],
      hash: await hashOf(fromLog.hash, fromFile.hash),
    };
  },
};

interface Part {
  readonly figures: Figure[];
  readonly hash: string;
}

async function trainFromLog(context: BenchContext, data: DataSet): Promise<Part> {
  const file = `${context.scratch}/explicit.csv`;
  await writeRatingsCsv(file, data.matrix);
  const { store } = await importOnce(context, file);
  return await timeRuns(context, data, "explicit, from the log", () => store);
}

async function trainFromFile(context: BenchContext, data: DataSet): Promise<Part> {
  const file = `${context.scratch}/implicit.csv`;
  await writeRatingsCsv(file, data.matrix);
  let run = 0;
  const newStore = () => `sqlite:${context.scratch}/cold-${run++}.db`;
  return await timeRuns(context, data, "implicit, from a file", newStore, file);
}

async function timeRuns(
  context: BenchContext,
  data: DataSet,
  work: string,
  storeOf: () => string,
  from?: string,
): Promise<Part> {
  const documents: TrainDocument[] = [], resident: number[] = [];
  const seconds = await repeat(async () => {
    const feedback = from === undefined ? "explicit" : "implicit";
    const args = trainArguments({ ...context, feedback, store: storeOf(), from });
    const { lastLine, seconds, residentBytes } = await runFoz(args);
    documents.push(JSON.parse(lastLine));
    resident.push(residentBytes);
    return seconds;
  }, context.long);
  const phases = Object.entries(documents.at(-1)!.phases).map(([name, ms]) => `${name} ${ms}`).join(", ");
  const memory = scaled(spreadOf(resident), 2 ** -20);
  return {
    figures: [
      {
        work: `${work}, whole process`,
        data: data.source,
        unit: "s",
        value: spreadOf(seconds),
        note: phases,
      },
      { work: `${work}, most memory resident`, data: data.name, unit: "MiB", value: memory },
    ],
    hash: documents.at(-1)!.sha256,
  };
}
