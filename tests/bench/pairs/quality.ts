/**
 * Wall time until implicit's best validation NDCG@20 is reached: from ratings in memory to factors, with transposing and initial
 * factors on both sides, without measuring. First each side has its trials, which set the target. Each side then takes that
 * one of its trials that reached the target in the fewest epochs (of equal ones the better in the end), and fits of so
 * many epochs are timed in turns. Both sides are deterministic, so what is timed ends at the quality that was measured.
 */
import { type DataSet, movieLensImplicit, planted } from "../data_sets.ts";
import { parametersOf, releasing, startFit, ValidationSample } from "../fitting.ts";
import { splitMatrix } from "../matrix_split.ts";
import { alternate, secondsOf } from "../measure.ts";
import { loadIntoPeer, movieLensOr, type Pair, type PairContext, type PairRow, rowOf } from "./pair.ts";
import {
  best,
  bestTrial,
  type OwnGrid,
  type OwnSettings,
  type PeerGrid,
  type PeerSettings,
  type Reached,
  reachedBy,
  tryOurs,
  tryPeer,
} from "./trials.ts";

const VALIDATION_SHARE = 0.1;
const VALIDATION_USERS = 5000;
const SPLIT_SEED = 1;
const GOAL = 4;
/** The second row: nearly the best, so that one lucky late iteration does not decide. */
const NEARLY = 0.995;

interface Grids {
  readonly peer: PeerGrid;
  readonly ours: OwnGrid;
}

/**
 * Placed by coarser trials so that each side's best lies inside (a note says where it does not). implicit's alpha and
 * regularization grow together along a ridge: its λ is not scaled by how much a row holds.
 */
const GRIDS: Readonly<Record<"movielens" | "gowalla" | "tiny", Grids>> = {
  movielens: {
    peer: { alpha: [3, 5, 8, 12], regularization: [40, 60, 80, 120] },
    ours: { unobservedWeight: [0.2, 0.35, 0.5, 0.7], regularization: [0.004, 0.006, 0.008, 0.012] },
  },
  gowalla: {
    peer: { alpha: [20, 40, 80, 160], regularization: [75, 150, 300, 500] },
    ours: { unobservedWeight: [0.0025, 0.005, 0.01, 0.02], regularization: [0.0025, 0.005, 0.01, 0.02] },
  },
  tiny: {
    peer: { alpha: [2, 10], regularization: [1] },
    ours: { unobservedWeight: [0.1, 0.5], regularization: [0.01] },
  },
};

export const qualityMovieLens: Pair = {
  name: "quality-ml1m",
  help: "time until implicit's best validation NDCG@20 is reached, ML-1M, 64 and 128 factors",
  async *run(context) {
    const data = await movieLensOr(qualityMovieLens.name, context, movieLensImplicit);
    if (data === undefined) return;
    yield* timeQuality(context, data, GRIDS[context.tiny ? "tiny" : "movielens"]);
  },
};

export const qualityGowalla: Pair = {
  name: "quality-gowalla",
  help: "the same on a planted set of Gowalla's shape (30 k x 41 k, 810 k)",
  run: (context) =>
    timeQuality(context, planted("gowalla", context.tiny), GRIDS[context.tiny ? "tiny" : "gowalla"]),
};

async function* timeQuality(context: PairContext, data: DataSet, grids: Grids): AsyncGenerator<PairRow> {
  const split = splitMatrix(data.matrix, VALIDATION_SHARE, SPLIT_SEED);
  const sample = new ValidationSample(split, VALIDATION_USERS);
  await loadIntoPeer(context, "quality", split.train);
  for (const factorCount of context.tiny ? [8] : [64, 128]) {
    const theirs = await tryPeer(context, "quality", factorCount, grids.peer, sample);
    const ours = await tryOurs(context, split.train, factorCount, grids.ours, sample);
    for (const share of [1, NEARLY]) {
      const target = share * best(bestTrial(theirs));
      const chosen: Chosen = {
        factorCount,
        target,
        share,
        ours: reachedBy(ours, target),
        theirs: reachedBy(theirs, target),
      };
      yield await timeFits(context, data, split.train, chosen);
    }
  }
}

interface Chosen {
  readonly factorCount: number;
  readonly target: number;
  readonly share: number;
  readonly ours: Reached<OwnSettings>;
  readonly theirs: Reached<PeerSettings>;
}

async function timeFits(
  context: PairContext,
  data: DataSet,
  train: DataSet["matrix"],
  chosen: Chosen,
): Promise<PairRow> {
  const { compute, peer, threads, long } = context, { factorCount, ours, theirs, share } = chosen;
  const iterations = theirs.epochs!, epochs = ours.epochs ?? ours.trial.ndcg.length;
  const fitOurs = () =>
    releasing(compute, () =>
      secondsOf(async () => {
        const fit = await startFit(compute, train, parametersOf({ factorCount, ...ours.trial.settings }));
        for (let epoch = 0; epoch < epochs; epoch++) await fit.epoch();
      }));
  const request = {
    data: "quality",
    factors: factorCount,
    ...theirs.trial.settings,
    threads,
    seed: 1,
    iterations,
  };
  const samples = await alternate([fitOurs, () => peer.seconds("fit", request)], long);
  // What was not reached took forever, whatever the samples say.
  if (ours.epochs === undefined) samples[0].fill(Infinity);
  const which = share === 1 ? "implicit's best NDCG@20" : `${share * 100} % of it`;
  return rowOf({
    work: `time to ${which}, ${factorCount} factors`,
    data: data.source,
    peer: "implicit, CG 3 steps",
    goal: share === 1 ? GOAL : undefined,
    note: describe(chosen),
  }, samples);
}

function describe({ ours, theirs, target }: Chosen): string {
  const own = ours.trial.settings, other = theirs.trial.settings;
  return `target ${target.toFixed(4)} on the validation slice. ` +
    `Ours: ${
      ours.epochs ?? "never in 20"
    } epochs with α₀ ${own.unobservedWeight}, λ ${own.regularization}; ${ours.summary}. ` +
    `implicit: ${theirs.epochs} iterations with alpha ${other.alpha}, regularization ${other.regularization}; ${theirs.summary}`;
}
