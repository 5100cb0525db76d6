/** Fits on small planted data, for tests of the training kernels. */
import type { AlsParameters, FactorModel, Feedback } from "../../src/domain/factor_model.ts";
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { DenoWorkerPool } from "../../src/adapters/deno/worker_pool.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { AlsFit, type AlsFitOptions } from "../../src/kernels/als_fit.ts";
import { InlinePool } from "./inline_pool.ts";
import { instantiateKernels, type Kernels, sharedMemory } from "../../src/kernels/kernel_module.ts";
import type { KernelPool } from "../../src/kernels/phases.ts";
import { Random, splitMix64 } from "../../src/synthesize/random.ts";
import type { Matrix } from "../reference/linear_system.ts";

const { module: portable } = await loadKernel("portable");
const { module: fast } = await loadKernel("fast");
const WORKER = new URL("../../src/commands/kernel_worker.ts", import.meta.url);

export function randomOf(seed: number): Random {
  const [a, b] = splitMix64(BigInt(seed), 2);
  const word = (x: bigint, at: number) => Number((x >> BigInt(32 * at)) & 0xffffffffn);
  return new Random([word(a, 0), word(a, 1), word(b, 0), word(b, 1)]);
}

export function parametersOf(
  feedback: Feedback,
  factorCount: number,
  more: Partial<AlsParameters> = {},
): AlsParameters {
  return {
    feedback,
    factorCount,
    regularization: feedback === "explicit" ? 0.08 : 0.01,
    biasRegularization: 5,
    unobservedWeight: 0.3,
    popularityExponent: 0,
    frequencyExponent: 1,
    confidenceScale: 1,
    ...more,
  };
}

export interface Planted {
  readonly byUser: RatingMatrix;
  readonly byItem: RatingMatrix;
}

/** Rows of [column, value] as both forms of a matrix. */
export function plantedOf(
  rows: readonly (readonly (readonly [number, number])[])[],
  itemCount: number,
): Planted {
  const columns: [number, number][][] = Array.from({ length: itemCount }, () => []);
  rows.forEach((row, u) => row.forEach(([i, value]) => columns[i].push([u, value])));
  return { byUser: compress(rows, itemCount), byItem: compress(columns, rows.length) };
}

function compress(
  rows: readonly (readonly (readonly [number, number])[])[],
  columnCount: number,
): RatingMatrix {
  const indptr = new Uint32Array(rows.length + 1);
  rows.forEach((row, r) => indptr[r + 1] = indptr[r] + row.length);
  const entries = rows.flat();
  return {
    rowCount: rows.length,
    columnCount,
    indptr,
    indices: Uint32Array.from(entries, ([column]) => column),
    values: Float32Array.from(entries, ([, value]) => value),
  };
}

/** Skewed random data: early items are popular, some users and items have nothing. Values 1 to 5 by half. */
export function plantedData(seed: number, userCount: number, itemCount: number, density = 0.2): Planted {
  const random = randomOf(seed);
  const rows = Array.from({ length: userCount }, (_, u) => {
    const row: [number, number][] = [];
    if (u % 17 === 3) return row;
    for (let i = 0; i < itemCount; i++) {
      if (i % 19 !== 5 && random.uniform() < 2 * density * (1 - i / itemCount)) {
        row.push([i, 1 + Math.floor(random.uniform() * 9) / 2]);
      }
    }
    return row;
  });
  return plantedOf(rows, itemCount);
}

/** A fit over `data`, filled and prepared. */
export async function preparedFit(
  pool: KernelPool,
  kernels: Kernels,
  data: Planted,
  options: Pick<AlsFitOptions, "parameters" | "conjugateGradientSteps"> & { seed?: number },
): Promise<AlsFit> {
  const fit = AlsFit.create(pool, kernels, {
    seed: 1,
    ...options,
    userCount: data.byUser.rowCount,
    itemCount: data.byUser.columnCount,
    interactionCount: data.byUser.indices.length,
  });
  for (const [to, from] of [[fit.byUser, data.byUser], [fit.byItem, data.byItem]]) {
    to.indptr.set(from.indptr);
    to.indices.set(from.indices);
    to.values.set(from.values);
  }
  await fit.prepare();
  return fit;
}

/** The portable build on this thread. */
export function inlineKernels(): { pool: InlinePool; kernels: Kernels } {
  const kernels = instantiateKernels(portable);
  return { pool: new InlinePool(kernels), kernels };
}

/** The fast build on so many workers, for the time of `work`. */
export async function withWorkers<T>(
  workerCount: number,
  work: (pool: DenoWorkerPool, kernels: Kernels) => Promise<T>,
): Promise<T> {
  const memory = sharedMemory();
  const pool = await DenoWorkerPool.start({ module: fast, memory, workerCount, entry: WORKER });
  try {
    return await work(pool, instantiateKernels(fast, memory));
  } finally {
    await pool.close();
  }
}

/** Rows of a model's side as doubles, the first `width` columns. */
export function rowsOfSide(model: FactorModel, side: "user" | "item", width: number): Matrix {
  const count = side === "user" ? model.userCount : model.itemCount;
  const factors = side === "user" ? model.userFactors : model.itemFactors;
  return Array.from(
    { length: count },
    (_, r) => [...factors.subarray(r * model.stride, r * model.stride + width)],
  );
}

/** Rows [x, b] of an explicit model's side. */
export function biasedRowsOf(model: FactorModel, side: "user" | "item"): Matrix {
  const d = model.parameters.factorCount, biasAt = side === "user" ? d : d + 1;
  return rowsOfSide(model, side, d + 2).map((row) => [...row.slice(0, d), row[biasAt]]);
}

/** Greatest |a - b| over all entries. */
export function greatestDifference(a: Matrix, b: Matrix): number {
  let greatest = 0;
  a.forEach((row, r) => row.forEach((value, j) => greatest = Math.max(greatest, Math.abs(value - b[r][j]))));
  return greatest;
}
