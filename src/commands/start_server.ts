/** Starts the HTTP server over an open store. `serve`, `up` and `demo` call this. */
import { getLogger } from "@logtape/logtape";
import { PromMetrics } from "../adapters/deno/metrics.ts";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { TrainingJobs } from "../adapters/deno/training_jobs.ts";
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import type { Jobs } from "../ports/jobs.ts";
import type { Metrics } from "../ports/metrics.ts";
import { HostedModels } from "../online/hosted/hosted_models.ts";
import { type App, createApp } from "../serve/app.ts";
import { erasuresOf, finishErasuresOf } from "./erasures.ts";
import { Keys } from "../serve/keys.ts";
import { ServingModel, type ServingNote } from "../serve/serving_model.ts";
import { loadKernel } from "./kernel_builds.ts";
import type { LearnerConnection } from "./learner_connection.ts";
import type { Store } from "./open_store.ts";
import { OWN_PROGRAM } from "./own_program.ts";

export interface ServerOptions {
  /** Stays the caller's: it is closed after `stop`. Its log should run in a worker. */
  readonly store: Store;
  /** Stays the caller's too. */
  readonly jobs: Jobs;
  /** Who tells what is learned; stays the caller's. Absent: rows stay as they were trained. */
  readonly learner?: LearnerConnection;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** As FOZ_KEYS; "" is none, and then only a loopback host is accepted. */
  readonly keys: string;
  /** Requests a second for each key or client; 0 is no limit. */
  readonly rateLimit: number;
  /** What is wrong elsewhere in the process, for /readyz. */
  readonly otherWarnings?: () => readonly string[];
}

export interface RunningServer {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  readonly model: ServingModel;
  readonly metrics: Metrics;
  /** Takes no new connections, finishes the requests that are running (for some seconds at most), and ends. */
  stop(): Promise<void>;
}

/** After this long, requests that still run are cut off. */
const MOST_SHUTDOWN_MS = 5000;

const logger = getLogger(["foz", "serve"]);

/** Whether only programs on this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

/** Trainings as processes of this program, on the store of this URL. */
export function trainingJobs(storeUrl: string): TrainingJobs {
  return new TrainingJobs({
    clock: systemClock,
    trainCommand: [...OWN_PROGRAM, "train", "--json"],
    // A URL may hold a password, and arguments are seen by everybody on the machine.
    environment: { FOZ_STORE: storeUrl },
    onEnd: ({ jobId, state, error }) => {
      if (error === undefined) logger.info("training {jobId}: {state}", { jobId, state });
      else logger.error("training {jobId}: {state}: {error}", { jobId, state, error });
    },
  });
}

/**
 * Throws BadInput for a host that is reachable from outside while there are no keys, and OutsideFailure when the port
 * is taken. Resolves when requests are answered; whether a model is loaded is what /readyz says.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { store, jobs, host, port } = options;
  const keys = Keys.parse(options.keys);
  const loopback = isLoopback(host);
  if (!keys.required && !loopback) {
    throw new BadInput(
      `serving on ${host} without keys would let anybody who reaches it change the model; accepted is a loopback ` +
        `address (--host 127.0.0.1), or keys (--keys or FOZ_KEYS=admin:SHA256HEX)`,
    );
  }
  const { module: kernelModule } = await loadKernel("portable");
  const clock = systemClock, metrics = new PromMetrics();
  const learner = options.learner?.link, { otherWarnings } = options;
  const model = new ServingModel({ ...store, kernelModule, clock, metrics, learner, otherWarnings, onNote });
  options.learner?.listen(model);
  const models = new HostedModels({
    ...store,
    kernelModule,
    clock,
    holder: `process ${Deno.pid}`,
    onError: (error) => logger.error("keeping online models: {error}", { error }),
  });
  const app = createApp({
    model,
    models,
    clock,
    metrics,
    keys,
    requestsPerSecond: options.rateLimit,
    clientOf: (info) => ((info as Deno.ServeHandlerInfo).remoteAddr as Deno.NetAddr).hostname,
    loopbackOnly: !keys.required,
    onError: (error, route) => logger.error("{route}: {error}", { route, error }),
    writing: {
      door: { log: store.eventLog, clock, newEventId: () => crypto.randomUUID() },
      model,
      store: { ...store, refresh: () => model.refresh() },
      jobs,
      erasures: erasuresOf(store),
    },
  });
  const cutOff = new AbortController();
  const server = listen(app, host, port, cutOff.signal);
  try {
    await models.start();
    await finishErasuresOf(store);
    await model.start();
  } catch (error) {
    await server.shutdown();
    await models.stop();
    throw error;
  }
  return {
    url: `http://${host.includes(":") ? `[${host.replaceAll(/[[\]]/g, "")}]` : host}:${server.addr.port}`,
    model,
    metrics,
    stop: async () => {
      model.close();
      models.close();
      const timer = setTimeout(() => cutOff.abort(), MOST_SHUTDOWN_MS);
      await server.shutdown();
      clearTimeout(timer);
      await models.stop();
      await model.stop();
    },
  };
}

function listen(app: App, host: string, port: number, signal: AbortSignal): Deno.HttpServer<Deno.NetAddr> {
  const hostname = host.replaceAll(/[[\]]/g, "");
  const handler: Deno.ServeHandler<Deno.NetAddr> = logger.isEnabledFor("debug")
    ? (request, info) => logged(app, request, info)
    : (request, info) => app.fetch(request, info);
  try {
    return Deno.serve({ hostname, port, signal, onListen: () => {} }, handler);
  } catch (cause) {
    const advice = cause instanceof Deno.errors.AddrInUse
      ? "another program listens there; choose another --port (0 takes a free one)"
      : "accepted is an address of this machine, and a port that this user may listen on";
    throw new OutsideFailure(`listening on ${host}:${port} failed: ${advice}`, { cause });
  }
}

async function logged(app: App, request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
  const startMs = systemClock.monotonicMs();
  const response = await app.fetch(request, info);
  const { method, url } = request;
  const ms = Math.round(1000 * (systemClock.monotonicMs() - startMs)) / 1000;
  const path = url.slice(url.indexOf("/", 8));
  logger.debug("{method} {path} {status} {ms} ms", { method, path, status: response.status, ms });
  return response;
}

function onNote({ what, generation, error }: ServingNote): void {
  if (error === undefined) logger.info(`${what}: {generation}`, { generation });
  else logger.error(`${what}: {error}`, { generation, error });
}
