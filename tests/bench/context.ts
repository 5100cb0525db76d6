/** What every benchmark of ours is handed. */
import type { BenchmarkResult } from "./figures.ts";
import type { Repetitions } from "./measure.ts";

export interface BenchContext {
  /** Very small input, one repetition: to see that it works, not how fast. */
  readonly tiny: boolean;
  readonly threads: number;
  /** A folder of the run's own, deleted afterwards. */
  readonly scratch: string;
  /** Where MovieLens is, if anywhere. */
  readonly dataFolder: string;
  /** For work of well under a second, and for whole processes. */
  readonly short: Repetitions;
  readonly long: Repetitions;
}

export interface Benchmark {
  readonly name: string;
  /** One line. */
  readonly help: string;
  run(context: BenchContext): Promise<BenchmarkResult>;
}

export interface BenchSettings {
  readonly tiny: boolean;
  readonly threads: number;
  readonly dataFolder: string;
}

/** Hands `work` a context whose scratch folder exists while it runs. */
export async function withContext<T>(
  { tiny, threads, dataFolder }: BenchSettings,
  work: (context: BenchContext) => Promise<T>,
): Promise<T> {
  const scratch = await Deno.makeTempDir({ prefix: "foz-bench-" });
  const once = { warmUps: 0, repetitions: 1 };
  const short = tiny ? once : { warmUps: 2, repetitions: 9 };
  const long = tiny ? once : { warmUps: 1, repetitions: 5 };
  try {
    return await work({ tiny, threads, scratch, dataFolder, short, long });
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}
