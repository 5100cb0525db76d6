/** Our side of a fit, step by step, so that each part can be timed. */
import { copyMatrix, transposeInto } from "../../src/batch/build_matrix.ts";
import type { Compute } from "../../src/batch/fit_model.ts";
import type { AlsParameters, FactorModel } from "../../src/domain/factor_model.ts";
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { RankingEvaluation } from "../../src/evaluate/ranking_metrics.ts";
import { AlsFit } from "../../src/kernels/als_fit.ts";
import { allTopN } from "../../src/kernels/all_top_n.ts";
import { rowsOf, usersWithRows } from "./matrix_split.ts";
import type { MatrixSplit } from "./matrix_split.ts";

const SEED = 1;
const LIST_LENGTH = 20;

/** What a person sets; the rest is as `foz train` has it. */
export function parametersOf(set: Partial<AlsParameters> & { factorCount: number }): AlsParameters {
  return {
    feedback: "implicit",
    regularization: 0.006,
    biasRegularization: 5,
    unobservedWeight: 0.5,
    popularityExponent: 0,
    frequencyExponent: 1,
    confidenceScale: 1,
    ...set,
  };
}

/** A fit before its first epoch: ratings copied in, transposed, initial factors made. Uses the arena above its top. */
export async function startFit(
  { pool, kernels }: Compute,
  matrix: RatingMatrix,
  parameters: AlsParameters,
): Promise<AlsFit> {
  const fit = AlsFit.create(pool, kernels, {
    parameters,
    userCount: matrix.rowCount,
    itemCount: matrix.columnCount,
    interactionCount: matrix.indices.length,
    seed: SEED,
  });
  copyMatrix(matrix, fit.byUser);
  transposeInto(matrix, fit.byItem);
  await fit.prepare();
  return fit;
}

/** Runs `work` and gives back the kernel memory that it took. */
export async function releasing<T>({ kernels }: Compute, work: () => Promise<T>): Promise<T> {
  const { top } = kernels.arena;
  try {
    return await work();
  } finally {
    kernels.arena.release(top);
  }
}

export type Factors = Pick<FactorModel, "stride" | "userFactors" | "itemFactors">;

/** Measures NDCG@20 of anybody's factors on a sample of users: the same users, lists and formula for both sides. */
export class ValidationSample {
  readonly #users: Uint32Array;
  readonly #seen: RatingMatrix;
  readonly #relevant: RatingMatrix;

  constructor(split: MatrixSplit, mostUsers: number) {
    this.#users = usersWithRows(split.validation, mostUsers);
    this.#seen = rowsOf(split.train, this.#users);
    this.#relevant = rowsOf(split.validation, this.#users);
  }

  async ndcg(compute: Compute, { stride, userFactors, itemFactors }: Factors): Promise<number> {
    const rows = new Float32Array(this.#users.length * stride);
    this.#users.forEach((user, to) =>
      rows.set(userFactors.subarray(user * stride, (user + 1) * stride), to * stride)
    );
    const evaluation = new RankingEvaluation(this.#relevant, LIST_LENGTH);
    const itemCount = itemFactors.length / stride;
    const model = {
      stride,
      userCount: this.#users.length,
      itemCount,
      userFactors: rows,
      itemFactors,
      globalMean: 0,
    };
    for await (const block of allTopN(compute, { model, seen: this.#seen, n: LIST_LENGTH })) {
      evaluation.add(block);
    }
    return evaluation.result().estimates.ndcg.value;
  }
}
