/**
 * What comes between a learner and its next state: a start with a tail to replay, a generation that takes over while
 * events arrive, and the way back to the one before.
 */
import type { RatingMatrix } from "../../../src/domain/rating_matrix.ts";
import { Random } from "../../../src/synthesize/random.ts";
import type { BenchContext, Benchmark } from "../context.ts";
import { ratingsOrStandIn } from "../data_sets.ts";
import { type Figure, hashOf, shortNumber } from "../figures.ts";
import { type FozServer, runFoz, startFoz } from "../foz_process.ts";
import { HttpConnection, jsonOf } from "../http_connection.ts";
import type { BatchesResult } from "../live_load.ts";
import { writeRatingsCsv } from "../matrix_files.ts";
import { spreadOf } from "../measure.ts";
import { importOnce } from "./import.ts";
import { caughtUp, load } from "./live.ts";
import { trainArguments } from "./train.ts";

interface Size {
  /** Events of the tails, and how often a start with each is timed. */
  readonly tails: readonly (readonly [events: number, repetitions: number])[];
  readonly rate: number;
  readonly seconds: number;
  readonly rollbacks: number;
}

const FULL: Size = { tails: [[100_000, 1], [5_000, 3]], rate: 1000, seconds: 30, rollbacks: 6 };
const TINY: Size = { tails: [[400, 1], [50, 1]], rate: 100, seconds: 6, rollbacks: 2 };
/** Between two looks at which generation answers, and at the job. */
const LOOK_MS = 2, JOB_LOOK_MS = 100;

interface Prepared extends BenchContext {
  readonly store: string;
  readonly source: string;
  readonly users: number;
  readonly items: number;
  readonly size: Size;
}

export const handoverBenchmark: Benchmark = {
  name: "handover",
  help: "a start with a checkpoint and a tail; a generation that takes over under load; rollback",
  async run(context) {
    const size = context.tiny ? TINY : FULL, { tiny } = context;
    const data = await ratingsOrStandIn(context.dataFolder, tiny), file = `${context.scratch}/handover.csv`;
    await writeRatingsCsv(file, data.matrix);
    const { store } = await importOnce(context, file);
    await runFoz(trainArguments({ ...context, feedback: "explicit", store }));
    await runFoz(["learn", "--once", "--store", store, "--log-level", "error"]);
    const { rowCount: users, columnCount: items } = data.matrix;
    const prepared = { ...context, store, source: data.source, users, items, size };
    const figures: Figure[] = [];
    for (const [events, repetitions] of size.tails) {
      figures.push(await timeStarts(prepared, events, repetitions));
    }
    const server = await startFoz(["up", "--store", store, "--train-every", "0"]);
    try {
      await caughtUp(server);
      figures.push(...await timeHandover(prepared, server), ...await timeRollbacks(prepared, server));
    } finally {
      await server.stop();
    }
    // What is timed is when things happen: only that they did is the same every time.
    return { name: "handover", figures, hash: await hashOf(JSON.stringify(figures.map(({ work }) => work))) };
  },
};

/** From the start of `foz up` until its answers know the whole log. */
async function timeStarts(prepared: Prepared, events: number, repetitions: number): Promise<Figure> {
  const { scratch, store, source } = prepared, seconds: number[] = [];
  for (let run = 0; run < repetitions; run++) {
    const file = `${scratch}/tail-${events}-${run}.csv`;
    await writeRatingsCsv(file, tailOf(prepared, events, run));
    await runFoz(["import", file, "--store", store]);
    const startMs = performance.now(),
      server = await startFoz(["up", "--store", store, "--train-every", "0"]);
    await caughtUp(server);
    seconds.push((performance.now() - startMs) / 1000);
    // Its last checkpoint is the next start's first.
    await server.stop();
  }
  const work = `start with a checkpoint and a tail of ${shortNumber(events)} events`;
  return { work, data: source, unit: "s", value: spreadOf(seconds) };
}

/** Ratings by users and of items that are known, each pair once. */
function tailOf({ users, items }: Prepared, events: number, run: number): RatingMatrix {
  const random = Random.seeded(1000 * events + run),
    rows = Array.from({ length: users }, () => new Map<number, number>());
  for (let count = 0; count < events;) {
    const row = rows[random.below(users)], item = random.below(items);
    if (row.has(item)) continue;
    row.set(item, 1 + random.below(5));
    count++;
  }
  const entries = rows.map((row) => [...row].sort(([a], [b]) => a - b));
  const indptr = new Uint32Array(users + 1);
  entries.forEach((row, user) => indptr[user + 1] = indptr[user] + row.length);
  const all = entries.flat();
  return {
    ...{ rowCount: users, columnCount: items, indptr },
    indices: Uint32Array.from(all, ([item]) => item),
    values: Float32Array.from(all, ([, value]) => value),
  };
}

