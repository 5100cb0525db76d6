/** Count, mean and squared deviations of numbers: what a variance is reckoned from, without loss of digits. */

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sum of squared deviations from the mean. */
  readonly squares: number;
}

export const NO_MOMENTS: Moments = { count: 0, mean: 0, squares: 0 };

/** Of a sample: by n - 1; 0 below two numbers. */
export function varianceOf({ count, squares }: Moments): number {
  return count > 1 ? squares / (count - 1) : 0;
}

/** Of both together (Chan, Golub and LeVeque 1979). */
export function together(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (count === 0) return NO_MOMENTS;
  const difference = a.mean - b.mean;
  return {
    count,
    mean: (a.count * a.mean + b.count * b.mean) / count,
    squares: a.squares + b.squares + difference * difference * a.count * b.count / count,
  };
}

/** Of what is in the whole and not in the part. */
export function without(whole: Moments, part: Moments): Moments {
  const count = whole.count - part.count;
  if (count <= 0) return NO_MOMENTS;
  const mean = (whole.count * whole.mean - part.count * part.mean) / count, difference = mean - part.mean;
  const between = difference * difference * count * part.count / whole.count;
  return { count, mean, squares: Math.max(0, whole.squares - part.squares - between) };
}
