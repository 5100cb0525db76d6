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
