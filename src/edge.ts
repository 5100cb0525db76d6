/**
 * The edge: read routes over a snapshot, on any runtime with web standards (Cloudflare Workers and workerd, for one).
 *
 * Bindings: `FOZ_SNAPSHOT` is the file of `foz export` as an ArrayBuffer, a bucket with `get(name)` (the name in
 * `FOZ_SNAPSHOT_NAME`, "foz.snapshot" if absent) or a URL; `FOZ_SNAPSHOT_KEY` the key it was signed with; `FOZ_KEYS`
 * API keys as on a server.
 */
import { MemoryMetrics } from "./adapters/memory/metrics.ts";
import { OutsideFailure } from "./domain/failure.ts";
import { readSnapshot } from "./domain/snapshot.ts";
import type { Clock } from "./ports/clock.ts";
import { type App, createApp } from "./serve/app.ts";
import { Keys } from "./serve/keys.ts";
import { Problem } from "./serve/problem.ts";
import { SnapshotModel } from "./serve/snapshot_model.ts";

/** As an R2 bucket has it. */
interface Bucket {
  get(name: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}

export interface EdgeBindings {
  readonly FOZ_SNAPSHOT?: ArrayBuffer | Bucket | string;
  readonly FOZ_SNAPSHOT_NAME?: string;
  readonly FOZ_SNAPSHOT_KEY?: string;
  readonly FOZ_KEYS?: string;
}

const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

async function snapshotBytes(bindings: EdgeBindings): Promise<ArrayBuffer> {
  const { FOZ_SNAPSHOT: source, FOZ_SNAPSHOT_NAME: name = "foz.snapshot" } = bindings;
  if (source instanceof ArrayBuffer) return source;
  if (typeof source === "string") {
    const response = await fetch(source);
    if (!response.ok) {
      throw new OutsideFailure(`fetching the snapshot from ${source}: status ${response.status}`);
    }
    return response.arrayBuffer();
  }
  const object = await source?.get(name);
  if (object) return object.arrayBuffer();
  throw new OutsideFailure(
    source === undefined
      ? "there is no binding FOZ_SNAPSHOT; accepted is an ArrayBuffer, a bucket or a URL"
      : `the bucket FOZ_SNAPSHOT holds no "${name}"; FOZ_SNAPSHOT_NAME names another object`,
  );
}

/**
 * The kernels. An edge runtime gives the WebAssembly.Module as default export, where Deno would give an instance: hence
 * an import that Deno's type check passes over. Runtimes that forbid compiling bytes allow this.
 */
async function kernelModule(): Promise<WebAssembly.Module> {
  return (await import("../core-wasm/build/portable.wasm" as string)).default;
}

async function loadApp(bindings: EdgeBindings): Promise<App> {
  const bytes = new Uint8Array(await snapshotBytes(bindings));
  const snapshot = await readSnapshot(bytes, bindings.FOZ_SNAPSHOT_KEY || undefined);
  return createApp({
    model: new SnapshotModel(await kernelModule(), snapshot),
    clock,
    metrics: new MemoryMetrics(),
    keys: Keys.parse(bindings.FOZ_KEYS ?? ""),
    onError: (error, route) => console.error(route, error),
  });
}

/** Kept between requests of one isolate. Not the promise: a runtime may forbid to wait for another request's. */
let app: App | undefined;

export default {
  async fetch(request: Request, bindings: EdgeBindings): Promise<Response> {
    try {
      app ??= await loadApp(bindings);
    } catch (error) {
      console.error("loading the snapshot failed", error);
      const detail = "the snapshot cannot be loaded; the log of the function says why";
      return new Problem("not-ready", detail, { headers: { "retry-after": "5" } }).response(
        new URL(request.url).pathname,
      );
    }
    return app.fetch(request);
  },
};
