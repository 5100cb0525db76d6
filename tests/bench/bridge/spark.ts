/** The same job as a Spark Structured Streaming query: Kafka in, a look-up by the Mongo Spark Connector, Kafka out. */
import { parseAddress } from "../../../src/adapters/kafka/address.ts";
import { type BridgeBench, quantile } from "../bridge.ts";
import type { Figure } from "../figures.ts";
import { spreadOf } from "../measure.ts";
import { prepareStreaming } from "../peers/streaming_environment.ts";
import { Asker } from "./asker.ts";

const SCRIPT = new URL("../peers/bridge_spark.py", import.meta.url).pathname;
/** It answers in batches of seconds: more requests a second would tell nothing more. */
const EVERY_MS = 200;
const TRIPS = { tiny: 3, full: 100 };

export async function benchSpark(bench: BridgeBench, store: string): Promise<Figure[]> {
  const { python, jars } = await prepareStreaming();
  const { kafka, users, data, context, size } = bench, asker = await Asker.open(kafka, users);
  await asker.listen();
  await asker.ask();
  const startMs = performance.now();
  const folder = `${context.scratch}/spark`;
  await Deno.mkdir(folder, { recursive: true });
  const { requests, recommendations } = asker.names, brokers = parseAddress(kafka).brokers.join(",");
  const child = new Deno.Command(python, {
    args: [
      SCRIPT,
      jars,
      brokers,
      requests,
      recommendations,
      store,
      folder,
      `${context.threads}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  let hasEnded = false;
  void child.status.then(() => hasEnded = true);
  try {
    while (asker.tripsMs.length === 0) {
      if (hasEnded) throw new Error(`Spark ended before it answered: ${(await errors).slice(-3000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const first = (performance.now() - startMs) / 1000;
    const count = context.tiny ? TRIPS.tiny : TRIPS.full;
    if (!context.tiny) await asker.roundTrips(count / 5, EVERY_MS);
    const trips = await asker.roundTrips(count, EVERY_MS), seconds = await asker.burst(size.fromStore);
    const work = "Spark Structured Streaming, from MongoDB's documents",
      one = (value: number) => spreadOf([value]);
    return [
      { work: `${work}: start to first answer`, data, unit: "s", value: one(first) },
      { work: `${work}: round trip at 5/s, p50`, data, unit: "ms", value: one(quantile(trips, 0.5)) },
      { work: `${work}: round trip at 5/s, p99`, data, unit: "ms", value: one(quantile(trips, 0.99)) },
      {
        work: `${work}: burst of ${size.fromStore}`,
        data,
        unit: "per s",
        value: one(size.fromStore / seconds),
      },
    ];
  } finally {
    if (!hasEnded) child.kill("SIGTERM");
    await Promise.all([child.status, errors]);
    await asker.close();
  }
}
