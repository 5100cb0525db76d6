/** One client of a MongoDB server: opening, collections, and trying again. */
import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions } from "mongodb";
import { BadInput, OutsideFailure } from "../../domain/failure.ts";
import { failureOf, isPassing } from "./mongo_failure.ts";

/** What is asked of the server needs this version or a later one. */
export const OLDEST_VERSION = "4.4";

export interface ConnectionOptions {
  /** How long a call that failed for an outside reason is tried again before it throws; 8,000 if absent. */
  readonly retryMs?: number;
  /** How long to look for a server that answers, a try. */
  readonly selectionMs?: number;
  /** Most connections at once. */
  readonly poolCount?: number;
}

const RETRY_MS = 8_000;
const SELECTION_MS = 3_000;
const POOL_COUNT = 16;
/** Between the first two tries; it doubles. */
const FIRST_PAUSE_MS = 20;
const MOST_PAUSE_MS = 500;

const DURABLE = { w: "majority", journal: true, wtimeoutMS: 10_000 } as const;

export class Connection {
  readonly #client: MongoClient;
  readonly #database: Db;
  readonly #retryMs: number;
  #isClosed = false;
  /** A standalone server has no majority to ask. */
  readonly #readConcern: "majority" | "local";

  private constructor(
    /** Host and database, for messages; never the password. */
    readonly place: string,
    client: MongoClient,
    retryMs: number,
    isReplicated: boolean,
  ) {
    this.#client = client;
    this.#database = client.db();
    this.#retryMs = retryMs;
    this.#readConcern = isReplicated ? "majority" : "local";
  }

  /**
   * `mongodb://[USER:PASSWORD@]HOST[:PORT][,...]/DATABASE[?options]` or `mongodb+srv://`; TLS and the kind of
   * authentication are options of the URL (`tls=true`, `authSource=admin`). Throws BadInput for another URL and
   * OutsideFailure when no server answers, refuses the user, or is too old.
   */
  static async open(url: string, options: ConnectionOptions = {}): Promise<Connection> {
    const place = placeOf(url), client = clientOf(url, place, options);
    try {
      await client.connect();
      const database = client.db();
      checkVersion(place, (await database.command({ buildInfo: 1 })).version);
      const { setName, msg } = await database.command({ hello: 1 });
      const isReplicated = setName !== undefined || msg === "isdbgrid";
      return new Connection(place, client, options.retryMs ?? RETRY_MS, isReplicated);
    } catch (error) {
      await client.close();
      throw failureOf("open the store", place, error);
    }
  }

  /**
   * Writes are acknowledged by a majority, and by each of these from its journal; reads see what a majority has. So what
   * was read or acknowledged once outlives any one server.
   */
  collection<Schema extends Document>(name: string): Collection<Schema> {
    return this.#database.collection<Schema>(name, {
      writeConcern: DURABLE,
      readConcern: { level: this.#readConcern },
    });
  }

  /**
   * Runs `body`, again and again with growing pauses while it fails for a reason that may pass (a lost connection, a
   * server that restarts, an election). A body that writes must be harmless when it is repeated after a write whose answer
   * was lost.
   */
  async run<Result>(what: string, body: () => Promise<Result>): Promise<Result> {
    const deadlineMs = performance.now() + this.#retryMs;
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS)) {
      try {
        return await body();
      } catch (error) {
        if (this.#isClosed || !isPassing(error) || performance.now() + pauseMs > deadlineMs) {
          throw failureOf(what, this.place, error);
        }
      }
      await pause(pauseMs);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.close();
  }
}

/** Some milliseconds more or less, so that two who met do not meet again. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random())));
}

function clientOf(url: string, place: string, options: ConnectionOptions): MongoClient {
  const settings: MongoClientOptions = {
    appName: "foz",
    maxPoolSize: options.poolCount ?? POOL_COUNT,
    waitQueueTimeoutMS: 10_000,
    serverSelectionTimeoutMS: options.selectionMs ?? SELECTION_MS,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 30_000,
    // The other mode waits on one connection for what the server says of itself; where that ends unnoticed, as when a
    // server is stopped in order, the driver finds no server for as long as a minute.
    serverMonitoringMode: "poll",
    heartbeatFrequencyMS: 5_000,
    ignoreUndefined: true,
  };
  // What the URL says counts.
  const given = new Set([...url.matchAll(/[?&]([^=&]+)=/g)].map(([, name]) => name.toLowerCase()));
  const ours = Object.entries(settings).filter(([name]) => !given.has(name.toLowerCase()));
  try {
    return new MongoClient(url, Object.fromEntries(ours));
  } catch (cause) {
    throw new BadInput(
      `cannot open the store ${place}: ${(cause as Error).message}; ` +
        "accepted is mongodb://[USER:PASSWORD@]HOST[:PORT]/DATABASE[?OPTIONS], where a special character in the user or " +
        "the password is percent-encoded",
      { cause },
    );
  }
}

/** Throws BadInput unless the URL names a database: "test" would be a surprise. */
function placeOf(url: string): string {
  const place = url.replace(/^([^:]+:\/\/)(.*@)?/s, "$1").replace(/\?.*$/s, "");
  if (/^mongodb(\+srv)?:\/\/[^/]+\/[^/]+$/.test(place)) return place;
  throw new BadInput(
    `cannot open the store ${place}: it names no database; accepted is mongodb://HOST/DATABASE, for example ` +
      "mongodb://127.0.0.1:27017/foz",
  );
}

function checkVersion(place: string, version: string): void {
  const [major, minor] = version.split(".").map(Number), [needed, neededMinor] = OLDEST_VERSION.split(".");
  if (major > Number(needed) || (major === Number(needed) && minor >= Number(neededMinor))) return;
  throw new OutsideFailure(
    `cannot use the store ${place}: the server is MongoDB ${version}; accepted is ${OLDEST_VERSION} or later, so ` +
      "upgrade the server",
  );
}
