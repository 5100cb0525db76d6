/** `foz` as a whole process, as a person starts it. */
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

export interface ProcessResult {
  readonly seconds: number;
  /** Last line of standard output, where `--json` puts the document. */
  readonly lastLine: string;
  /** Most memory that was resident at once, in bytes, as the system counts it; 0 where it does not say. */
  readonly residentBytes: number;
}

const POLL_MS = 50;

/** Runs a program to its end and takes the wall time from before its start to after its exit. Throws if it fails. */
export async function runTimed(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ProcessResult> {
  const startedMs = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const watch = watchMemory(child.pid);
  const { code, stdout, stderr } = await child.output();
  const seconds = (performance.now() - startedMs) / 1000;
  const residentBytes = watch.stop();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) {
    throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${decode(stderr).slice(-2000)}`);
  }
  return { seconds, lastLine: decode(stdout).trimEnd().split("\n").at(-1) ?? "", residentBytes };
}

/** `foz ARGS`, straight by the runtime: `deno task` would add its own check of the kernels' sources. */
export function runFoz(args: readonly string[]): Promise<ProcessResult> {
  return runTimed(Deno.execPath(), [...OWN_PROGRAM, ...args]);
}

/** `program args` pinned to a core, where the machine can do that and has more than one. */
export function pinned(core: string, program: string, args: readonly string[]): [string, string[]] {
  const canPin = Deno.build.os === "linux" && navigator.hardwareConcurrency > 1 && hasTaskset();
  return canPin ? ["taskset", ["-c", core, program, ...args]] : [program, [...args]];
}

function hasTaskset(): boolean {
  try {
    return new Deno.Command("taskset", { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/** A command that answers over HTTP until it is stopped. */
export interface FozServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts `foz ARGS` on a free port; resolves when it says where. On one core if `core` is given. */
export async function startFoz(args: readonly string[], core?: string): Promise<FozServer> {
  const all = [...OWN_PROGRAM, ...args, "--port", "0", "--json"];
  const [program, programArgs] = core === undefined
    ? [Deno.execPath(), all]
    : pinned(core, Deno.execPath(), all);
  const child = new Deno.Command(program, {
    args: programArgs,
    cwd: ROOT,
    env: { FOZ_LOG_LEVEL: "warning" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`foz ${args.join(" ")} ended before it listened: ${text}`);
    text += value;
  }
  const { url } = JSON.parse(text.split("\n")[0]);
  return {
    port: Number(new URL(url).port),
    pid: child.pid,
    stop: async () => {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
    },
  };
}

/** The process's own high-water mark, read while it runs: it cannot be read afterwards. */
function watchMemory(pid: number): { stop(): number } {
  let most = 0;
  const timer = setInterval(() => most = Math.max(most, highWaterBytes(pid)), POLL_MS);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}

/** VmHWM of a process on Linux; 0 elsewhere, or when it is gone. */
export function highWaterBytes(pid: number | "self"): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
