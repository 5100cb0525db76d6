/**
 * Wall time until implicit's best validation NDCG@20 is reached: from ratings in memory to factors, with transposing and initial
 * factors on both sides, without measuring. First each side's trials choose its parameters and say how many epochs it
 * needs; then fits of so many epochs are timed in turns (both sides are deterministic, so they end at the same quality).
 */
import { type DataSet, movieLensImplicit, planted } from "../data_sets.ts";
import { parametersOf, releasing, startFit, ValidationSample } from "../fitting.ts";
import { splitMatrix } from "../matrix_split.ts";
import { alternate, secondsOf } from "../measure.ts";
import {
  loadIntoPeer,
  NO_MOVIELENS,
  type Pair,
  type PairContext,
  type PairRow,
  rowOf,
  skipped,
} from "./pair.ts";
import {
  best,
  bestTrial,
  epochsTo,
  type OwnGrid,
  type OwnSettings,
  type PeerGrid,
  type PeerSettings,
  type Trial,
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

/** Placed so that each side's best lies inside; found by coarser trials on other seeds' validation slices. */
const GRIDS: Readonly<Record<"movielens" | "gowalla" | "tiny", Grids>> = {
  movielens: {
    peer: { alpha: [1, 2, 3, 5], regularization: [3, 10, 30, 60] },
    ours: { unobservedWeight: [0.2, 0.35, 0.5, 1], regularization: [0.003, 0.006, 0.01, 0.02] },
  },
  gowalla: {
    peer: { alpha: [10, 20, 40, 80], regularization: [3, 10, 30, 100] },
    ours: { unobservedWeight: [0.01, 0.025, 0.05, 0.1], regularization: [0.0005, 0.0015, 0.005, 0.015] },
  },
  tiny: {
    peer: { alpha: [2, 10], regularization: [1] },
    ours: { unobservedWeight: [0.1, 0.5], regularization: [0.01] },
  },
};

export const qualityMovieLens: Pair = {
  name: "quality-ml1m",
  help: "time until implicit's best validation NDCG@20 is reached, ML-1M, 64 and 128 factors",
  async run(context) {
    const data = context.tiny ? planted("movielens", true) : await movieLensImplicit(context.dataFolder);
    if (data === undefined) return skipped(qualityMovieLens.name, NO_MOVIELENS);
    return await timeQuality(context, data, GRIDS[context.tiny ? "tiny" : "movielens"]);
  },
};

export const qualityGowalla: Pair = {
  name: "quality-gowalla",
  help: "the same on a planted set of Gowalla's shape (30 k x 41 k, 810 k)",
  run: (context) =>
    timeQuality(context, planted("gowalla", context.tiny), GRIDS[context.tiny ? "tiny" : "gowalla"]),
};

async function timeQuality(context: PairContext, data: DataSet, grids: Grids): Promise<PairRow[]> {
  const split = splitMatrix(data.matrix, VALIDATION_SHARE, SPLIT_SEED);
  const sample = new ValidationSample(split, VALIDATION_USERS);
  await loadIntoPeer(context, "quality", split.train);
  const rows: PairRow[] = [];
  for (const factorCount of context.tiny ? [8] : [64, 128]) {
    const theirs = bestTrial(await tryPeer(context, "quality", factorCount, grids.peer, sample));
    const ours = bestTrial(await tryOurs(context, split.train, factorCount, grids.ours, sample));
    for (const share of [1, NEARLY]) {
      const target = share * best(theirs);
      const chosen: Chosen = { factorCount, target, ours, theirs, share, grids };
      rows.push(await timeFits(context, data, split.train, chosen));
    }
  }
  return rows;
}

interface Chosen {
  readonly factorCount: number;
  readonly target: number;
  readonly share: number;
  readonly ours: Trial<OwnSettings>;
  readonly theirs: Trial<PeerSettings>;
  readonly grids: Grids;
}

async function timeFits(
  context: PairContext,
  data: DataSet,
  train: DataSet["matrix"],
  chosen: Chosen,
): Promise<PairRow> {
  const { compute, peer, threads, short } = context, { factorCount, target, ours, theirs, share } = chosen;
  const iterations = epochsTo(target, theirs)!, epochs = epochsTo(target, ours);
  const fitOurs = () =>
    releasing(compute, () =>
      secondsOf(async () => {
        const fit = await startFit(compute, train, parametersOf({ factorCount, ...ours.settings }));
        for (let epoch = 0; epoch < (epochs ?? ours.ndcg.length); epoch++) await fit.epoch();
      }));
  const request = { data: "quality", factors: factorCount, ...theirs.settings, threads, seed: 1, iterations };
  const samples = await alternate([fitOurs, () => peer.seconds("fit", request)], short);
  // What was not reached took forever, whatever the samples say.
  if (epochs === undefined) samples[0].fill(Infinity);
  const which = share === 1 ? "implicit's best NDCG@20" : `${share * 100} % of it`;
  return rowOf({
    work: `time to ${which}, ${factorCount} factors`,
    data: data.source,
    peer: "implicit, CG 3 steps",
    goal: share === 1 ? GOAL : undefined,
    note: describe(chosen, epochs, iterations),
  }, samples);
}

function describe(
  { ours, theirs, target, grids }: Chosen,
  epochs: number | undefined,
  iterations: number,
): string {
  const { alpha, regularization } = theirs.settings;
  const trialCount = grids.peer.alpha.length * grids.peer.regularization.length;
  const reached = epochs === undefined ? "never reached" : `${epochs} epochs`;
  return `target ${target.toFixed(4)}; ours: ${reached} (best ${
    best(ours).toFixed(4)
  }), α₀ ${ours.settings.unobservedWeight}, ` +
    `λ ${ours.settings.regularization}; implicit: ${iterations} iterations, alpha ${alpha}, regularization ${regularization}; ` +
    `${trialCount} trials each`;
}
