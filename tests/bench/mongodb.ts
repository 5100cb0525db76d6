/**
 * `deno task bench:mongodb`: what the store in MongoDB adds to the server that it talks to. Each figure stands beside a bare
 * loop of the driver's own calls with the same documents on the same server, in turns.
 */
import { createHash } from "node:crypto";
import { Command } from "commander";
import { MongoClient } from "mongodb";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { type MongoStore, openMongoStore } from "../../src/adapters/mongodb/open.ts";
import type { ListBlock, ListHeader } from "../../src/ports/recommendation_store.ts";
import { dropDatabase, freshUrl } from "../adapters/mongodb/fresh_store.ts";
import { type BenchmarkResult, type Figure, figuresTable } from "./figures.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { alternate, ratiosOf, repeat, type Repetitions, secondsOf, spreadOf } from "./measure.ts";

interface Size {
  readonly users: number;
  readonly items: number;
  readonly n: number;
  readonly events: number;
}

const FULL: Size = { users: 6040, items: 3706, n: 50, events: 8192 };
const TINY: Size = { users: 20, items: 10, n: 3, events: 50 };

function lists({ users, items, n }: Size): [ListHeader, ListBlock] {
  const itemIndexes = Uint32Array.from({ length: users * n }, (_, i) => (i * 7919) % items);
  const scores = Float32Array.from({ length: users * n }, (_, i) => 5 - (i % n) / n);
  const names = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`);
  const ids = { userIds: names(users), itemIds: names(items) };
  const header = { generation: "", ...ids, appliedOffset: 1, timeMs: 0, popular: [] };
  return [header, { firstUserIndex: 0, userCount: users, n, itemIndexes, scores }];
}

/** Writes all lists as a new generation; gives its id. */
function writer(store: MongoStore, size: Size): () => Promise<number> {
  const [header, block] = lists(size);
  let number = 0;
  return () =>
    secondsOf(() => store.recommendations.write({ ...header, generation: `g${++number}` }, [block]));
}

/** The same documents by one call of the driver, with the store's second index or without. */
function bareWriter(client: MongoClient, size: Size, hasIndex: boolean): () => Promise<number> {
  const [{ userIds, itemIds }, { itemIndexes, scores }] = lists(size), { n } = size;
  const collection = client.db().collection<{ _id: unknown }>(hasIndex ? "bare" : "without", {
    writeConcern: { w: "majority", journal: true },
  });
  let number = 0;
  return async () => {
    const generation = `g${++number}`;
    const documents = userIds.map((userId, user) => ({
      _id: { generation, userId },
      userId,
      generation,
      items: Array.from(itemIndexes.subarray(user * n, (user + 1) * n), (item, place) => ({
        itemId: itemIds[item],
        score: scores[user * n + place],
      })),
      appliedOffset: 1,
      at: new Date(0),
    }));
    if (hasIndex) await collection.createIndex({ userId: 1, generation: 1 });
    return await secondsOf(() => collection.insertMany(documents, { ordered: false }));
  };
}

function appender(store: MongoStore, { events }: Size): () => Promise<number> {
  let number = 0;
  return () => {
    const base = number++;
    const batch = Array.from({ length: events }, (_, i) => ({
      eventId: `${base} ${i}`,
      userId: `u${i % 997}`,
      itemId: `i${i % 89}`,
      value: 1,
      timeMs: 1,
    }));
    return secondsOf(() => store.eventLog.append(batch));
  };
}

export async function benchMongoDb(isTiny: boolean, repetitions: Repetitions): Promise<BenchmarkResult> {
  const size = isTiny ? TINY : FULL, url = freshUrl();
  const store = await openMongoStore(url, systemClock), client = new MongoClient(url);
  try {
    const data = `${size.users} users x ${size.n}`;
    const sides = [writer(store, size), bareWriter(client, size, true), bareWriter(client, size, false)];
    const [ours, bare, without] = await alternate(sides, repetitions);
    const appended = await repeat(appender(store, size), repetitions);
    const perSecond = spreadOf(appended.map((seconds) => size.events / seconds));
    const note = `a bare insertMany took ${ratiosOf(ours, bare).median.toFixed(2)} times as long`;
    const figures: Figure[] = [
      { work: "lists of a generation", data, unit: "s", value: spreadOf(ours), note },
      { work: "the same, bare insertMany", data, unit: "s", value: spreadOf(bare) },
      { work: "bare, without the second index", data, unit: "s", value: spreadOf(without) },
      { work: "events appended at once", data: `${size.events} events`, unit: "per s", value: perSecond },
    ];
    const read = await store.recommendations.getMany("g1", ["1", "2", "3"]);
    const hash = createHash("sha256").update(JSON.stringify([...read])).digest("hex");
    return { name: "mongodb", figures, hash };
  } finally {
    await client.close();
    await store.close();
    await dropDatabase(url);
  }
}

if (import.meta.main) {
  const command = new Command("bench:mongodb")
    .description("the store in MongoDB beside bare calls of the driver; FOZ_TEST_MONGODB names the server")
    .option("--tiny", "very small input: to see that it works");
  const { tiny = false } = command.parse(Deno.args, { from: "user" }).opts<{ tiny?: boolean }>();
  if (!Deno.env.get("FOZ_TEST_MONGODB")) {
    command.error("FOZ_TEST_MONGODB names no server; `deno task services` starts one");
  }
  console.log(machineLine(await describeMachine()));
  const repetitions = tiny ? { warmUps: 0, repetitions: 1 } : { warmUps: 1, repetitions: 5 };
  console.log(figuresTable([await benchMongoDb(tiny, repetitions)]));
}
