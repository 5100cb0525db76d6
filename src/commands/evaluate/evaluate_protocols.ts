/** What `foz evaluate` can repeat: which interactions a model is fitted to, and which it is asked about. */
import type { Interactions } from "../../batch/interactions.ts";
import type { SplitBy } from "../../batch/measure_holdout.ts";
import type { Feedback } from "../../domain/factor_model.ts";
import { BadInput } from "../../domain/failure.ts";
import { emptyDictionaries, type IdDictionaries } from "../../ingest/coded_rows.ts";
import { holdOutLast, holdOutRandom, TEST_PART, TRAIN_PART } from "../../evaluate/split.ts";
import { fileIn, interactionsOfPart, readDataFiles } from "./evaluate_data.ts";
import type { FormatFlags } from "../import/format_flags.ts";

/** One fit and one test. The splits of a protocol number users and items alike. */
export interface EvaluationSplit {
  readonly name: string;
  readonly train: Interactions;
  readonly test: Interactions;
}

export interface ProtocolOptions extends FormatFlags {
  /** Which of five folds is the test (ml1m-fold). */
  readonly fold: number;
  /** Share held out, how, and the seed of it (holdout). */
  readonly holdout: number;
  readonly splitBy: SplitBy;
  readonly seed: number;
}

export interface Protocol {
  readonly name: string;
  /** For people. */
  readonly description: string;
  /** Where it is part of the protocol. */
  readonly feedback?: Feedback;
  /** λ where none is given: what is known to do well on this data. `--tune` chooses without that knowledge. */
  readonly regularization?: number;
  /** How a slice of the training data is held out for tuning: as the test was. */
  readonly tuneBy: SplitBy;
  readonly read: (data: string, options: ProtocolOptions) => Promise<EvaluationSplit[]>;
}

const FOLDS = [1, 2, 3, 4, 5];

// Files are read one after the other: the numbering of users and items must not depend on which is faster.

async function readHundredThousand(folder: string): Promise<EvaluationSplit[]> {
  const ids = emptyDictionaries(), read: [string, Built, Built][] = [];
  for (const fold of FOLDS) {
    const train = await readDataFiles(ids, [await fileIn(folder, [`u${fold}.base`])]);
    const test = await readDataFiles(ids, [await fileIn(folder, [`u${fold}.test`])]);
    read.push([`u${fold}`, train, test]);
  }
  return read.map(([name, train, test]) => splitOf(name, ids, train, test));
}

async function readMillion(folder: string, { fold }: ProtocolOptions): Promise<EvaluationSplit[]> {
  if (!FOLDS.includes(fold)) {
    throw new BadInput(`--fold was given "${fold}"; accepted is one of 1, 2, 3, 4, 5`);
  }
  const ids = emptyDictionaries();
  const pathOf = (n: number) => fileIn(folder, [`fold${n}.csv`]);
  const others = await Promise.all(FOLDS.filter((n) => n !== fold).map(pathOf));
  const train = await readDataFiles(ids, others);
  const test = await readDataFiles(ids, [await pathOf(fold)]);
  return [splitOf(`fold ${fold}`, ids, train, test)];
}

async function readLists(folder: string): Promise<EvaluationSplit[]> {
  const ids = emptyDictionaries(), flags = { format: "lists" };
  const train = await readDataFiles(ids, [await fileIn(folder, ["implicit-train.txt", "train.txt"])], flags);
  const test = await readDataFiles(ids, [await fileIn(folder, ["implicit-test.txt", "test.txt"])], flags);
  return [splitOf("lists", ids, train, test)];
}

async function readHoldout(path: string, options: ProtocolOptions): Promise<EvaluationSplit[]> {
  if (!(options.holdout > 0)) {
    throw new BadInput(`--holdout was given "${options.holdout}"; accepted here is more than 0, up to 0.5`);
  }
  const ids = emptyDictionaries();
  const builder = await readDataFiles(ids, [path], options);
  const all = builder.build(ids.users.count, ids.items.count);
  const hasTimes = all.timesMs.some((timeMs) => timeMs > 0);
  const byTime = options.splitBy === "time" || (options.splitBy === "auto" && hasTimes);
  const marks = byTime
    ? holdOutLast(all, options.holdout)
    : holdOutRandom(all, options.holdout, options.seed);
  const train = interactionsOfPart(all, marks, TRAIN_PART), test = interactionsOfPart(all, marks, TEST_PART);
  if (train.count === 0 || test.count === 0) {
    throw new BadInput(
      `holding out ${options.holdout} of the ${all.count} rows of "${path}" leaves ${train.count} to fit and ` +
        `${test.count} to test; more rows are needed`,
    );
  }
  return [{ name: byTime ? "newest of each user" : "random pairs", train, test }];
}

interface Built {
  build(userCount: number, itemCount: number): Interactions;
}

function splitOf(
  name: string,
  { users, items }: IdDictionaries,
  train: Built,
  test: Built,
): EvaluationSplit {
  return { name, train: train.build(users.count, items.count), test: test.build(users.count, items.count) };
}

export const PROTOCOLS: readonly Protocol[] = [
  {
    name: "ml100k-folds",
    description: "MovieLens 100K: RMSE and MAE, mean over the five official folds u1..u5",
    feedback: "explicit",
    regularization: 0.12,
    tuneBy: "random",
    read: readHundredThousand,
  },
  {
    name: "ml1m-fold",
    description: "MovieLens 1M: RMSE and MAE on one of five fixed folds, fitted to the others",
    feedback: "explicit",
    regularization: 0.08,
    tuneBy: "random",
    read: readMillion,
  },
  {
    name: "implicit-lists",
    description:
      "train.txt and test.txt of lines `user item item ...`: recall, NDCG and others, full ranking",
    feedback: "implicit",
    regularization: 0.006,
    tuneBy: "random",
    read: readLists,
  },
  {
    name: "holdout",
    description: "any file that `foz import` reads, a part of it held out",
    tuneBy: "auto",
    read: readHoldout,
  },
];

/** Throws BadInput that lists the protocols. */
export function protocolOf(name: string): Protocol {
  const protocol = PROTOCOLS.find((known) => known.name === name);
  if (protocol !== undefined) return protocol;
  throw new BadInput(
    `the protocol "${name}" was asked for; accepted is one of ${
      PROTOCOLS.map(({ name }) => name).join(", ")
    }`,
  );
}
