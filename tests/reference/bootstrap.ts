/** The percentile bootstrap over users (Efron 1979): slow, and without any approximation of the figure. */

/**
 * Draws as many users as there are, with replacement, `rounds` times; gives the 2.5 % and 97.5 % quantiles of the figure.
 * `figureOf` takes how many times each user was drawn.
 */
export function bootstrapInterval(
  userCount: number,
  figureOf: (times: Uint32Array) => number,
  uniform: () => number,
  rounds = 2000,
): { low: number; high: number } {
  const figures = Float64Array.from({ length: rounds }, () => {
    const times = new Uint32Array(userCount);
    for (let draw = 0; draw < userCount; draw++) times[Math.floor(uniform() * userCount)]++;
    return figureOf(times);
  }).sort();
  return { low: figures[Math.floor(0.025 * rounds)], high: figures[Math.ceil(0.975 * rounds) - 1] };
}
