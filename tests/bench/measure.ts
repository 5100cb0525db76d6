/** How times are taken and summed up: warm-up, repetitions, sides that take turns, medians with their spread. */

/** Of several samples of one quantity. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export interface Repetitions {
  /** Runs before the first that counts. */
  readonly warmUps: number;
  readonly repetitions: number;
}

/** One thing that is measured: each call does the work once and gives its seconds. */
export type Timed = () => Promise<number>;

/** The middle sample (of an even number, the mean of the two in the middle), the least and the greatest. */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("the spread of no samples: at least one is accepted");
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1], count: sorted.length };
}

/**
 * Runs the sides in turn (A B A B ...), so that whatever disturbs the machine disturbs both, and gives each side's
 * seconds by repetition.
 */
export async function alternate(sides: readonly Timed[], options: Repetitions): Promise<number[][]> {
  const samples: number[][] = sides.map(() => []);
  for (let round = 0; round < options.warmUps + options.repetitions; round++) {
    for (let side = 0; side < sides.length; side++) {
      const seconds = await sides[side]();
      if (round >= options.warmUps) samples[side].push(seconds);
    }
  }
  return samples;
}

/** One side alone. */
export async function repeat(side: Timed, options: Repetitions): Promise<number[]> {
  return (await alternate([side], options))[0];
}

/** Seconds that `work` takes. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

/** How many times faster the first side was: of each round, so that what disturbed a round disturbs its ratio little. */
export function ratiosOf(ours: readonly number[], peer: readonly number[]): Spread {
  return spreadOf(ours.map((seconds, round) => peer[round] / seconds));
}
