/** One epoch of implicit ALS: both half-steps, in warm processes. */
import { type DataSet, movieLensImplicit, planted } from "../data_sets.ts";
import { parametersOf, releasing, startFit } from "../fitting.ts";
import { alternate, secondsOf } from "../measure.ts";
import { PeerSteps } from "../peers/peer_process.ts";
import { loadIntoPeer, movieLensOr, type Pair, type PairContext, type PairRow, rowOf } from "./pair.ts";

interface Goal {
  readonly factorCount: number;
  readonly goal: number;
}

/** The time of an epoch hardly depends on these; both are near each side's best on ML-1M. */
const PEER_SETTINGS = { regularization: 60, alpha: 5 } as const;
const MOST_ITERATIONS = 1000;

export const epochsMovieLens: Pair = {
  name: "epochs-ml1m",
  help: "one epoch of implicit ALS, ML-1M, 64 and 128 factors, against implicit (CG, 3 steps)",
  async *run(context) {
    const data = await movieLensOr(epochsMovieLens.name, context, movieLensImplicit);
    if (data === undefined) return;
    yield* timeEpochs(context, data, [{ factorCount: 64, goal: 2 }, { factorCount: 128, goal: 1.5 }]);
  },
};

export const epochsTenMillion: Pair = {
  name: "epochs-10m",
  help: "the same on 10 million planted interactions (136,000 x 20,000)",
  run: (context) =>
    timeEpochs(context, planted("tenMillion", context.tiny), [
      { factorCount: 64, goal: 2.5 },
      { factorCount: 128, goal: 1.7 },
    ]),
};

async function* timeEpochs(
  context: PairContext,
  data: DataSet,
  goals: readonly Goal[],
): AsyncGenerator<PairRow> {
  const { compute, peer, threads, short } = context;
  await loadIntoPeer(context, "epochs", data.matrix);
  for (const { factorCount, goal } of goals) {
    const fit = { data: "epochs", factors: factorCount, ...PEER_SETTINGS, threads, seed: 1 };
    const steps = new PeerSteps(peer, { ...fit, iterations: MOST_ITERATIONS });
    const samples = await releasing(compute, async () => {
      const ours = await startFit(compute, data.matrix, parametersOf({ factorCount }));
      return await alternate([() => secondsOf(() => ours.epoch()), () => steps.next()], short);
    });
    await steps.stop();
    const facts = {
      work: `epoch, ${factorCount} factors`,
      data: data.source,
      peer: "implicit, CG 3 steps",
      goal,
    };
    yield rowOf(facts, samples);
  }
}
