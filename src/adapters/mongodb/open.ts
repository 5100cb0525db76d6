/** Opens a store in MongoDB: checks the server, makes what is missing, and gives every port over one connection. */
import type { Clock } from "../../ports/clock.ts";
import { OutsideFailure } from "../../domain/failure.ts";
import { MongoCheckpointStore } from "./checkpoint_store.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { type LogIdentity, MongoEventLog } from "./event_log.ts";
import { MongoGenerationStore } from "./generation_store.ts";
import { MongoItemCatalog } from "./item_catalog.ts";
import { MongoLeases } from "./lease.ts";
import { isDuplicate } from "./mongo_failure.ts";
import { MongoRecommendationStore } from "./recommendation_store.ts";
import { StoreState } from "./store_state.ts";
import { MongoUpdateFeed } from "./update_feed.ts";

/** What is said in `foz/_id: "store"`; a program reads and writes exactly this format. */
const FORMAT = 1;

interface StoreDocument extends LogIdentity {
  readonly _id: "store";
  readonly format: number;
}

export interface MongoStore {
  readonly eventLog: MongoEventLog;
  readonly generations: MongoGenerationStore;
  readonly checkpoints: MongoCheckpointStore;
  readonly recommendations: MongoRecommendationStore;
  readonly updates: MongoUpdateFeed;
  readonly catalog: MongoItemCatalog;
  readonly leases: MongoLeases;
  close(): Promise<void>;
}

/** Throws BadInput for a URL that is none, OutsideFailure when the server cannot be used. */
export async function openMongoStore(
  url: string,
  clock: Clock,
  options: ConnectionOptions = {},
): Promise<MongoStore> {
  const connection = await Connection.open(url, options);
  try {
    const identity = await identityOf(connection), state = await StoreState.open(connection);
    const store = {
      eventLog: new MongoEventLog(connection, identity),
      generations: new MongoGenerationStore(state),
      checkpoints: new MongoCheckpointStore(state),
      recommendations: new MongoRecommendationStore(connection),
      updates: new MongoUpdateFeed(state, clock),
      catalog: new MongoItemCatalog(connection),
      leases: new MongoLeases(state, clock),
    };
    const { eventLog, generations, checkpoints, recommendations, updates } = store;
    for (const part of [eventLog, generations, checkpoints, recommendations, updates]) await part.prepare();
    return { ...store, close: () => close(connection, eventLog, updates) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function close(
  connection: Connection,
  eventLog: MongoEventLog,
  updates: MongoUpdateFeed,
): Promise<void> {
  try {
    await eventLog.close();
    await updates.close();
  } finally {
    await connection.close();
  }
}

/** Makes it at the first opening; of several processes that open at once, one does. */
async function identityOf(connection: Connection): Promise<LogIdentity> {
  const documents = connection.collection<StoreDocument>("foz"), _id = "store";
  const made = { format: FORMAT, logId: randomHex(), salt: randomHex() };
  const document = await connection.run("open the store", async () => {
    try {
      await documents.updateOne({ _id }, { $setOnInsert: made }, { upsert: true });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    return await documents.findOne({ _id });
  });
  if (document?.format === FORMAT) return document;
  throw new OutsideFailure(
    `cannot use the store ${connection.place}: its documents have format ${document?.format}, this program reads ` +
      `${FORMAT}; use the program that made it, or another database`,
  );
}

function randomHex(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
