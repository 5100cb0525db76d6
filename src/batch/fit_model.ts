/** One fit: rows of users in, factors out, an epoch after the other. */
import type { AlsParameters, FactorModel } from "../domain/factor_model.ts";
import type { EpochRecord, GenerationContent } from "../domain/generation.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { AlsFit } from "../kernels/als_fit.ts";
import type { Kernels } from "../kernels/kernel_module.ts";
import type { Clock } from "../ports/clock.ts";
import type { WorkerPool } from "../ports/worker_pool.ts";
import { copyMatrix, transposeInto } from "./build_matrix.ts";

/** Where fits are computed. `kernels` and `pool` are over the same memory, and their build is the same. */
export interface Compute {
  readonly pool: WorkerPool;
  readonly kernels: Kernels;
  readonly clock: Clock;
}

export interface FitOptions {
  readonly parameters: AlsParameters;
  readonly epochCount: number;
  readonly seed: number;
  /** Hears of each epoch; gives its validation metrics and whether to go on. `model` copies the factors. */
  readonly onEpoch?: (record: EpochRecord, model: () => FactorModel) => Promise<EpochVerdict>;
}

export interface EpochVerdict {
  readonly metrics?: Readonly<Record<string, number>>;
  readonly isLast?: boolean;
}

export interface Fitted {
  readonly model: FactorModel;
  /** Items of each user's row. */
  readonly seen: GenerationContent["seen"];
  readonly epochs: readonly EpochRecord[];
  readonly ms: number;
}

/**
 * Fits the rows that `buildRows` makes and gives back the kernel memory it took. While epochs run, the ratings are in
 * kernel memory twice (by user, by item) and nowhere else, if the caller keeps no reference either.
 * Throws BadInput if they do not fit into memory.
 */
export async function fitModel(
  compute: Compute,
  buildRows: () => RatingMatrix,
  options: FitOptions,
): Promise<Fitted> {
  const { kernels, clock } = compute;
  const arenaTop = kernels.arena.top;
  try {
    const startedMs = clock.monotonicMs();
    const fit = loadRows(compute, buildRows(), options);
    await fit.prepare();
    const epochs: EpochRecord[] = [];
    for (let epoch = 1; epoch <= options.epochCount; epoch++) {
      const epochStartedMs = clock.monotonicMs();
      const { loss } = await fit.epoch();
      const record: EpochRecord = { epoch, ms: clock.monotonicMs() - epochStartedMs, loss };
      const verdict = await options.onEpoch?.(record, () => fit.model()) ?? {};
      epochs.push(verdict.metrics === undefined ? record : { ...record, metrics: verdict.metrics });
      if (verdict.isLast) break;
    }
    const seen = { indptr: fit.byUser.indptr.slice(), indices: fit.byUser.indices.slice() };
    return { model: fit.model(), seen, epochs, ms: clock.monotonicMs() - startedMs };
  } finally {
    kernels.arena.release(arenaTop);
  }
}

function loadRows({ pool, kernels }: Compute, rows: RatingMatrix, options: FitOptions): AlsFit {
  const fit = AlsFit.create(pool, kernels, {
    parameters: options.parameters,
    userCount: rows.rowCount,
    itemCount: rows.columnCount,
    interactionCount: rows.indices.length,
    seed: options.seed,
  });
  copyMatrix(rows, fit.byUser);
  transposeInto(rows, fit.byItem);
  return fit;
}
