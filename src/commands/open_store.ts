/** Chooses the store by its URL. */
import { systemClock } from "../adapters/deno/system_clock.ts";
import { EmbeddedCheckpointStore } from "../adapters/embedded/checkpoint_store.ts";
import { Database } from "../adapters/embedded/database.ts";
import { EmbeddedEventLog } from "../adapters/embedded/event_log.ts";
import { FollowedLogFile } from "../adapters/embedded/followed_log_file.ts";
import { EmbeddedGenerationStore } from "../adapters/embedded/generation_store.ts";
import { EmbeddedItemCatalog } from "../adapters/embedded/item_catalog.ts";
import { EmbeddedLeases } from "../adapters/embedded/lease.ts";
import { LogClient } from "../adapters/embedded/log_client.ts";
import { LogFile } from "../adapters/embedded/log_file.ts";
import type { Commit } from "../adapters/embedded/newest_events.ts";
import { EmbeddedRecommendationStore } from "../adapters/embedded/recommendation_store.ts";
import { EmbeddedUpdateFeed } from "../adapters/embedded/update_feed.ts";
import { MemoryCheckpointStore } from "../adapters/memory/checkpoint_store.ts";
import { MemoryEventLog } from "../adapters/memory/event_log.ts";
import { MemoryGenerationStore } from "../adapters/memory/generation_store.ts";
import { MemoryItemCatalog } from "../adapters/memory/item_catalog.ts";
import { MemoryLeases } from "../adapters/memory/lease.ts";
import { MemoryRecommendationStore } from "../adapters/memory/recommendation_store.ts";
import { MemoryUpdateFeed } from "../adapters/memory/update_feed.ts";
import { BadInput } from "../domain/failure.ts";
import type { CheckpointStore } from "../ports/checkpoint_store.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { ItemCatalog } from "../ports/item_catalog.ts";
import type { Leases } from "../ports/lease.ts";
import type { RecommendationStore } from "../ports/recommendation_store.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";
import { startLogThread } from "./start_log_thread.ts";

/** All that is kept, whatever keeps it. */
export interface Store {
  readonly eventLog: EventLog;
  readonly generations: GenerationStore;
  readonly checkpoints: CheckpointStore;
  readonly recommendations: RecommendationStore;
  readonly updates: UpdateFeed;
  readonly catalog: ItemCatalog;
  readonly leases: Leases;
  /**
   * A port on which another thread hears of what is appended here, for its `OpenStoreOptions.commits`; who asks later hears
   * it alone. Absent where nobody tells.
   */
  readonly tellCommits?: () => MessagePort;
  /** Finishes the appends that were asked for, ends the log's thread, closes the files. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  /**
   * Where the log of an embedded store runs. "worker": a slow disk never delays the caller's thread, and parsing and
   * insertion use two cores. "same" (if absent): no thread to start; right for short commands.
   */
  readonly logThread?: "same" | "worker";
  /**
   * What writes other than those to the log survive: "process" for who only writes what can be made anew from the log.
   * "power" if absent.
   */
  readonly survives?: "power" | "process";
  /** The log is appended to by a thread that tells of it on this port; `onCommit` is called when it does. */
  readonly commits?: { readonly port: MessagePort; readonly onCommit: () => void };
  /** How often an embedded store looks for what other processes learned; its own choice if absent. */
  readonly feedPollMs?: number | (() => number);
}

const ACCEPTED = "accepted are sqlite:PATH, mongodb://HOST/DATABASE and memory:";

/**
 * Opens `sqlite:PATH` (made if absent, with its folder), `mongodb://HOST/DATABASE` or `memory:`. Throws BadInput for
 * another URL and OutsideFailure when the file or the server cannot be used.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  if (url === "memory:") return openMemory();
  const path = /^sqlite:(.+)$/s.exec(url)?.[1];
  if (path !== undefined) return await openEmbedded(path, options);
  if (/^mongodb(\+srv)?:/.test(url)) return await openMongoDb(url);
  throw new BadInput(`cannot open the store "${withoutPassword(url)}": its kind is unknown; ${ACCEPTED}`);
}

function openMemory(): Store {
  const eventLog = new MemoryEventLog(), leases = new MemoryLeases(systemClock);
  return {
    eventLog,
    leases,
    generations: new MemoryGenerationStore(leases),
    checkpoints: new MemoryCheckpointStore(leases),
    recommendations: new MemoryRecommendationStore(),
    updates: new MemoryUpdateFeed(leases),
    catalog: new MemoryItemCatalog(),
    close: () => eventLog.close(),
  };
}

/** Loaded only where it is used: the driver takes a sixth of a second. */
async function openMongoDb(url: string): Promise<Store> {
  const { openMongoStore } = await import("../adapters/mongodb/open.ts");
  return await openMongoStore(url, systemClock);
}

async function openEmbedded(path: string, options: OpenStoreOptions): Promise<Store> {
  const database = Database.open(path, { survives: options.survives });
  let log: Pick<Store, "eventLog" | "tellCommits">;
  try {
    log = await openLog(path, options);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    ...log,
    generations: new EmbeddedGenerationStore(database),
    checkpoints: new EmbeddedCheckpointStore(database, systemClock),
    recommendations: new EmbeddedRecommendationStore(database),
    updates: new EmbeddedUpdateFeed(database, systemClock, { pollMs: options.feedPollMs }),
    catalog: new EmbeddedItemCatalog(database),
    leases: new EmbeddedLeases(database, systemClock),
    close: async () => {
      try {
        await log.eventLog.close();
      } finally {
        database.close();
      }
    },
  };
}

async function openLog(
  path: string,
  { logThread, commits }: OpenStoreOptions,
): Promise<Pick<Store, "eventLog" | "tellCommits">> {
  if (logThread === "worker") {
    const client = await LogClient.open(startLogThread(), path);
    return { eventLog: new EmbeddedEventLog(client, { maxRunning: 2 }), tellCommits: () => client.follow() };
  }
  // A connection of its own, so that the log can be closed alone.
  const database = Database.open(path);
  const file = commits === undefined ? new LogFile(database) : followed(database, commits);
  return { eventLog: new EmbeddedEventLog(file, { maxRunning: 1 }) };
}

function followed(database: Database, { port, onCommit }: NonNullable<OpenStoreOptions["commits"]>): LogFile {
  const file = new FollowedLogFile(database, systemClock);
  port.onmessage = ({ data }: MessageEvent<Commit>) => {
    file.hear(data);
    onCommit();
  };
  return file;
}

/** Error messages end up in logs. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/.*@/s, "//...@");
}
