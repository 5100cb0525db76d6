/** One epoch (both half-steps) of each kind of fit, in a warm process. */
import { openCompute, type OpenedCompute } from "../../../src/commands/open_compute.ts";
import type { AlsParameters } from "../../../src/domain/factor_model.ts";
import type { BenchContext, Benchmark } from "../context.ts";
import { type DataSet, implicitOrStandIn, planted, ratingsOrStandIn } from "../data_sets.ts";
import { type Figure, hashOf, scaled } from "../figures.ts";
import { parametersOf, releasing, startFit } from "../fitting.ts";
import { repeat, secondsOf, spreadOf } from "../measure.ts";

const FACTOR_COUNTS = [64, 128, 256];
const TINY_FACTOR_COUNTS = [8];
/** MATHS.md 1.1: the values that its figures were taken with. */
const EXPLICIT = { feedback: "explicit", regularization: 0.08 } as const;

export const epochsBenchmark: Benchmark = {
  name: "epochs",
  help: "one epoch in a warm process: implicit and explicit, 64, 128 and 256 factors",
  async run(context) {
    const compute = await openCompute(context.threads);
    try {
      return await timeAll(context, compute);
    } finally {
      await compute.close();
    }
  },
};

async function timeAll(context: BenchContext, compute: OpenedCompute) {
  const figures: Figure[] = [], hashes: string[] = [];
  const jobs: [DataSet, Partial<AlsParameters>][] = [
    [await implicitOrStandIn(context.dataFolder, context.tiny), {}],
    [await ratingsOrStandIn(context.dataFolder, context.tiny), EXPLICIT],
  ];
  if (!context.tiny) jobs.push([planted("tenMillion", false), {}]);
  for (const [data, set] of jobs) {
    for (const factorCount of context.tiny ? TINY_FACTOR_COUNTS : FACTOR_COUNTS) {
      const timed = await timeEpochs(context, compute, data, parametersOf({ ...set, factorCount }));
      figures.push(timed.figure);
      hashes.push(timed.hash);
    }
  }
  return { name: "epochs", figures, hash: await hashOf(...hashes) };
}

function timeEpochs(
  context: BenchContext,
  compute: OpenedCompute,
  data: DataSet,
  parameters: AlsParameters,
): Promise<{ figure: Figure; hash: string }> {
  return releasing(compute, async () => {
    const fit = await startFit(compute, data.matrix, parameters);
    const seconds = await repeat(() => secondsOf(() => fit.epoch()), context.short);
    const { userFactors, itemFactors } = fit.model();
    const work = `${parameters.feedback}, ${parameters.factorCount} factors`;
    return {
      figure: { work, data: data.source, unit: "ms", value: scaled(spreadOf(seconds), 1000) },
      hash: await hashOf(userFactors, itemFactors),
    };
  });
}
