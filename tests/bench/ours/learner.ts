/** The live learner alone: events a second on a state of MovieLens 1M's size, one thread, the build that learns. */
import { cpuUsage } from "node:process";
import { loadKernel } from "../../../src/commands/kernel_builds.ts";
import { openCompute, type OpenedCompute } from "../../../src/commands/open_compute.ts";
import type { LoggedEventColumns } from "../../../src/domain/event.ts";
import type { FactorModel, Feedback } from "../../../src/domain/factor_model.ts";
import type { GenerationContent } from "../../../src/domain/generation.ts";
import type { RatingMatrix } from "../../../src/domain/rating_matrix.ts";
import { instantiateKernels } from "../../../src/kernels/kernel_module.ts";
import { Learner } from "../../../src/stream/learner.ts";
import type { Benchmark } from "../context.ts";
import { type DataSet, ratingsOrStandIn } from "../data_sets.ts";
import { type Figure, hashOf, perSecond, shortNumber } from "../figures.ts";
import { parametersOf, releasing, startFit } from "../fitting.ts";
import { splitMatrix } from "../matrix_split.ts";
import { secondsOf, spreadOf } from "../measure.ts";

const FIT_EPOCHS = 5;
/** Share of the ratings that are not in the generation and arrive as events. */
const SHARE = 0.03;
const SEED = 1;
const BLOCK_EVENTS = 2_000, BLOCKS = 9;

export const learnerBenchmark: Benchmark = {
  name: "learner",
  help: "live learner alone: events a second, ratings and implicit, 64 factors, one thread",
  async run({ tiny, threads, dataFolder }) {
    const compute = await openCompute(threads);
    try {
      const data = await ratingsOrStandIn(dataFolder, tiny);
      const figures: Figure[] = [], hashes: string[] = [];
      for (const feedback of ["explicit", "implicit"] as const) {
        const timed = await timeLearner(compute, data, feedback, tiny);
        figures.push(timed.figure);
        hashes.push(timed.hash);
      }
      return { name: "learner", figures, hash: await hashOf(...hashes) };
    } finally {
      await compute.close();
    }
  },
};

async function timeLearner(compute: OpenedCompute, data: DataSet, feedback: Feedback, tiny: boolean) {
  const { train, validation } = splitMatrix(withValuesFor(data.matrix, feedback), SHARE, SEED);
  const factorCount = tiny ? 8 : 64, regularization = feedback === "explicit" ? 0.08 : 0.006;
  const model = await releasing(compute, async () => {
    const fit = await startFit(compute, train, parametersOf({ feedback, factorCount, regularization }));
    for (let epoch = 0; epoch < FIT_EPOCHS; epoch++) await fit.epoch();
    return fit.model();
  });
  const { module } = await loadKernel("portable");
  const times = new Float64Array(feedback === "explicit" ? train.indices.length : 0);
  const learner = Learner.fromGeneration(instantiateKernels(module), contentOf(model, train), {
    rows: train,
    timesMs: times,
  });
  const blockEvents = tiny ? 20 : BLOCK_EVENTS, seconds: number[] = [], cpuSeconds: number[] = [];
  for (const batch of shuffledEvents(validation, blockEvents, BLOCKS + 1)) {
    const before = cpuUsage();
    seconds.push(await secondsOf(() => learner.apply(batch)));
    cpuSeconds.push(cpuUsage(before).user / 1e6);
  }
  // What the learner would do with a core of its own, should others have worked on this one meanwhile.
  const perCpuSecond = perSecond(spreadOf(cpuSeconds.slice(1)), blockEvents).median;
  const value = perSecond(spreadOf(seconds.slice(1)), blockEvents);
  const work = `live learner, ${feedback}, ${factorCount} factors, one thread`;
  return {
    figure: {
      work,
      data: data.source,
      unit: "per s",
      value,
      note: `${shortNumber(perCpuSecond)} a second of processor time`,
    } as const,
    hash: await learner.sha256(),
  };
}

/** Implicit: a rating is one act. */
function withValuesFor(matrix: RatingMatrix, feedback: Feedback): RatingMatrix {
  return feedback === "explicit"
    ? matrix
    : { ...matrix, values: new Float32Array(matrix.values.length).fill(1) };
}

/** Blocks of the matrix's entries in an order that has nothing to do with users and items. */
function* shuffledEvents(
  matrix: RatingMatrix,
  blockEvents: number,
  blocks: number,
): Generator<LoggedEventColumns> {
  const users = new Uint32Array(matrix.indices.length);
  for (let user = 0; user < matrix.rowCount; user++) {
    users.fill(user, matrix.indptr[user], matrix.indptr[user + 1]);
  }
  const order = Uint32Array.from(users, (_, k) => k)
    .sort((a, b) => (Math.imul(a, 0x9e3779b1) >>> 0) - (Math.imul(b, 0x9e3779b1) >>> 0));
  for (let block = 0; block < blocks; block++) {
    const taken = order.subarray(block * blockEvents, (block + 1) * blockEvents);
    yield {
      count: taken.length,
      users: taken.map((k) => users[k]),
      items: taken.map((k) => matrix.indices[k]),
      values: Float64Array.from(taken, (k) => matrix.values[k]),
      timesMs: Float64Array.from(taken, () => 1),
      offsets: Float64Array.from(taken, (_, k) => block * blockEvents + k),
    };
  }
}

/** What the learner reads of a generation. */
function contentOf(model: FactorModel, { indptr, indices }: RatingMatrix): GenerationContent {
  const { parameters, userCount, itemCount, globalMean, minRating, maxRating } = model;
  return {
    model,
    userIds: [],
    itemIds: [],
    seen: { indptr, indices },
    itemCounts: new Uint32Array(itemCount),
    generation: {
      generation: "g000001",
      createdAtMs: 0,
      offset: 0,
      logId: "",
      parameters,
      epochCount: FIT_EPOCHS,
      seed: SEED,
      kernel: { build: "fast", sha256: "" },
      userCount,
      itemCount,
      interactionCount: indices.length,
      globalMean,
      minRating,
      maxRating,
      metrics: {},
      baseline: {},
      epochs: [],
      sha256: "",
    },
  };
}
