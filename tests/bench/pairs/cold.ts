/** Whole cold processes: a ratings file in, 64 factors x 10, the best 50 of every user out. */
import { type DataSet, movieLensImplicit, movieLensRatings, planted } from "../data_sets.ts";
import { runFoz, runTimed } from "../foz_process.ts";
import { writeRatingsCsv } from "../matrix_files.ts";
import { alternate } from "../measure.ts";
import { readNpy } from "../npy_file.ts";
import { trainArguments } from "../ours/train.ts";
import { SINGLE_BLAS_THREAD } from "../peers/environment.ts";
import { movieLensOr, type Pair, type PairContext, type PairRow, rowOf } from "./pair.ts";

const FACTORS = "64", ITERATIONS = "10", TOP = "50";

type Feedback = "explicit" | "implicit";

export const coldMovieLens: Pair = {
  name: "cold-ml1m",
  help: "whole process, ratings file to stored top-50 of every user, ML-1M, against a script with implicit",
  async *run(context) {
    const data = await movieLensOr(coldMovieLens.name, context, movieLensImplicit);
    if (data !== undefined) yield await timeScript(context, data, 1.5);
  },
};

export const coldTenMillion: Pair = {
  name: "cold-10m",
  help: "the same on 10 million planted interactions",
  async *run(context) {
    yield await timeScript(context, planted("tenMillion", context.tiny), 2.5);
  },
};

export const coldSpark: Pair = {
  name: "spark",
  help:
    "whole process, ratings file to stored top-50 of every user, ML-1M, against Spark MLlib (local, to Parquet)",
  needs: "spark",
  async *run(context) {
    const ratings = await movieLensOr(coldSpark.name, context, movieLensRatings);
    if (ratings !== undefined) yield await timeSpark(context, ratings, "explicit");
    const implicit = context.tiny ? undefined : await movieLensImplicit(context.dataFolder);
    if (implicit !== undefined) yield await timeSpark(context, implicit, "implicit");
  },
};

async function timeScript(context: PairContext, data: DataSet, goal: number): Promise<PairRow> {
  const { python, scratch, threads, long } = context, file = `${scratch}/cold.csv`;
  await writeRatingsCsv(file, data.matrix);
  const script = new URL("../peers/cold_implicit.py", import.meta.url).pathname;
  const args = [script, file, FACTORS, ITERATIONS, TOP, String(threads), scratch];
  const theirs = async () => (await runTimed(python, args, SINGLE_BLAS_THREAD)).seconds;
  const samples = await alternate([oursOf(context, file, "implicit"), theirs], long);
  const { shape } = await readNpy(`${scratch}/user_factors.npy`);
  const note = `the script writes plain arrays of ${shape[0]} users without fsync; we commit to SQLite`;
  return rowOf(
    { work: "whole process", data: data.source, peer: "script with implicit", goal, note },
    samples,
  );
}

async function timeSpark(context: PairContext, data: DataSet, feedback: Feedback): Promise<PairRow> {
  const { python, scratch, threads, long } = context, file = `${scratch}/spark.csv`;
  await writeRatingsCsv(file, data.matrix);
  const script = new URL("../peers/cold_spark.py", import.meta.url).pathname;
  const args = [script, file, FACTORS, ITERATIONS, TOP, String(threads), scratch, feedback];
  let blas = "";
  const theirs = async () => {
    const { seconds, lastLine } = await runTimed(python, args, SINGLE_BLAS_THREAD);
    blas = lastLine;
    return seconds;
  };
  // Half a minute each: two are enough for a ratio of this size, and none is thrown away.
  const few = { warmUps: 0, repetitions: Math.min(2, long.repetitions) };
  const samples = await alternate([oursOf(context, file, feedback), theirs], few);
  const note =
    `Spark's BLAS: ${blas} (JNIBLAS: the system's library); its lists hold seen items too, so it does less`;
  const peer = `Spark MLlib, local[${threads}]`;
  return rowOf({ work: `whole process, ${feedback}`, data: data.source, peer, goal: 25, note }, samples);
}

/** `foz train --from FILE` into a store that did not exist before. */
function oursOf(
  { scratch, threads }: PairContext,
  from: string,
  feedback: Feedback,
): () => Promise<number> {
  return async () => {
    const folder = await Deno.makeTempDir({ dir: scratch });
    const args = trainArguments({ feedback, threads, from, store: `sqlite:${folder}/foz.db` });
    const { seconds } = await runFoz(args);
    await Deno.remove(folder, { recursive: true });
    return seconds;
  };
}
