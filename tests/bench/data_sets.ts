/** What is measured on: MovieLens where the caller has it, sets of the published shapes that our generator plants. */
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { plantSparseSet, SPARSE_SHAPES } from "../../src/synthesize/sparse_set.ts";

export interface DataSet {
  /** Short, for tables: "ML-1M". */
  readonly name: string;
  /** Its name, where it comes from and its size, in words. */
  readonly source: string;
  readonly matrix: RatingMatrix;
}

const SEED = 1;
const TINY_SHAPE = {
  userCount: 300,
  itemCount: 200,
  interactionCount: 6_000,
  communityCount: 8,
  communitiesPerUser: 2,
};
const MOVIELENS_SHAPE = {
  userCount: 6_040,
  itemCount: 3_706,
  interactionCount: 1_000_209,
  communityCount: 40,
  communitiesPerUser: 6,
};
const FOLDS = [1, 2, 3, 4, 5];

/** Where the data of a checkout beside this project lies. */
export function defaultDataFolder(): string {
  return new URL("../../../shared/data", import.meta.url).pathname;
}

export type PlantedName = keyof typeof SPARSE_SHAPES | "movielens";

const PLANTED_NAMES: Readonly<Record<PlantedName, string>> = {
  gowalla: "Gowalla's shape",
  tenMillion: "10 M",
  twentyMillion: "20 M",
  movielens: "ML-1M's shape",
};

/** A planted set; a very small one if `tiny`. */
export function planted(name: PlantedName, tiny: boolean): DataSet {
  const shape = tiny ? TINY_SHAPE : name === "movielens" ? MOVIELENS_SHAPE : SPARSE_SHAPES[name];
  const matrix = plantSparseSet({ seed: SEED, ...shape });
  const called = `planted ${tiny ? "tiny" : PLANTED_NAMES[name]}`;
  return { name: called, source: sizeOf(matrix, `${called} (seed ${SEED})`), matrix };
}

/** The training part of the implicit MovieLens 1M split; undefined where the folder does not hold it. */
export async function movieLensImplicit(dataFolder: string): Promise<DataSet | undefined> {
  const text = await readGzip(`${dataFolder}/movielens-1m/implicit-train.txt.gz`);
  if (text === undefined) return undefined;
  const pairs: number[] = [];
  for (const line of text.split("\n")) {
    const [user, ...items] = line.split(" ").map(Number);
    for (const item of items) pairs.push(user, item, 1);
  }
  return named("ML-1M implicit", pairs);
}

/** All ratings of MovieLens 1M; undefined where the folder does not hold them. */
export async function movieLensRatings(dataFolder: string): Promise<DataSet | undefined> {
  const pairs: number[] = [];
  for (const fold of FOLDS) {
    const text = await readGzip(`${dataFolder}/movielens-1m/fold${fold}.csv.gz`);
    if (text === undefined) return undefined;
    for (const line of text.split("\n")) if (line !== "") pairs.push(...line.split(",").map(Number));
  }
  return named("ML-1M", pairs);
}

/** MovieLens 1M's ratings, or a planted set of its shape with ratings of no meaning, good for times only. */
export async function ratingsOrStandIn(dataFolder: string, tiny: boolean): Promise<DataSet> {
  const real = tiny ? undefined : await movieLensRatings(dataFolder);
  if (real !== undefined) return real;
  const standIn = planted("movielens", tiny);
  const values = standIn.matrix.values.map((_, k) => 1 + (Math.imul(k, 0x9e3779b1) >>> 16) % 5);
  return { ...standIn, matrix: { ...standIn.matrix, values } };
}

/** The implicit MovieLens 1M split, or a planted set of its shape. */
export async function implicitOrStandIn(dataFolder: string, tiny: boolean): Promise<DataSet> {
  return (tiny ? undefined : await movieLensImplicit(dataFolder)) ?? planted("movielens", tiny);
}

function named(name: string, triples: readonly number[]): DataSet {
  const matrix = matrixOf(triples);
  return { name, source: sizeOf(matrix, name), matrix };
}

function sizeOf({ rowCount, columnCount, indices }: RatingMatrix, name: string): string {
  return `${name}: ${rowCount} x ${columnCount}, ${indices.length} interactions`;
}

/** Rows from (user, item, value) triples in any order, without repeats; ids are indexes. */
export function matrixOf(triples: readonly number[]): RatingMatrix {
  let rowCount = 0, columnCount = 0;
  for (let k = 0; k < triples.length; k += 3) {
    rowCount = Math.max(rowCount, triples[k] + 1);
    columnCount = Math.max(columnCount, triples[k + 1] + 1);
  }
  const indptr = new Uint32Array(rowCount + 1);
  for (let k = 0; k < triples.length; k += 3) indptr[triples[k] + 1]++;
  for (let row = 0; row < rowCount; row++) indptr[row + 1] += indptr[row];
  const order = Array.from({ length: triples.length / 3 }, (_, k) => 3 * k)
    .sort((a, b) => triples[a] - triples[b] || triples[a + 1] - triples[b + 1]);
  const indices = Uint32Array.from(order, (k) => triples[k + 1]);
  return { rowCount, columnCount, indptr, indices, values: Float32Array.from(order, (k) => triples[k + 2]) };
}

async function readGzip(path: string): Promise<string | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}
