/** Waits until a command is ready. */
import type { Clock } from "../../ports/clock.ts";
import type { Ready } from "./run_plan.ts";

const LOOK_MS = 50;
/** One request to a server that does not answer. */
const ASK_MS = 2000;

export interface ReadyWatch {
  /** To be told each line that the command prints. */
  onLine(line: string): void;
  /** Resolves when it is ready, or false when the signal came first. For "end" it is the caller who knows. */
  readonly isReady: Promise<boolean>;
}

export interface WatchOptions {
  readonly clock: Clock;
  /** The command's. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export function watchReady(ready: Ready, { clock, folder, signal }: WatchOptions): ReadyWatch {
  const never = new Promise<false>((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener("abort", () => resolve(false), { once: true });
  });
  const plain = (isReady: Promise<boolean>) => ({ onLine: () => {}, isReady });
  if (ready.kind === "started") return plain(Promise.resolve(true));
  if (ready.kind === "delay") return plain(clock.sleep(ready.ms, signal).then(() => !signal.aborted));
  if (ready.kind === "url") return plain(until(() => answers(ready.url), clock, signal));
  if (ready.kind === "end") return plain(never);
  if (ready.kind === "file") {
    const path = ready.path.startsWith("/") ? ready.path : `${folder}/${ready.path}`, sinceMs = clock.nowMs();
    return plain(until(() => isNew(path, sinceMs), clock, signal));
  }
  const seen = Promise.withResolvers<true>();
  return {
    onLine: (line) => {
      if (ready.pattern.test(line)) seen.resolve(true);
    },
    isReady: Promise.race([seen.promise, never]),
  };
}

async function until(holds: () => Promise<boolean>, clock: Clock, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await holds()) return true;
    await clock.sleep(LOOK_MS, signal);
  }
  return false;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Clocks of files may be a little coarser than ours. */
const FILE_CLOCK_MS = 20;

async function isNew(path: string, sinceMs: number): Promise<boolean> {
  try {
    const { mtime } = await Deno.stat(path);
    return mtime !== null && mtime.getTime() >= sinceMs - FILE_CLOCK_MS;
  } catch {
    return false;
  }
}
