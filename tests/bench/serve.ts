/**
 * `deno task bench:serve`: lists from the live model over HTTP on loopback. The server is `foz serve` as a process of its
 * own on one core, the load comes from another process on the other; random known users, top-10, what was seen left out,
 * nothing cached.
 */
import { Command } from "commander";
import type { BenchContext, BenchSettings } from "./context.ts";
import { withContext } from "./context.ts";
import { defaultDataFolder, ratingsOrStandIn } from "./data_sets.ts";
import { type BenchmarkResult, type Figure, figuresTable, hashOf } from "./figures.ts";
import { type FozServer, pinned, runFoz, runTimed, startFoz } from "./foz_process.ts";
import type { LoadResult } from "./http_load.ts";
import { describeMachine, loadBefore, machineLine, watchStolen } from "./machine.ts";
import { writeRatingsCsv } from "./matrix_files.ts";
import { spreadOf } from "./measure.ts";
import { importOnce } from "./ours/import.ts";
import { trainArguments } from "./ours/train.ts";

const CONNECTIONS = 16;
const SERVER_CORE = "0", CLIENT_CORE = "1";

interface Size {
  readonly warmUpCount: number;
  readonly count: number;
  readonly repetitions: number;
  /** Lists that go into the hash. */
  readonly hashedUsers: number;
}

const FULL: Size = { warmUpCount: 20_000, count: 60_000, repetitions: 5, hashedUsers: 300 };
const TINY: Size = { warmUpCount: 50, count: 200, repetitions: 1, hashedUsers: 20 };

async function loadOnce(server: FozServer, count: number, users: number, seed: number): Promise<LoadResult> {
  const client = new URL("./http_load.ts", import.meta.url).pathname;
  const numbers = [server.port, CONNECTIONS, count, users, seed].map(String);
  const { lastLine } = await runTimed(
    ...pinned(CLIENT_CORE, Deno.execPath(), ["run", "--quiet", "-A", client, ...numbers]),
  );
  return JSON.parse(lastLine);
}

/** SHA-256 over the answers for users 1, 2, 3, ... */
async function answersHash(server: FozServer, users: number): Promise<string> {
  const answers: string[] = [];
  for (let user = 1; user <= users; user++) {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/users/${user}/recommendations`);
    answers.push(await response.text());
  }
  return await hashOf(...answers);
}

/** Imports and trains as a person would, then serves. */
export async function runServe(context: BenchContext): Promise<BenchmarkResult> {
  const size = context.tiny ? TINY : FULL;
  const data = await ratingsOrStandIn(context.dataFolder, context.tiny);
  const file = `${context.scratch}/ratings.csv`;
  await writeRatingsCsv(file, data.matrix);
  const { store } = await importOnce(context, file);
  await runFoz(trainArguments({ ...context, feedback: "explicit", store }));
  const server = await startFoz(["serve", "--store", store], SERVER_CORE);
  try {
    const users = data.matrix.rowCount - 1;
    await loadOnce(server, size.warmUpCount, users, 1);
    const results: LoadResult[] = [];
    for (let i = 0; i < size.repetitions; i++) results.push(await loadOnce(server, size.count, users, 2 + i));
    const hash = await answersHash(server, Math.min(users, size.hashedUsers));
    return { name: "serve", figures: figuresOf(results, data.source), hash };
  } finally {
    await server.stop();
  }
}

function figuresOf(results: readonly LoadResult[], data: string): Figure[] {
  const of = (pick: (result: LoadResult) => number) => spreadOf(results.map(pick));
  const work = `GET recommendations, ${CONNECTIONS} connections`;
  return [
    {
      work: `${work}, requests`,
      data,
      unit: "per s",
      value: of(({ answers, seconds }) => answers / seconds),
    },
    { work: `${work}, p50`, data, unit: "ms", value: of(({ p50Ms }) => p50Ms) },
    { work: `${work}, p99`, data, unit: "ms", value: of(({ p99Ms }) => p99Ms) },
    { work: `${work}, slowest`, data, unit: "ms", value: of(({ maxMs }) => maxMs) },
  ];
}

/** With a scratch folder of its own. */
export function benchServe(settings: BenchSettings): Promise<BenchmarkResult> {
  return withContext(settings, runServe);
}

async function main(): Promise<void> {
  const program = new Command("bench:serve").description(
    "requests a second and latency over HTTP on loopback",
  )
    .option("--tiny", "very small input: does it work, and is the hash the same?", false)
    .option(
      "--data <folder>",
      "where movielens-1m/ is; planted data of the same shape without",
      defaultDataFolder(),
    )
    .option("--json <file>", "write the figures there too").parse(Deno.args, { from: "user" });
  const { tiny, data, json } = program.opts();
  const machine = describeMachine(), load = loadBefore(), at = new Date().toISOString();
  console.log(`${machineLine(machine)}; load before ${load}; server on one core, client on another; ${at}`);
  const stolen = watchStolen();
  const result = await benchServe({ tiny, threads: navigator.hardwareConcurrency, dataFolder: data });
  console.log(figuresTable([result]));
  console.log(stolen());
  if (json !== undefined) {
    await Deno.writeTextFile(
      json,
      JSON.stringify({ at, machine, loadBefore: load, tiny, results: [result] }, null, 2),
    );
  }
}

if (import.meta.main) await main();
