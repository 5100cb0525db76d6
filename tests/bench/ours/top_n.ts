/** Exact lists: of all users on all workers (training), and of one user at a time (serving). */
import { openCompute, type OpenedCompute } from "../../../src/commands/open_compute.ts";
import { loadKernel } from "../../../src/commands/kernel_builds.ts";
import type { FactorModel } from "../../../src/domain/factor_model.ts";
import { allTopN } from "../../../src/kernels/all_top_n.ts";
import { ItemScanner } from "../../../src/kernels/item_scanner.ts";
import { instantiateKernels } from "../../../src/kernels/kernel_module.ts";
import type { BenchContext, Benchmark } from "../context.ts";
import { type DataSet, implicitOrStandIn, planted } from "../data_sets.ts";
import { type Figure, hashOf, perSecond, scaled } from "../figures.ts";
import { parametersOf, releasing, startFit } from "../fitting.ts";
import { repeat, secondsOf, spreadOf } from "../measure.ts";

const FIT_EPOCHS = 5;

export const topNBenchmark: Benchmark = {
  name: "topn",
  help: "exact top-20 of all users, and exact top-10 of one user at a time, seen items excluded",
  async run(context) {
    const compute = await openCompute(context.threads);
    try {
      const figures: Figure[] = [], hashes: string[] = [];
      const { dataFolder, tiny } = context;
      for (const data of [planted("gowalla", tiny), await implicitOrStandIn(dataFolder, tiny)]) {
        const model = await fitFor(compute, data, tiny ? 8 : 64);
        const all = await timeAllUsers(context, compute, data, model);
        const one = await timeOneUser(context, data, model);
        figures.push(all.figure, one.figure);
        hashes.push(all.hash, one.hash);
      }
      return { name: "topn", figures, hash: await hashOf(...hashes) };
    } finally {
      await compute.close();
    }
  },
};

/** Factors as a fit leaves them: how many items a search can pass over depends on it. */
function fitFor(compute: OpenedCompute, data: DataSet, factorCount: number): Promise<FactorModel> {
  return releasing(compute, async () => {
    const fit = await startFit(compute, data.matrix, parametersOf({ factorCount, unobservedWeight: 0.1 }));
    for (let epoch = 0; epoch < FIT_EPOCHS; epoch++) await fit.epoch();
    return fit.model();
  });
}

interface Timed {
  readonly figure: Figure;
  readonly hash: string;
}

async function timeAllUsers(
  { short }: BenchContext,
  compute: OpenedCompute,
  data: DataSet,
  model: FactorModel,
): Promise<Timed> {
  let blocks: Uint32Array[] = [];
  const seconds = await repeat(() => {
    blocks = [];
    return secondsOf(async () => {
      for await (const block of allTopN(compute, { model, seen: data.matrix, n: 20 })) {
        blocks.push(block.itemIndexes);
      }
    });
  }, short);
  const work = `top-20 of all users, ${model.parameters.factorCount} factors`;
  const value = perSecond(spreadOf(seconds), model.userCount);
  return { figure: { work, data: data.source, unit: "per s", value }, hash: await hashOf(...blocks) };
}

/** On one thread, by the build that serves. Users in an order that has nothing to do with their indexes. */
async function timeOneUser(
  { short, tiny }: BenchContext,
  { matrix, source }: DataSet,
  model: FactorModel,
): Promise<Timed> {
  const { module } = await loadKernel("portable");
  const { itemFactors, stride, userCount, itemCount } = model;
  const scanner = new ItemScanner(instantiateKernels(module), {
    rows: itemFactors,
    count: itemCount,
    stride,
  });
  const callCount = tiny ? 50 : 5000, found = new Uint32Array(callCount);
  const search = (call: number) => {
    const user = Math.imul(call, 2_654_435_761) >>> 0, row = user % userCount;
    const seen = matrix.indices.subarray(matrix.indptr[row], matrix.indptr[row + 1]);
    const { count, itemIndexes } = scanner.topN(
      model.userFactors.subarray(row * stride, (row + 1) * stride),
      10,
      seen,
    );
    found[call] = count === 0 ? 0 : itemIndexes[count - 1];
  };
  const seconds = await repeat(
    () =>
      secondsOf(() => {
        for (let call = 0; call < callCount; call++) search(call);
      }),
    short,
  );
  const work = `top-10 of one user, ${model.parameters.factorCount} factors, one thread, portable build`;
  const value = scaled(spreadOf(seconds), 1e6 / callCount);
  return { figure: { work, data: source, unit: "us", value }, hash: await hashOf(found) };
}
