/**
 * What the stream is made of: how many ice creams a shop sells, by the temperature and the day. Change it, and see who copes.
 *
 * Each function is a concept; `--drift` says when the next one begins. It gets a seeded generator and the position in the
 * stream, and gives features and the target. Anything it computes from these alone is the same in every run.
 */

interface Random {
  /** From 0 to 1. */
  uniform(): number;
  /** Normal, mean 0, standard deviation 1. */
  normal(): number;
}

/** A year of 365 days, 20 observations each. */
function day(random: Random, position: number) {
  const season = Math.sin(2 * Math.PI * position / 7300);
  const temperature = 15 + 10 * season + 4 * random.normal();
  const isWeekend = Math.floor(position / 20) % 7 >= 5;
  return { temperature, weekend: isWeekend ? 1 : 0, rain: random.uniform() < 0.3 ? 1 : 0 };
}

/** People buy ice cream when it is warm. */
export function usual(random: Random, position: number) {
  const features = day(random, position), { temperature, weekend, rain } = features;
  return { features, target: 20 + 3 * temperature + 25 * weekend - 15 * rain + 4 * random.normal() };
}

/** The shop moves to the station: commuters, so weekends are quiet, and rain brings people in. */
export function moved(random: Random, position: number) {
  const features = day(random, position), { temperature, weekend, rain } = features;
  return { features, target: 90 + temperature - 40 * weekend + 20 * rain + 4 * random.normal() };
}

export default { usual, moved };
