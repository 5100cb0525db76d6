/** Live learning over HTTP on loopback: `foz up` on a state of MovieLens 1M's size, events with fsync, reads beside them. */
import type { Benchmark } from "../context.ts";
import { ratingsOrStandIn } from "../data_sets.ts";
import { type Figure, hashOf, shortNumber } from "../figures.ts";
import { type FozServer, runFoz, runTimed, startFoz } from "../foz_process.ts";
import { HttpConnection, jsonOf } from "../http_connection.ts";
import type { BatchesResult, VisibleResult } from "../live_load.ts";
import { writeRatingsCsv } from "../matrix_files.ts";
import { spreadOf } from "../measure.ts";
import { importOnce } from "./import.ts";
import { trainArguments } from "./train.ts";

interface Size {
  readonly seconds: number;
  readonly repetitions: number;
  readonly visibleRate: number;
  readonly batchRate: number;
}

const FULL: Size = { seconds: 8, repetitions: 5, visibleRate: 500, batchRate: 3000 };
const TINY: Size = { seconds: 0.5, repetitions: 1, visibleRate: 20, batchRate: 200 };
const READY_MS = 60_000;

export const liveBenchmark: Benchmark = {
  name: "live",
  help: "events over HTTP: how soon they show, and how many while others read",
  async run(context) {
    const size = context.tiny ? TINY : FULL;
    const data = await ratingsOrStandIn(context.dataFolder, context.tiny);
    const file = `${context.scratch}/ratings.csv`;
    await writeRatingsCsv(file, data.matrix);
    const { store } = await importOnce(context, file);
    await runFoz(trainArguments({ ...context, feedback: "explicit", store }));
    const server = await startFoz(["up", "--store", store, "--train-every", "0"]);
    try {
      await caughtUp(server);
      const users = data.matrix.rowCount, items = data.matrix.columnCount;
      const visible: VisibleResult[] = [], batches: BatchesResult[] = [];
      // The first round warms up.
      for (let i = 0; i <= size.repetitions; i++) {
        visible.push(await load(server, "visible", size.visibleRate, size.seconds, users, items));
        batches.push(await load(server, "batches", size.batchRate, size.seconds, users, items));
      }
      const figures = [
        ...visibleFigures(data.source, size, visible.slice(1)),
        ...batchFigures(data.source, size, batches.slice(1)),
      ];
      return {
        name: "live",
        figures,
        hash: await hashOf(String(visible.some(({ violations }) => violations > 0))),
      };
    } finally {
      await server.stop();
    }
  },
};

export async function caughtUp({ port }: FozServer): Promise<void> {
  const deadlineMs = performance.now() + READY_MS, socket = await HttpConnection.open(port);
  for (;;) {
    const answer = await socket.get("/readyz");
    if (answer.status === 200 && jsonOf<{ lagEvents: number }>(answer).lagEvents === 0) return socket.close();
    if (performance.now() > deadlineMs) throw new Error(`not ready after ${READY_MS} ms: ${answer.head}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function load<Result>(
  server: FozServer,
  mode: "visible" | "batches",
  ...numbers: readonly number[]
): Promise<Result> {
  const client = new URL("../live_load.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "-A", client, String(server.port), mode, ...numbers.map(String)];
  return JSON.parse((await runTimed(Deno.execPath(), args)).lastLine);
}

function visibleFigures(data: string, { visibleRate }: Size, results: readonly VisibleResult[]): Figure[] {
  const of = (pick: (result: VisibleResult) => number) => spreadOf(results.map(pick));
  const work = `${visibleRate} events/s, one a request`,
    violations = results.reduce((sum, r) => sum + r.violations, 0);
  return [
    { work: `${work}: acknowledged, p50`, data, unit: "ms", value: of((r) => r.ackP50Ms) },
    { work: `${work}: acknowledged, p99`, data, unit: "ms", value: of((r) => r.ackP99Ms) },
    { work: `${work}: from there to visible, p50`, data, unit: "ms", value: of((r) => r.visibleP50Ms) },
    {
      work: `${work}: from there to visible, p99`,
      data,
      unit: "ms",
      value: of((r) => r.visibleP99Ms),
      note: `reads that did not know their event: ${violations}`,
    },
  ];
}

function batchFigures(data: string, { batchRate }: Size, results: readonly BatchesResult[]): Figure[] {
  const of = (pick: (result: BatchesResult) => number) => spreadOf(results.map(pick));
  const work = `${batchRate} events/s by 100, 200 reads/s`;
  const lag = Math.max(...results.map(({ lagEvents }) => lagEvents));
  return [
    {
      work: `${work}: events`,
      data,
      unit: "per s",
      value: of((r) => r.eventsPerSecond),
      note: `at most ${shortNumber(lag)} behind at the end`,
    },
    { work: `${work}: a read, p50`, data, unit: "ms", value: of((r) => r.readP50Ms) },
    { work: `${work}: a read, p99`, data, unit: "ms", value: of((r) => r.readP99Ms) },
    { work: `${work}: all visible after the end`, data, unit: "ms", value: of((r) => r.drainedMs) },
  ];
}
