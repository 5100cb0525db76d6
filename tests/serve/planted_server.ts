/** An app over the memory adapters and a planted generation: everything real but the disk. */
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { TrainingJobs } from "../../src/adapters/deno/training_jobs.ts";
import { MemoryCheckpointStore } from "../../src/adapters/memory/checkpoint_store.ts";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryGenerationStore } from "../../src/adapters/memory/generation_store.ts";
import { MemoryItemCatalog } from "../../src/adapters/memory/item_catalog.ts";
import { MemoryLeases } from "../../src/adapters/memory/lease.ts";
import { MemoryRecommendationStore } from "../../src/adapters/memory/recommendation_store.ts";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { MemoryUpdateFeed } from "../../src/adapters/memory/update_feed.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { HostedModels } from "../../src/online/hosted/hosted_models.ts";
import { type App, type AppDependencies, createApp } from "../../src/serve/app.ts";
import { ServingModel, type ServingNote } from "../../src/serve/serving_model.ts";
import { eraseUser } from "../../src/stream/erase_user.ts";
import { plantedGeneration, type PlantedOptions } from "./planted_generation.ts";

export const { module: kernelModule } = await loadKernel("portable");

/** Ids that the document's examples name, plain ones, and awkward ones. The last user has a row of zeros. */
export const USER_IDS = ["42", "7", "1", "2", "3", "a/b c", '😀 "quoted"', "100%", "nobody"];
export const ITEM_IDS = [
  "1193",
  "661",
  "914",
  "318",
  "858",
  "x/y",
  "item, with comma",
  "🍕",
  '"',
  "10",
  "11",
  "12",
];

export interface PlantedServer {
  readonly app: App;
  readonly model: ServingModel;
  readonly store: {
    readonly eventLog: MemoryEventLog;
    readonly generations: MemoryGenerationStore;
    readonly updates: MemoryUpdateFeed;
    readonly catalog: MemoryItemCatalog;
  };
  readonly metrics: MemoryMetrics;
  readonly jobs: TrainingJobs;
  readonly models: HostedModels;
  readonly notes: ServingNote[];
  /** Of the active generation; undefined if none was planted. */
  readonly content: GenerationContent | undefined;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export interface PlantedServerOptions extends Partial<PlantedOptions> {
  /** False: the store holds no generation. */
  readonly planted?: boolean;
  readonly app?: Partial<AppDependencies>;
  readonly clock?: Clock;
  /** Between looks at the log; 5 if absent. */
  readonly pollMs?: number;
  /** What appending to the log throws; it works if absent. */
  readonly failAppend?: () => Error;
  /** Arguments of Deno for POST /v1/jobs/train; a training that waits to be cancelled if absent. */
  readonly trainCommand?: readonly string[];
}

const WAITING_TRAINING = ["run", "--quiet", new URL("./waiting_training.ts", import.meta.url).href];

/** Publishes and activates as a training does. */
export async function activate(store: PlantedServer["store"], content: GenerationContent): Promise<void> {
  const { generation, offset } = content.generation;
  await store.generations.publish(content);
  const { appliedOffset } = await store.generations.activate(generation, offset, 0);
  await store.updates.publish({ kind: "generationActivated", generation, appliedOffset });
}

export async function plantedServer(options: PlantedServerOptions = {}): Promise<PlantedServer> {
  const store = {
    eventLog: new MemoryEventLog({ logId: "0123456789abcdef0123456789abcdef" }),
    generations: new MemoryGenerationStore(),
    updates: new MemoryUpdateFeed(),
    catalog: new MemoryItemCatalog(),
  };
  await store.catalog.put([{ itemId: "1193", title: "One Flew Over the Cuckoo's Nest (1975)" }]);
  const content = options.planted === false
    ? undefined
    : await plantedGeneration({ userIds: USER_IDS, itemIds: ITEM_IDS, ...options });
  if (content !== undefined) await activate(store, content);
  if (options.failAppend !== undefined) store.eventLog.append = () => Promise.reject(options.failAppend!());
  const metrics = new MemoryMetrics();
  const notes: ServingNote[] = [];
  const clock = options.clock ?? systemClock;
  const model = new ServingModel({
    ...store,
    kernelModule,
    clock,
    metrics,
    pollMs: options.pollMs ?? 5,
    onNote: (note) => notes.push(note),
  });
  await model.start();
  const jobs = new TrainingJobs({ clock, trainCommand: options.trainCommand ?? WAITING_TRAINING });
  const leases = new MemoryLeases(clock), checkpoints = new MemoryCheckpointStore(leases);
  // They look after themselves once a second: by a clock that a test moves, that would move it further.
  const keeping = { ...clock, sleep: systemClock.sleep };
  const models = new HostedModels({
    ...{ kernelModule, checkpoints, leases, clock: keeping },
    holder: "the planted server",
  });
  await models.start();
  let lastId = 0;
  const app = createApp({
    model,
    models,
    clock,
    metrics,
    writing: {
      door: { log: store.eventLog, clock, newEventId: () => `made-${++lastId}` },
      model,
      store: { ...store, refresh: () => model.refresh() },
      jobs,
      erasures: {
        eraseUser: (userId) => {
          const recommendations = new MemoryRecommendationStore(), isLearning = () => Promise.resolve(false);
          const targets = { ...store, recommendations, checkpoints, isLearning };
          return eraseUser(targets, userId, clock.nowMs());
        },
      },
    },
    onError: (error) => {
      throw error;
    },
    ...options.app,
  });
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    await app.fetch(
      new Request(`http://localhost${path}`, {
        method,
        headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
        body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
      }),
      {},
    );
  return {
    app,
    model,
    store,
    metrics,
    jobs,
    models,
    notes,
    content,
    get: (path, headers) => send("GET", path, undefined, headers),
    send,
    stop: async () => {
      await jobs.close();
      await models.stop();
      await model.stop();
    },
  };
}
