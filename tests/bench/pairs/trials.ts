/** Hyper-parameter trials: each side the same number, on the same validation slice, judged by the same code. */
import type { AlsParameters } from "../../../src/domain/factor_model.ts";
import type { RatingMatrix } from "../../../src/domain/rating_matrix.ts";
import { parametersOf, releasing, startFit, type ValidationSample } from "../fitting.ts";
import { readNpy } from "../npy_file.ts";
import { PeerSteps } from "../peers/peer_process.ts";
import type { PairContext } from "./pair.ts";

/** Values of the two parameters that each side tries; their product is its number of trials. */
export interface PeerGrid {
  readonly alpha: readonly number[];
  readonly regularization: readonly number[];
}

export interface OwnGrid {
  readonly unobservedWeight: readonly number[];
  readonly regularization: readonly number[];
}

/** NDCG@20 on the validation slice after each epoch. */
export interface Trial<Settings> {
  readonly settings: Settings;
  readonly ndcg: readonly number[];
}

export type PeerSettings = { readonly alpha: number; readonly regularization: number };
export type OwnSettings = Pick<AlsParameters, "unobservedWeight" | "regularization">;

/** A trial ends after so many epochs without a better one, or after MOST_EPOCHS. */
const PATIENCE = 3;
const MOST_EPOCHS = 20;

export function best({ ndcg }: Trial<unknown>): number {
  return Math.max(...ndcg);
}

/** The first epoch at which a trial reached `target`, from 1; undefined if it never did. */
export function epochsTo(target: number, { ndcg }: Trial<unknown>): number | undefined {
  const epoch = ndcg.findIndex((value) => value >= target);
  return epoch < 0 ? undefined : epoch + 1;
}

/** The trial with the greatest NDCG at any epoch. */
export function bestTrial<Settings>(trials: readonly Trial<Settings>[]): Trial<Settings> {
  return trials.reduce((a, b) => best(b) > best(a) ? b : a);
}

/** The trial of a side that reaches a target soonest. */
export interface Reached<Settings> {
  readonly trial: Trial<Settings>;
  /** Undefined where no trial reached it; `trial` is then the best one. */
  readonly epochs: number | undefined;
  /** How many trials there were, and which was the best at any epoch. */
  readonly summary: string;
}

/** Of trials that reach the target in equally many epochs, the one that is better in the end. */
export function reachedBy<Settings>(trials: readonly Trial<Settings>[], target: number): Reached<Settings> {
  const rank = (trial: Trial<Settings>) => epochsTo(target, trial) ?? Infinity;
  const soonest = trials.reduce((a, b) =>
    rank(b) < rank(a) || (rank(b) === rank(a) && best(b) > best(a)) ? b : a
  );
  return { trial: soonest, epochs: epochsTo(target, soonest), summary: summaryOf(trials) };
}

/** Says it where the best trial lies on the border of what was tried: then another grid might do better. */
function summaryOf(trials: readonly Trial<unknown>[]): string {
  const top = bestTrial(trials), settings = top.settings as Readonly<Record<string, number>>;
  const borders = Object.keys(settings).filter((name) => {
    const tried = trials.map((trial) => (trial.settings as typeof settings)[name]);
    return settings[name] === Math.min(...tried) || settings[name] === Math.max(...tried);
  });
  const grid = Object.keys(settings).map((name) => {
    const tried = new Set(trials.map((trial) => (trial.settings as typeof settings)[name]));
    return `${name} ${[...tried].join(" ")}`;
  });
  const where = Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(", ");
  const border = borders.length === 0 ? "" : `, the last value of ${borders.join(" and ")} that was tried`;
  return `best of ${trials.length} trials (${grid.join(" x ")}) ${best(top).toFixed(4)}: ${where}${border}`;
}

/** Calls `epoch` (which gives the NDCG after it) until it no longer gets better. */
async function follow(epoch: () => Promise<number>): Promise<number[]> {
  const ndcg: number[] = [];
  while (ndcg.length < MOST_EPOCHS) {
    ndcg.push(await epoch());
    if (ndcg.length - 1 - ndcg.indexOf(Math.max(...ndcg)) >= PATIENCE) break;
  }
  return ndcg;
}

export async function tryPeer(
  context: PairContext,
  data: string,
  factors: number,
  grid: PeerGrid,
  sample: ValidationSample,
): Promise<Trial<PeerSettings>[]> {
  const { peer, compute, threads, scratch } = context, trials: Trial<PeerSettings>[] = [];
  const files = { users: `${scratch}/trial-users.npy`, items: `${scratch}/trial-items.npy` };
  for (const alpha of grid.alpha) {
    for (const regularization of grid.regularization) {
      const settings = { alpha, regularization };
      const fit = { data, factors, ...settings, threads, seed: 1, iterations: MOST_EPOCHS + 1 };
      const steps = new PeerSteps(peer, fit);
      const ndcg = await follow(async () => {
        await steps.next();
        await steps.save(files.users, files.items);
        const [users, items] = await Promise.all([readNpy(files.users), readNpy(files.items)]);
        const rows = { userFactors: users.array as Float32Array, itemFactors: items.array as Float32Array };
        return await sample.ndcg(compute, { stride: factors, ...rows });
      });
      await steps.stop();
      trials.push({ settings, ndcg });
    }
  }
  return trials;
}

export async function tryOurs(
  { compute }: PairContext,
  train: RatingMatrix,
  factorCount: number,
  grid: OwnGrid,
  sample: ValidationSample,
): Promise<Trial<OwnSettings>[]> {
  const trials: Trial<OwnSettings>[] = [];
  for (const unobservedWeight of grid.unobservedWeight) {
    for (const regularization of grid.regularization) {
      const settings = { unobservedWeight, regularization };
      const ndcg = await releasing(compute, async () => {
        const fit = await startFit(compute, train, parametersOf({ factorCount, ...settings }));
        return await follow(async () => {
          await fit.epoch();
          return await sample.ndcg(compute, fit.model());
        });
      });
      trials.push({ settings, ndcg });
    }
  }
  return trials;
}
