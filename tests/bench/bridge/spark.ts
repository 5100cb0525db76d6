/**
 * The same job as a Spark Structured Streaming query (Kafka in, a look-up by the Mongo Spark Connector, Kafka out), and by
 * `foz bridge` from the same documents: one after the other, since both keep processors busy while they wait.
 */
import { parseAddress } from "../../../src/adapters/kafka/address.ts";
import { type BridgeBench, quantile } from "../bridge.ts";
import type { Figure } from "../figures.ts";
import { spreadOf } from "../measure.ts";
import { prepareStreaming, SPARK_VERSION } from "../peers/streaming_environment.ts";
import { Asker } from "./asker.ts";
import { startWatched } from "./bridge_process.ts";
import { inTime, LimitedProcess } from "./limited_process.ts";

const SCRIPT = new URL("../peers/bridge_spark.py", import.meta.url).pathname;
/** It answers in batches of a second: more requests a second would tell nothing more. */
const EVERY_MS = 200;
const FULL = { warmUp: 500, warmUpTrips: 20, trips: 100, bursts: 3, burst: 2000 };
const TINY = { warmUp: 5, warmUpTrips: 1, trips: 3, bursts: 1, burst: 20 };
/** Far more than was ever seen: 20 s until the first answer, 3 s for one, 8 s for 2,000. */
const LIMIT_MS = 120_000;

/** What `step` gives. Throws when whoever answers ends before, or the step takes longer. */
type Within = <Result>(what: string, limitMs: number, step: Promise<Result>) => Promise<Result>;

interface Answering {
  readonly within: Within;
  stop(): Promise<void>;
}

interface Times {
  readonly firstMs: number;
  readonly tripsMs: readonly number[];
  readonly perSecond: readonly number[];
}

async function spark({ kafka, context }: BridgeBench, store: string, { names }: Asker): Promise<Answering> {
  const { python, jars } = await prepareStreaming(), folder = `${context.scratch}/spark`;
  await Deno.mkdir(folder, { recursive: true });
  const brokers = parseAddress(kafka).brokers.join(",");
  // SecantusDB answers the driver's other mode with numbers that it does not expect, after which Spark gives up.
  const url = `${store}${store.includes("?") ? "&" : "?"}serverMonitoringMode=poll`;
  const args = [
    ...[SCRIPT, jars, brokers, names.requests, names.recommendations, url, folder],
    `${context.threads}`,
  ];
  const child = new LimitedProcess("Spark", python, args);
  return { within: child.within.bind(child), stop: () => child.stop() };
}

async function ours({ kafka }: BridgeBench, store: string, { names }: Asker): Promise<Answering> {
  const { stop } = await startWatched(["bridge", "--answers", "store", "--store", store], kafka, names);
  return { within: inTime, stop };
}

/** Of one side, with topics of its own. A request waits for it before it starts. */
async function timesOf(bench: BridgeBench, store: string, start: typeof spark): Promise<Times> {
  const { kafka, users, context } = bench, size = context.tiny ? TINY : FULL;
  const asker = await Asker.open(kafka, users);
  let side: Answering | undefined;
  try {
    await asker.listen();
    await asker.ask();
    const startMs = performance.now();
    side = await start(bench, store, asker);
    await side.within("the first answer", LIMIT_MS, asker.answered(1));
    const firstMs = performance.now() - startMs;
    const trips = (count: number) =>
      side!.within("round trips", count * EVERY_MS + LIMIT_MS, asker.roundTrips(count, EVERY_MS));
    const burst = (count: number) => side!.within("a burst", LIMIT_MS, asker.burst(count));
    await trips(size.warmUpTrips);
    const tripsMs = await trips(size.trips), perSecond: number[] = [];
    await burst(size.warmUp);
    for (let i = 0; i < size.bursts; i++) perSecond.push(size.burst / await burst(size.burst));
    return { firstMs, tripsMs, perSecond };
  } finally {
    await side?.stop();
    await asker.close();
  }
}

/** Theirs, then ours. */
export async function benchSpark(bench: BridgeBench, store: string): Promise<Figure[]> {
  // What is fetched the first time belongs to no figure.
  await prepareStreaming();
  const theirs = await timesOf(bench, store, spark), mine = await timesOf(bench, store, ours);
  const { data, context } = bench, { burst, trips } = context.tiny ? TINY : FULL;
  return [["Spark", theirs], ["foz", mine]].flatMap(([name, times]) => {
    const { firstMs, tripsMs, perSecond } = times as Times, work = `${name}, from MongoDB's documents`;
    const trip = `${work}: round trip at 5/s`, note = name === "Spark" ? `Spark ${SPARK_VERSION}` : "";
    return [
      { work: `${work}: start to first answer`, data, unit: "s", value: spreadOf([firstMs / 1000]), note },
      { work: `${trip}, p50`, data, unit: "ms", value: spreadOf([quantile(tripsMs, 0.5)]), note },
      {
        work: `${trip}, p99 of ${trips}`,
        data,
        unit: "ms",
        value: spreadOf([quantile(tripsMs, 0.99)]),
        note,
      },
      { work: `${work}: burst of ${burst}`, data, unit: "per s", value: spreadOf(perSecond), note },
    ] satisfies Figure[];
  });
}
