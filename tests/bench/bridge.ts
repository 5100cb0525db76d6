/**
 * `deno task bench:bridge`: user ids in at one Kafka topic, lists out at another, by `foz bridge` and `foz up --kafka` as
 * whole processes between a real broker and a store. The broker, this program and the bridge share the machine.
 */
import { Command, Option } from "commander";
import { KAFKA_URL, MONGODB_URL } from "../services/test_services.ts";
import { startServices } from "../services/start_services.ts";
import { Asker } from "./bridge/asker.ts";
import { startWatched, type WatchedProcess } from "./bridge/bridge_process.ts";
import { besideBareLoop } from "./bridge/from_store.ts";
import { visibleAfterMs } from "./bridge/visible.ts";
import { benchSpark } from "./bridge/spark.ts";
import { type BenchContext, type BenchSettings, withContext } from "./context.ts";
import { defaultDataFolder, ratingsOrStandIn } from "./data_sets.ts";
import { type Figure, figuresTable, hashOf } from "./figures.ts";
import { runFoz } from "./foz_process.ts";
import { describeMachine, loadBefore, machineLine, watchStolen } from "./machine.ts";
import { writeRatingsCsv } from "./matrix_files.ts";
import { ratiosOf, spreadOf } from "./measure.ts";
import { importOnce } from "./ours/import.ts";
import { trainArguments } from "./ours/train.ts";

export interface BridgeBenchSettings extends BenchSettings {
  readonly kafka: string;
  /** "" leaves out what needs it. */
  readonly mongodb: string;
  readonly parts: readonly BridgePart[];
}

interface Size {
  readonly warmUp: number;
  readonly burst: number;
  readonly bursts: number;
  readonly roundTrips: number;
  readonly starts: number;
  readonly idleMs: number;
  readonly events: number;
  readonly fromStore: number;
}

const FULL: Size = {
  ...{ warmUp: 30_000, burst: 100_000, bursts: 5, roundTrips: 1500, starts: 5 },
  ...{ idleMs: 20_000, events: 300, fromStore: 6000 },
};
const TINY: Size = {
  ...{ warmUp: 10, burst: 50, bursts: 1, roundTrips: 5, starts: 1, idleMs: 100, events: 3, fromStore: 50 },
};
/** 50 requests a second. */
const EVERY_MS = 20;

