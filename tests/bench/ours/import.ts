/** `foz import`: a ratings file into the durable log, a whole process. */
import type { BenchContext, Benchmark } from "../context.ts";
import { ratingsOrStandIn } from "../data_sets.ts";
import { type Figure, hashOf, perSecond } from "../figures.ts";
import { runFoz } from "../foz_process.ts";
import { writeRatingsCsv } from "../matrix_files.ts";
import { repeat, spreadOf } from "../measure.ts";

export const importBenchmark: Benchmark = {
  name: "import",
  help: "foz import of a ratings file into a new SQLite log",
  async run(context) {
    const data = await ratingsOrStandIn(context.dataFolder, context.tiny);
    const file = `${context.scratch}/ratings.csv`;
    await writeRatingsCsv(file, data.matrix);
    const inside: number[] = [], documents: unknown[] = [];
    const seconds = await repeat(async () => {
      const { document, seconds } = await importOnce(context, file);
      inside.push(document.ms / 1000);
      documents.push({ ...document, file: "", rejects: "", ms: 0 });
      return seconds;
    }, context.long);
    const rate = (samples: readonly number[]) => perSecond(spreadOf(samples), data.matrix.indices.length);
    const figures: Figure[] = [
      { work: "whole process", data: data.source, unit: "s", value: spreadOf(seconds) },
      { work: "ratings, whole process", data: data.name, unit: "per s", value: rate(seconds) },
      {
        work: "ratings, without start-up",
        data: data.name,
        unit: "per s",
        value: rate(inside.slice(-seconds.length)),
      },
    ];
    return { name: "import", figures, hash: await hashOf(JSON.stringify(documents.at(-1))) };
  },
};

/** Into a store that did not exist before. */
export async function importOnce(
  { scratch }: BenchContext,
  file: string,
): Promise<{ document: Record<string, number>; seconds: number; store: string }> {
  const folder = await Deno.makeTempDir({ dir: scratch });
  const store = `sqlite:${folder}/foz.db`;
  const { lastLine, seconds } = await runFoz(["import", file, "--store", store, "--json"]);
  return { document: JSON.parse(lastLine), seconds, store };
}
