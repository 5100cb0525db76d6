/** `foz bridge` or `foz up --kafka` as a whole process, watched from outside. */
import { bridgeArguments } from "../../system/bridge_load.ts";
import type { BridgeNames } from "../../../src/bridge/run_bridge.ts";
import { OWN_PROGRAM } from "../../../src/commands/own_program.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
/** The clock ticks of /proc: 100 a second on every Linux that Deno runs on. */
const TICKS = 100;

export interface WatchedProcess {
  /** What it said when it had started, parsed. */
  readonly said: Record<string, string>;
  /** Seconds of CPU so far, of all its threads; NaN where the system does not say. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export async function startWatched(
  command: readonly string[],
  kafka: string,
  names: BridgeNames,
): Promise<WatchedProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...OWN_PROGRAM, ...command, "--json", ...bridgeArguments(kafka, names)],
    cwd: ROOT,
    env: { FOZ_LOG_LEVEL: "error" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value, done } = await reader.read();
  if (done) throw new Error(`foz ${command.join(" ")} ended before it had started`);
  return {
    said: JSON.parse(value.split("\n")[0]),
    cpuSeconds: () => cpuSecondsOf(child.pid),
    stop: async () => {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
    },
  };
}

/** User and system time; the name in front of them may hold spaces. */
export function cpuSecondsOf(pid: number | "self"): number {
  try {
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return NaN;
  }
}
