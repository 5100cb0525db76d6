/** What a fit of 20 million ratings keeps resident, in a process of its own, and how many ratings fit into 4 GiB. */
import { loadKernel } from "../../../src/commands/kernel_builds.ts";
import { AlsFit } from "../../../src/kernels/als_fit.ts";
import { MEMORY_LIMIT_BYTES } from "../../../src/kernels/arena.ts";
import { instantiateKernels, sharedMemory } from "../../../src/kernels/kernel_module.ts";
import type { BenchContext, Benchmark } from "../context.ts";
import { type DataSet, planted } from "../data_sets.ts";
import type { Figure } from "../figures.ts";
import { parametersOf } from "../fitting.ts";
import { runFoz, runTimed } from "../foz_process.ts";
import { writeMatrix, writeRatingsCsv } from "../matrix_files.ts";
import { spreadOf } from "../measure.ts";
import { trainArguments } from "./train.ts";

const MIB = 2 ** 20;

/** Last line of memory_process.ts. */
export interface MemoryReport {
  readonly residentBytes: number;
  readonly baseBytes: number;
  readonly sha256: string;
}

export const memoryBenchmark: Benchmark = {
  name: "memory",
  help: "resident memory of a fit of 20 million ratings, and how many fit into 4 GiB",
  async run(context) {
    const data = planted("twentyMillion", context.tiny);
    const fit = await fitAlone(context, data);
    const figures = [...fit.figures, await wholeTraining(context, data), await greatestCount(data)];
    return { name: "memory", figures, hash: fit.hash };
  },
};

/** The fit and nothing else: ratings go from disk into kernel memory. */
async function fitAlone(context: BenchContext, data: DataSet): Promise<{ figures: Figure[]; hash: string }> {
  const files = await writeMatrix(`${context.scratch}/memory`, data.matrix);
  const program = new URL("./memory_process.ts", import.meta.url).pathname;
  const size = [data.matrix.rowCount, data.matrix.columnCount, context.tiny ? 8 : 64, context.threads];
  const args = ["run", "--quiet", "-A", program, files.indptr, files.indices, ...size.map(String)];
  const report: MemoryReport = JSON.parse((await runTimed(Deno.execPath(), args)).lastLine);
  const figure = (work: string, bytes: number): Figure => ({
    work,
    data: data.source,
    unit: "MiB",
    value: spreadOf([bytes / MIB]),
  });
  const ratings = data.matrix.indices.length;
  return {
    figures: [
      figure(`fit alone, ${size[2]} factors x 2 epochs: most resident`, report.residentBytes),
      {
        ...figure("of that, the runtime before any data", report.baseBytes),
        note: `${((report.residentBytes - report.baseBytes) / ratings).toFixed(1)} bytes a rating above it`,
      },
    ],
    hash: report.sha256,
  };
}

/** `foz train --from FILE`, with parsing and sorting. */
async function wholeTraining(context: BenchContext, data: DataSet): Promise<Figure> {
  const from = `${context.scratch}/memory.csv`;
  await writeRatingsCsv(from, data.matrix);
  const store = `sqlite:${context.scratch}/memory.db`;
  const args = trainArguments({ ...context, feedback: "implicit", store, from });
  const { residentBytes, seconds } = await runFoz(args);
  return {
    work: "foz train --from FILE, whole process: most resident",
    data: data.name,
    unit: "MiB",
    value: spreadOf([residentBytes / MIB]),
    note: `took ${seconds.toFixed(1)} s`,
  };
}

/** Asks the arena what fits of two sizes take, and extends the line. Nothing is touched, so nothing becomes resident. */
async function greatestCount({ matrix, name }: DataSet): Promise<Figure> {
  const { module } = await loadKernel("fast");
  const bytesOf = (interactionCount: number) => {
    const memory = sharedMemory(), kernels = instantiateKernels(module, memory);
    const pool = { workerCount: 2, memory, run: () => Promise.reject(new Error("nothing is computed here")) };
    AlsFit.create(pool, kernels, {
      parameters: parametersOf({ factorCount: 64 }),
      userCount: matrix.rowCount,
      itemCount: matrix.columnCount,
      interactionCount,
      seed: 1,
    });
    return kernels.arena.top;
  };
  const few = 1_000_000, more = 2_000_000;
  const each = (bytesOf(more) - bytesOf(few)) / (more - few), fixed = bytesOf(few) - each * few;
  return {
    work: "ratings that fit into 4 GiB, 64 factors",
    data: name,
    unit: "million",
    value: spreadOf([(MEMORY_LIMIT_BYTES - fixed) / each / 1e6]),
    note: `${each.toFixed(2)} bytes a rating and ${(fixed / MIB).toFixed(0)} MiB, by the arena`,
  };
}
