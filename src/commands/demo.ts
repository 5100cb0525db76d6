/** `foz demo`: the whole line on a planted world, from nothing. */
import { Command } from "commander";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { logSource } from "../batch/training_source.ts";
import { parseConfig } from "../config.ts";
import { describeRecovery } from "../evaluate/recovery.ts";
import { type DemoWorld, plantDemoWorld, recoveryInDemo, streamEvents } from "./demo/demo_world.ts";
import { nextSteps, walk } from "./demo/demo_walk.ts";
import { importItems } from "./import.ts";
import { importPath } from "./import/import_path.ts";
import { startLogging } from "./logging.ts";
import { loadKernel } from "./kernel_builds.ts";
import { openStore, type Store } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { startLearner } from "./start_learner.ts";
import { type RunningServer, startServer, trainingJobs } from "./start_server.ts";
import { stopSignal } from "./stop_signal.ts";
import { train, TRAIN_SETTINGS } from "./train.ts";
import { resultTables, terminalReport } from "./train_output.ts";

const NAMES = ["port", "seed", "logLevel"] as const;

/** Made anew at each start; git ignores it. */
const FOLDER = "data/demo";
const STORE = `sqlite:${FOLDER}/foz.db`;

const EXAMPLES = `
Examples:
  foz demo           import, train, serve; then prints what to try, while new events stream in
  foz demo --exit    walks the line once, prints what it did with times, and ends

It writes to ${FOLDER}/ in the current folder and listens on loopback only.`;

/** The command. */
export function demoCommand(): Command {
  const command = new Command("demo").description("the whole line on a planted world, from nothing")
    .option("--exit", "walk the line once and end").addHelpText("after", EXAMPLES);
  addSettings(command, NAMES);
  return command.action(async ({ exit = false }: { exit?: boolean }) => {
    const settings = readSettings(command, NAMES);
    const stopped = stopSignal();
    await startLogging(exit ? "warning" : settings.logLevel);
    await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
    await Deno.mkdir(FOLDER, { recursive: true });
    const startMs = systemClock.monotonicMs();
    const world = await timed("a planted world", () => plantDemoWorld(FOLDER, settings.seed));
    const store = await openStore(STORE, { logThread: "worker" });
    const jobs = trainingJobs(STORE);
    try {
      await importWorld(store, world);
      await trainOn(store, world, settings.seed);
      const port = exit ? 0 : settings.port, logLevel = exit ? "warning" : settings.logLevel;
      const { module: kernelModule } = await loadKernel("portable");
      const learner = startLearner({ storeUrl: STORE, store, kernelModule, logLevel });
      try {
        const address = { host: "127.0.0.1", port, keys: "", rateLimit: 0 };
        const server = await startServer({ store, jobs, learner, ...address });
        console.log(await timed("answers over HTTP", () => walk(server.url, world)));
        console.log(`\nThe whole line took ${((systemClock.monotonicMs() - startMs) / 1000).toFixed(1)} s.`);
        if (!exit) await stayUp(server, world, stopped);
        await server.stop();
      } finally {
        await learner.stop();
      }
    } finally {
      await jobs.close();
      await store.close();
    }
  });
}

/** Says what is done, and how long it took. */
async function timed<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  console.log(`\n== ${what}`);
  const startMs = systemClock.monotonicMs();
  const result = await work();
  console.log(`   (${Math.round(systemClock.monotonicMs() - startMs)} ms)`);
  return result;
}

function importWorld(store: Store, world: DemoWorld): Promise<void> {
  return timed("import into the durable log", async () => {
    const report = await importPath(store.eventLog, world.ratingsFile);
    console.log(`   ${report.accepted} ratings from ${world.ratingsFile} (${report.description})`);
    console.log(`   ${(await importItems(store.catalog, world.itemsFile)).sentence}`);
  });
}

function trainOn(store: Store, world: DemoWorld, seed: number): Promise<void> {
  return timed("train: fit, measure on a holdout, publish, activate", async () => {
    const settings = parseConfig(TRAIN_SETTINGS, { store: STORE, seed, factors: 32 });
    const report = terminalReport();
    const result = await train(store, logSource(store.eventLog), settings, { activate: true }, report);
    console.log(resultTables(result));
    console.log("What was planted and found again:");
    for (const line of describeRecovery(recoveryInDemo(world, result.content))) console.log(`   ${line}`);
  });
}

/** Serves while the rest of the planted stream comes in, until a signal. */
async function stayUp(server: RunningServer, world: DemoWorld, stopped: Promise<unknown>): Promise<void> {
  console.log(nextSteps(server.url, STORE, world));
  const stopping = new AbortController();
  const streaming = streamEvents(server.url, world, stopping.signal);
  await stopped;
  stopping.abort();
  await streaming;
}
