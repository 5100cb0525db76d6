/** Where figures were measured; without it they mean nothing. */
import { availableParallelism, cpus } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly coreCount: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly deno: string;
  readonly v8: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    coreCount: availableParallelism(),
    memoryGib: Number((Deno.systemMemoryInfo().total / 2 ** 30).toFixed(1)),
    system: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
  };
}

/** One line. */
export function machineLine({ cpu, coreCount, memoryGib, system, deno }: Machine): string {
  return `${cpu}, ${coreCount} cores, ${memoryGib} GiB, ${system}, Deno ${deno}`;
}

/**
 * Whether others were using the cores: the load over the last minute, before we began. Figures of a busy machine are
 * ratios at best.
 */
export function loadBefore(): number {
  return Number(Deno.loadavg()[0].toFixed(2));
}

/**
 * Of the processor time that was wanted between two readings of /proc/stat, the share that the host gave to others. A
 * latency's 99th percentile means little where it is more than a few percent.
 */
export function stolenShare(before: string, after: string): number {
  const ticks = (text: string) => (text.match(/^cpu +(.*)$/m)?.[1] ?? "").split(" ").map(Number);
  const start = ticks(before),
    [user, nice, system, , , irq, softirq, stolen] = ticks(after).map((n, k) => n - start[k]);
  const wanted = user + nice + system + irq + softirq + stolen;
  return wanted > 0 ? stolen / wanted : 0;
}

/** From now on; the function gives a line for people, "" where the system does not tell. */
export function watchStolen(): () => string {
  const read = () => {
    try {
      return Deno.readTextFileSync("/proc/stat");
    } catch {
      return "";
    }
  };
  const before = read();
  return () => {
    const share = (100 * stolenShare(before, read())).toFixed(1);
    return before === "" ? "" : `${share} % of the processor time that was wanted went to other machines`;
  };
}
