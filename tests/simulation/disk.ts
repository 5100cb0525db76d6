/** What outlives the simulated processes: a store, seen by each of them through its own faults. */
import { DatabaseSync } from "node:sqlite";
import { EmbeddedCheckpointStore } from "../../src/adapters/embedded/checkpoint_store.ts";
import { Database } from "../../src/adapters/embedded/database.ts";
import { EmbeddedEventLog } from "../../src/adapters/embedded/event_log.ts";
import { EmbeddedGenerationStore } from "../../src/adapters/embedded/generation_store.ts";
import { EmbeddedItemCatalog } from "../../src/adapters/embedded/item_catalog.ts";
import { EmbeddedLeases } from "../../src/adapters/embedded/lease.ts";
import { LogFile } from "../../src/adapters/embedded/log_file.ts";
import { EmbeddedRecommendationStore } from "../../src/adapters/embedded/recommendation_store.ts";
import { EmbeddedUpdateFeed } from "../../src/adapters/embedded/update_feed.ts";
import { MemoryCheckpointStore } from "../../src/adapters/memory/checkpoint_store.ts";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryGenerationStore } from "../../src/adapters/memory/generation_store.ts";
import { MemoryItemCatalog } from "../../src/adapters/memory/item_catalog.ts";
import { MemoryLeases } from "../../src/adapters/memory/lease.ts";
import { MemoryRecommendationStore } from "../../src/adapters/memory/recommendation_store.ts";
import { MemoryUpdateFeed } from "../../src/adapters/memory/update_feed.ts";
import type { Store } from "../../src/commands/open_store.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { SimulatedProcess } from "./simulated_process.ts";

export type Ports = Omit<Store, "close">;
export type StoreKind = "memory" | "sqlite";

/** So small that states of planted worlds are written both ways. */
const IN_PIECES = { wholeBytes: 20_000, chunkBytes: 8_000 };

export interface Disk {
  /** The store as this process sees it; let go when the process dies. */
  open(process: SimulatedProcess): Ports;
  /** Cuts the newest checkpoint off in the middle, where there are files to cut; false if there is none. */
  tearCheckpoint(): boolean;
  /** When all processes are dead. */
  remove(): void;
}

export function openDisk(kind: StoreKind, clock: Clock): Disk {
  if (kind === "sqlite") return sqliteDisk(clock);
  const ports = memoryPorts(clock);
  return { open: (process) => guarded(process, ports), tearCheckpoint: () => false, remove: () => {} };
}

function memoryPorts(clock: Clock): Ports {
  const leases = new MemoryLeases(clock);
  return {
    eventLog: new MemoryEventLog({ logId: "0123456789abcdef0123456789abcdef" }),
    leases,
    generations: new MemoryGenerationStore(leases),
    checkpoints: new MemoryCheckpointStore(leases),
    recommendations: new MemoryRecommendationStore(),
    updates: new MemoryUpdateFeed(leases),
    catalog: new MemoryItemCatalog(),
  };
}

/** Each process has its connections, as real ones have; they close when it dies, in the middle of what they did. */
function sqliteDisk(clock: Clock): Disk {
  const folder = Deno.makeTempDirSync({ prefix: "foz-simulation-" });
  const connect = (process: SimulatedProcess) => {
    const database = Database.open(`${folder}/foz.db`);
    const prepare = database.sql.bind(database);
    database.sql = (text) => {
      process.statement(text);
      return prepare(text);
    };
    process.onDeath(() => database.close());
    return database;
  };
  return {
    tearCheckpoint: () => {
      const file = new DatabaseSync(`${folder}/foz.db`);
      const cut = (table: string, column: string) =>
        file.prepare(
          `UPDATE ${table} SET ${column} = substr(${column}, 1, length(${column}) / 2)
           WHERE rowid = (SELECT max(rowid) FROM ${table})`,
        ).run().changes;
      const changes = [cut("checkpoints", "state"), cut("checkpoint_chunks", "bytes")];
      file.close();
      return changes.some((count) => Number(count) > 0);
    },
    remove: () => Deno.removeSync(folder, { recursive: true }),
    open: (process) => {
      const database = connect(process);
      return guarded(process, {
        eventLog: new EmbeddedEventLog(new LogFile(connect(process)), { maxRunning: 1 }),
        leases: new EmbeddedLeases(database, clock),
        generations: new EmbeddedGenerationStore(database),
        checkpoints: new EmbeddedCheckpointStore(database, process.clock(clock), IN_PIECES),
        recommendations: new EmbeddedRecommendationStore(database),
        updates: new EmbeddedUpdateFeed(database, process.clock(clock)),
        catalog: new EmbeddedItemCatalog(database),
      });
    },
  };
}

function guarded(process: SimulatedProcess, ports: Ports): Ports {
  const entries = Object.entries(ports).map(([name, port]) => [name, process.guard(name, port as object)]);
  return Object.fromEntries(entries) as unknown as Ports;
}
