/** Stores in databases of their own on the server that the tests use. */
import { MongoClient } from "mongodb";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { type MongoStore, openMongoStore } from "../../../src/adapters/mongodb/open.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { freshName, MONGODB_URL, skipWithout } from "../../services/test_services.ts";

/** The servers that `deno task test:system` starts are thrown away, and slow to delete a database. */
const IS_THROWN_AWAY = Deno.env.get("FOZ_TEST_MONGODB_IS_OURS") !== undefined;

/** For `{ skip }`. */
export const skip = skipWithout(MONGODB_URL, "FOZ_TEST_MONGODB");

/** The URL of a database that does not exist yet, with the options of the server's. */
export function freshUrl(): string {
  const [server, options] = MONGODB_URL.split("?");
  const database = freshName("foz_test").replaceAll(".", "_");
  return `${server.replace(/^(mongodb[^/]*:\/\/[^/]+).*$/s, "$1")}/${database}${
    options === undefined ? "" : `?${options}`
  }`;
}

export interface FreshStore {
  readonly url: string;
  readonly store: MongoStore;
  /** Another connection to the same database, as another process would have. Closed by `close`. */
  another(): Promise<MongoStore>;
  /** What is in the database, past the adapters. Closed by `close`. */
  client(): MongoClient;
  /** Deletes the database. */
  close(): Promise<void>;
}

export async function openFresh(clock: Clock = systemClock): Promise<FreshStore> {
  const url = freshUrl(), clients: MongoClient[] = [];
  const client = () => clients[clients.push(new MongoClient(url)) - 1];
  const stores = [await openMongoStore(url, clock)];
  return {
    url,
    store: stores[0],
    another: async () => stores[stores.push(await openMongoStore(url, clock)) - 1],
    client,
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all(clients.map((one) => one.close()));
      await dropDatabase(url);
    },
  };
}

/** On the caller's own server nothing is left behind. */
export async function dropDatabase(url: string): Promise<void> {
  if (IS_THROWN_AWAY) return;
  const client = new MongoClient(url);
  await client.db().dropDatabase();
  await client.close();
}

/** As the contract suites want it. */
export async function openPort<Port>(
  portOf: (store: MongoStore) => Port,
  clock?: Clock,
): Promise<{ port: Port; close(): Promise<void> }> {
  const fresh = await openFresh(clock);
  return { port: portOf(fresh.store), close: fresh.close };
}
