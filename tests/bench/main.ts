/** `deno task bench [NAME...]`: measurements of ours. How to read them: README.md. */
import { Command } from "commander";
import { type Benchmark, type BenchSettings, withContext } from "./context.ts";
import { defaultDataFolder } from "./data_sets.ts";
import { type BenchmarkResult, figuresTable } from "./figures.ts";
import { describeMachine, loadBefore, machineLine, watchStolen } from "./machine.ts";
import { epochsBenchmark } from "./ours/epochs.ts";
import { handoverBenchmark } from "./ours/handover.ts";
import { importBenchmark } from "./ours/import.ts";
import { learnerBenchmark } from "./ours/learner.ts";
import { liveBenchmark } from "./ours/live.ts";
import { memoryBenchmark } from "./ours/memory.ts";
import { topNBenchmark } from "./ours/top_n.ts";
import { trainBenchmark } from "./ours/train.ts";

export const BENCHMARKS: readonly Benchmark[] = [
  importBenchmark,
  trainBenchmark,
  epochsBenchmark,
  topNBenchmark,
  memoryBenchmark,
  learnerBenchmark,
  liveBenchmark,
  handoverBenchmark,
];

/** Runs the named ones, or all, in order. */
export function runBenchmarks(names: readonly string[], settings: BenchSettings): Promise<BenchmarkResult[]> {
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    const known = BENCHMARKS.map(({ name }) => name).join(", ");
    throw new RangeError(`there is no benchmark "${unknown.join('", "')}"; there are ${known}`);
  }
  return withContext(settings, async (context) => {
    const results: BenchmarkResult[] = [];
    for (const benchmark of BENCHMARKS) {
      if (names.length > 0 && !names.includes(benchmark.name)) continue;
      console.error(`${benchmark.name}: ${benchmark.help} ...`);
      results.push(await benchmark.run(context));
    }
    return results;
  });
}

function command(): Command {
  const list = BENCHMARKS.map(({ name, help }) => `  ${name.padEnd(8)} ${help}`).join("\n");
  return new Command("bench").description("measures this program")
    .argument("[name...]", "which; all if none is named")
    .option("--tiny", "very small input: does it work, and is the hash the same?", false)
    .option("--threads <n>", "worker threads", Number, navigator.hardwareConcurrency)
    .option(
      "--data <folder>",
      "where movielens-1m/ is; planted data of the same shape is used without",
      defaultDataFolder(),
    )
    .option("--json <file>", "write the figures there too")
    .addHelpText("after", `\nBenchmarks:\n${list}`);
}

async function main(): Promise<void> {
  const program = command().parse(Deno.args, { from: "user" });
  const { tiny, threads, data, json } = program.opts();
  const machine = describeMachine(), load = loadBefore(), at = new Date().toISOString();
  console.log(`${machineLine(machine)}; load before ${load}; ${threads} threads; ${at}`);
  const stolen = watchStolen();
  const results = await runBenchmarks(program.args, { tiny, threads, dataFolder: data });
  console.log(figuresTable(results));
  console.log(stolen());
  if (json !== undefined) {
    const document = { at, machine, loadBefore: load, threads, tiny, results };
    await Deno.writeTextFile(json, JSON.stringify(document, null, 2));
  }
}

if (import.meta.main) await main();
