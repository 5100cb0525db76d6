/** What `bench:online` times: a model over a stream, predict then learn, each run with a new model. */
import { openInput } from "../../../src/adapters/deno/open_input.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import { createMetric } from "../../../src/evaluate/running_metrics.ts";
import { createModel } from "../../../src/online/create_model.ts";
import type { OnlineRecommender } from "../../../src/online/models/recommender.ts";
import type { SavedModel } from "../../../src/online/online_model.ts";
import { OnlineRun } from "../../../src/online/run_online.ts";
import { readObservations } from "../../../src/online/streams/read_observations.ts";
import { secondsOf } from "../measure.ts";
import { blockOf, ratingBlockOf, readRows, type StreamFile, TARGET } from "./data.ts";

/** Seconds, and the mean absolute error that came out. */
export interface RunResult {
  readonly seconds: number;
  readonly mae: number;
}

export interface OnlineWork {
  readonly name: string;
  readonly work: string;
  readonly stream: "table" | "ratings";
  readonly model: string;
  /** Name of the same model in peers/river_worker.py. */
  readonly peerModel: "linear" | "biased-mf" | "tree";
  /** Whether the peer reads lines of the file, or dicts that are in memory. */
  readonly path: "memory" | "lines";
  /** Times faster than River. */
  readonly goal: number;
  /** How far the errors of both may lie apart, as a share: 0 but for rounding where the arithmetic is the same. */
  readonly tolerance: number;
  /** What is not timed; gives what is. */
  prepare(file: StreamFile, make: () => SavedModel): Promise<() => Promise<RunResult>>;
}

export const WORKS: readonly OnlineWork[] = [
  {
    name: "linear",
    work: "scaler and linear regression, from typed arrays",
    stream: "table",
    model: "scale | linear",
    peerModel: "linear",
    path: "memory",
    goal: 30,
    tolerance: 1e-9,
    prepare: async (file, make) => {
      const block = blockOf(await readRows(file)), predictions = new Float64Array(block.count);
      return () => timed(() => make().progressiveBlock!(block, predictions), predictions, block.targets);
    },
  },
  {
    name: "biased-mf",
    work: "BiasedMF, 10 factors, from typed arrays",
    stream: "ratings",
    model: "biased-mf(bias-rate=0.025, factor-rate=0.05)",
    peerModel: "biased-mf",
    path: "memory",
    goal: 50,
    tolerance: 0.02,
    prepare: async (file, make) => {
      const block = ratingBlockOf(await readRows(file)), predictions = new Float64Array(block.count);
      const run = () => (make() as OnlineRecommender).progressiveRatings(block, predictions);
      return () => timed(run, predictions, block.values);
    },
  },
  {
    name: "tree",
    work: "Hoeffding tree regressor, from objects",
    stream: "table",
    model: "tree",
    peerModel: "tree",
    path: "memory",
    goal: 10,
    // River throws candidates away that ours keeps.
    tolerance: 0.05,
    prepare: overRows,
  },
  {
    name: "linear-lines",
    work: "scaler and linear regression, from lines of JSON",
    stream: "table",
    model: "scale | linear",
    peerModel: "linear",
    path: "lines",
    goal: 5,
    tolerance: 1e-9,
    prepare: overLines,
  },
  {
    name: "biased-mf-lines",
    work: "BiasedMF, 10 factors, from lines of JSON",
    stream: "ratings",
    model: "biased-mf(bias-rate=0.025, factor-rate=0.05)",
    peerModel: "biased-mf",
    path: "lines",
    goal: 5,
    tolerance: 0.02,
    prepare: overLines,
  },
];

/** A new model of this work a call. */
export function makerOf({ model }: OnlineWork, module: WebAssembly.Module): () => SavedModel {
  return () => createModel(model, { module, seed: 1 });
}

async function timed(
  run: () => unknown,
  predictions: Float64Array,
  targets: Float64Array,
): Promise<RunResult> {
  const seconds = await secondsOf(run);
  const mae = predictions.reduce((sum, p, k) => sum + Math.abs(p - targets[k]), 0) / predictions.length;
  return { seconds, mae };
}

async function overRows(file: StreamFile, make: () => SavedModel): Promise<() => Promise<RunResult>> {
  const rows = await readRows(file), predictions = new Float64Array(rows.length);
  const targets = Float64Array.from(rows, ({ target }) => target as number);
  return () => timed(() => progressive(make(), rows, predictions), predictions, targets);
}

function progressive(model: SavedModel, rows: readonly Observation[], predictions: Float64Array): void {
  for (let k = 0; k < rows.length; k++) {
    const { features, target } = rows[k];
    predictions[k] = model.predictOne(features) as number;
    model.learnOne(features, target);
  }
}

/** What `foz online` does: read, parse, predict, measure, learn. */
function overLines(file: StreamFile, make: () => SavedModel): Promise<() => Promise<RunResult>> {
  return Promise.resolve(async () => {
    const mae = createMetric("mae");
    const seconds = await secondsOf(async () => {
      const run = new OnlineRun({ model: make(), metrics: [mae], detectors: [] });
      const { chunks } = await openInput(file.path);
      for await (const lines of readObservations(chunks, { target: TARGET })) run.take(lines);
      run.finish();
    });
    return { seconds, mae: mae.value() };
  });
}