/** What a client sees that reads all the time. */
interface Watched {
  readonly answers: number;
  readonly failures: number;
  /** Answers that knew less than one before, and generations that came back. */
  readonly backwards: number;
  readonly longestMs: number;
  /** When each generation answered first. */
  readonly firstMs: ReadonlyMap<string, number>;
}

/** Reads until `ended`. */
async function watch({ port }: FozServer, users: number, ended: Promise<unknown>): Promise<Watched> {
  const socket = await HttpConnection.open(port), firstMs = new Map<string, number>();
  let isEnded = false, answers = 0, failures = 0, backwards = 0, longestMs = 0, offset = 0, generation = "";
  void ended.then(() => isEnded = true, () => isEnded = true);
  while (!isEnded) {
    const startMs = performance.now();
    const answer = await socket.get(`/v1/users/${1 + answers % users}/recommendations`);
    longestMs = Math.max(longestMs, performance.now() - startMs);
    answers++;
    if (answer.status !== 200) failures++;
    else {
      const now = jsonOf<{ generation: string; appliedOffset: number }>(answer);
      if (now.generation !== generation && firstMs.has(now.generation) || now.appliedOffset < offset) {
        backwards++;
      }
      generation = now.generation, offset = now.appliedOffset;
      if (!firstMs.has(generation)) firstMs.set(generation, performance.now());
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  socket.close();
  return { answers, failures, backwards, longestMs, firstMs };
}

/** A training, and the generation that it makes answers, while events arrive. */
async function timeHandover(
  { size, source, users, items, tiny }: Prepared,
  server: FozServer,
): Promise<Figure[]> {
  const socket = await HttpConnection.open(server.port);
  const training = (async () => {
    const request = tiny ? { factors: 8, epochs: 2, holdout: 0 } : { factors: 64, epochs: 10, holdout: 0 };
    const { jobId } = jsonOf<{ jobId: string }>(await socket.post("/v1/jobs/train", JSON.stringify(request)));
    for (;;) {
      const { state, result } = jsonOf<{ state: string; result?: { generation: string } }>(
        await socket.get(`/v1/jobs/${jobId}`),
      );
      if (state === "done") return { generation: result!.generation, doneMs: performance.now() };
      if (state !== "running") throw new Error(`the training ended as ${state}`);
      await new Promise((resolve) => setTimeout(resolve, JOB_LOOK_MS));
    }
  })();
  const loading = load<BatchesResult>(server, "batches", size.rate, size.seconds, users, items);
  const ended = Promise.all([training, loading]);
  const watched = await watch(server, users, ended),
    [{ generation, doneMs }, { eventsPerSecond }] = await ended;
  await caughtUp(server);
  socket.close();
  const takenMs = (watched.firstMs.get(generation) ?? Infinity) - doneMs;
  if (takenMs === Infinity) {
    throw new Error(`${generation} did not answer while the load lasted (${size.seconds} s)`);
  }
  const work = `hand-over at ${size.rate} events/s`, one = (value: number) => spreadOf([value]);
  const { answers, failures, backwards } = watched;
  return [
    {
      ...{
        work: `${work}: from the training's end until the new generation answers`,
        data: source,
        unit: "ms",
      },
      // The job is looked at now and then only: its end may be seen after the hand-over.
      value: one(Math.max(1, takenMs)),
      note: `${shortNumber(eventsPerSecond)} events/s came`,
    },
    {
      ...{
        work: `${work}: the longest answer meanwhile`,
        data: source,
        unit: "ms",
        value: one(watched.longestMs),
      },
      note: `${answers} answers, ${failures} failed, ${backwards} knew less than one before`,
    },
  ];
}

/** To the other generation and back: from the request until it is served. */
async function timeRollbacks({ size, source }: Prepared, server: FozServer): Promise<Figure[]> {
  const socket = await HttpConnection.open(server.port), ms: number[] = [];
  const { active, generations } = jsonOf<{ active: string; generations: { generation: string }[] }>(
    await socket.get("/v1/generations"),
  );
  const other = generations.map(({ generation }) => generation).find((one) => one !== active)!;
  for (let turn = 0; turn < size.rollbacks; turn++) {
    const to = turn % 2 === 0 ? other : active, startMs = performance.now();
    jsonOf(await socket.post(`/v1/generations/${to}/activate`, "{}"));
    const { generation } = jsonOf<{ generation: string }>(await socket.get("/v1/users/1/recommendations"));
    if (generation !== to) throw new Error(`${generation} answers after ${to} was activated`);
    ms.push(performance.now() - startMs);
    await caughtUp(server);
  }
  socket.close();
  const [first, ...rest] = ms;
  return [
    {
      work: "rollback, with the tail since the hand-over",
      data: source,
      unit: "ms",
      value: spreadOf([first]),
    },
    { work: "rollback, and forward again, without a tail", data: source, unit: "ms", value: spreadOf(rest) },
  ];
}