/** What all measurements share. */
export interface BridgeBench {
  readonly kafka: string;
  readonly store: string;
  readonly users: number;
  readonly data: string;
  readonly size: Size;
  readonly context: BenchContext;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

const one = (value: number) => spreadOf([value]);

/** Of one core, by all threads of the process. */
async function busyPercent(process: WatchedProcess, ms: number): Promise<number> {
  const before = process.cpuSeconds(), startMs = performance.now();
  await pause(ms);
  return 100_000 * (process.cpuSeconds() - before) / (performance.now() - startMs);
}

async function fromModel({ kafka, store, users, data, size }: BridgeBench): Promise<Figure[]> {
  const asker = await Asker.open(kafka, users);
  const bridge = await startWatched(["bridge", "--store", store], kafka, asker.names);
  try {
    await asker.burst(size.warmUp);
    const rates: number[] = [];
    for (let i = 0; i < size.bursts; i++) rates.push(size.burst / await asker.burst(size.burst));
    await asker.listen();
    await asker.roundTrips(Math.ceil(size.roundTrips / 5), EVERY_MS);
    const trips = await asker.roundTrips(size.roundTrips, EVERY_MS);
    await pause(size.idleMs / 4);
    // In the first span V8 collects, once, what the bursts left.
    const atFirst = await busyPercent(bridge, size.idleMs),
      fromThenOn = await busyPercent(bridge, size.idleMs);
    const work = "requests, from the model";
    return [
      {
        work: `${work}: burst of ${size.burst}`,
        data,
        unit: "per s",
        value: spreadOf(rates),
        note: "goal 20,000",
      },
      {
        work: `${work}: round trip at 50/s, p50`,
        data,
        unit: "ms",
        value: one(quantile(trips, 0.5)),
        note: "goal 7",
      },
      {
        work: `${work}: round trip at 50/s, p99`,
        data,
        unit: "ms",
        value: one(quantile(trips, 0.99)),
        note: "goal 20",
      },
      {
        work: `idle, CPU of a core, ${size.idleMs / 1000} s after bursts`,
        data,
        unit: "%",
        value: one(atFirst),
      },
      { work: "idle, CPU of a core, from then on", data, unit: "%", value: one(fromThenOn), note: "goal 1" },
    ];
  } finally {
    await bridge.stop();
    await asker.close();
  }
}

/** From before the process starts to the answer to a request that was waiting in its topic. */
async function startToAnswer({ kafka, store, users, data, size }: BridgeBench): Promise<Figure> {
  const seconds: number[] = [], asker = await Asker.open(kafka, users);
  await asker.listen();
  for (let i = 0; i < size.starts; i++) {
    const answered = asker.tripsMs.length;
    await asker.ask();
    const startMs = performance.now();
    const bridge = await startWatched(["bridge", "--store", store], kafka, asker.names);
    while (asker.tripsMs.length === answered) await pause(5);
    seconds.push((performance.now() - startMs) / 1000);
    await bridge.stop();
  }
  await asker.close();
  return { work: "start to first answer", data, unit: "s", value: spreadOf(seconds), note: "goal 3" };
}

async function eventToVisible(bench: BridgeBench): Promise<Figure[]> {
  const { data, size } = bench, ms = await visibleAfterMs(bench, size.events), work = "event to visible list";
  return [
    { work: `${work}, p50`, data, unit: "ms", value: one(quantile(ms, 0.5)) },
    { work: `${work}, p99`, data, unit: "ms", value: one(quantile(ms, 0.99)), note: "goal 50" },
  ];
}

async function fromStore(bench: BridgeBench, url: string): Promise<Figure[]> {
  const { kafka, users, data, size, context } = bench;
  const [ours, bare] = await besideBareLoop(kafka, url, "g000001", users, size.fromStore, context.long);
  const share = ratiosOf(ours, bare),
    rate = (samples: readonly number[]) => spreadOf(samples.map((s) => size.fromStore / s));
  const percent = spreadOf([100 * share.median]);
  return [
    { work: "requests, from MongoDB's documents", data, unit: "per s", value: rate(ours) },
    { work: "bare loop of find with $in", data, unit: "per s", value: rate(bare) },
    { work: "of the bare loop's rate", data, unit: "%", value: percent, note: "goal 90" },
  ];
}

/** From the embedded store. */
const HERE = {
  start: async (bench: BridgeBench) => [await startToAnswer(bench)],
  model: fromModel,
  visible: eventToVisible,
};
/** From a store in MongoDB. */
const IN_MONGODB = { store: fromStore, spark: benchSpark };
type BridgePart = keyof typeof HERE | keyof typeof IN_MONGODB;
const ALL_PARTS = [...Object.keys(HERE), ...Object.keys(IN_MONGODB)] as BridgePart[];
/** All but Spark, which takes a Java and minutes. */
export const USUAL_PARTS = ALL_PARTS.filter((part) => part !== "spark");

/** Trains what is answered from, then measures. Each measurement has topics of its own. */
export function benchBridge(settings: BridgeBenchSettings): Promise<Figure[]> {
  return withContext(settings, async (context) => {
    const size = context.tiny ? TINY : FULL, { kafka, mongodb } = settings, parts = new Set(settings.parts);
    const ratings = await ratingsOrStandIn(context.dataFolder, context.tiny);
    const file = `${context.scratch}/ratings.csv`, feedback = "explicit" as const;
    await writeRatingsCsv(file, ratings.matrix);
    const { store } = await importOnce(context, file), figures: Figure[] = [];
    await runFoz(trainArguments({ ...context, feedback, store }));
    // Users are called "1" on; the last has no row where the numbers begin with 0.
    const bench = { kafka, store, users: ratings.matrix.rowCount - 1, data: ratings.name, size, context };
    for (const [name, measure] of Object.entries(HERE)) {
      if (parts.has(name as BridgePart)) figures.push(...await measure(bench));
    }
    if (mongodb === "" || !Object.keys(IN_MONGODB).some((name) => parts.has(name as BridgePart))) {
      return figures;
    }
    const url = `${mongodb.replace(/\/+$/, "")}/bench_${Date.now()}`;
    await runFoz(trainArguments({ ...context, feedback, store: url, from: file }));
    for (const [name, measure] of Object.entries(IN_MONGODB)) {
      if (parts.has(name as BridgePart)) figures.push(...await measure(bench, url));
    }
    return figures;
  });
}

/** Tests let the broker miss a consumer after 1.5 s, with heartbeats three times as often; here it is as users have it. */
function withStandardSession(kafka: string | undefined): string | undefined {
  return kafka?.replace(/([?&])session-ms=\d+&?/, "$1").replace(/[?&]$/, "");
}

async function main(): Promise<void> {
  const program = new Command("bench:bridge").description("the bridge between Kafka topics")
    .option("--tiny", "very small input: does it work?", false)
    .option("--spark", "the same from MongoDB's documents by Spark Structured Streaming", false)
    .addOption(new Option("--only <part...>", "these parts alone").choices(ALL_PARTS))
    .option(
      "--data <folder>",
      "where movielens-1m/ is; planted data of the same shape without",
      defaultDataFolder(),
    )
    .option("--json <file>", "write the figures there too").parse(Deno.args, { from: "user" });
  const { tiny, spark, only, data, json } = program.opts();
  const parts: BridgePart[] = only ?? (spark ? ALL_PARTS : USUAL_PARTS);
  const machine = describeMachine(), load = loadBefore(), at = new Date().toISOString();
  console.log(`${machineLine(machine)}; load before ${load}; broker, asker and bridge share it; ${at}`);
  const services = await startServices();
  const kafka = withStandardSession(KAFKA_URL || services.environment.FOZ_TEST_KAFKA);
  const mongodb = MONGODB_URL || services.environment.FOZ_TEST_MONGODB || "";
  try {
    if (kafka === undefined) throw new Error(services.missing.join("; "));
    const settings = {
      tiny,
      parts,
      kafka,
      mongodb,
      threads: navigator.hardwareConcurrency,
      dataFolder: data,
    };
    const stolen = watchStolen();
    const figures = await benchBridge(settings), hash = await hashOf(figures.map(({ work }) => work).join());
    console.log(figuresTable([{ name: "bridge", figures, hash }]));
    console.log(stolen());
    if (json !== undefined) {
      const document = { at, machine, loadBefore: load, tiny, results: figures };
      await Deno.writeTextFile(json, JSON.stringify(document, null, 2));
    }
  } finally {
    await services.stop();
  }
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
