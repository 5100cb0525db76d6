/** `foz` as a whole process, as a person starts it. */

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
  return runTimed(Deno.execPath(), ["run", "--quiet", "-A", "src/main.ts", ...args]);
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
