/** How much each user does, and when. */
import type { Random } from "./random.ts";

export interface ActivityOptions {
  readonly userCount: number;
  /** Acts of all users together. */
  readonly eventCount: number;
  /** Most acts of one user. */
  readonly mostPerUser: number;
  /** Standard deviation of the logarithm of a user's number of acts (about 1 in real data). */
  readonly spread: number;
}

/** Acts of each user: log-normal, at least 1 (where there are enough), at most `mostPerUser`, exactly `eventCount` in all. */
export function plantActivity(options: ActivityOptions, random: Random): Uint32Array {
  const { userCount, eventCount, mostPerUser, spread } = options;
  if (eventCount > userCount * mostPerUser) {
    throw new RangeError(
      `${eventCount} events of ${userCount} users: at most ${
        userCount * mostPerUser
      } (${mostPerUser} each) are accepted`,
    );
  }
  const weights = Float64Array.from({ length: userCount }, () => Math.exp(spread * random.normal()));
  const least = eventCount >= userCount ? 1 : 0;
  const countOf = (weight: number, scale: number) =>
    Math.min(mostPerUser, Math.max(least, Math.floor(weight * scale)));
  const totalAt = (scale: number) => weights.reduce((total, weight) => total + countOf(weight, scale), 0);
  const scale = greatestWithin(totalAt, eventCount);
  const counts = Uint32Array.from(weights, (weight) => countOf(weight, scale));
  // The rest, fewer than one each where nothing is capped, goes to users in order.
  let left = eventCount - totalAt(scale);
  for (let user = 0; left > 0; user = (user + 1) % userCount) {
    if (counts[user] === mostPerUser) continue;
    counts[user]++;
    left--;
  }
  return counts;
}

/** The greatest scale at which the total stays within `most`, by bisection of its logarithm. */
function greatestWithin(totalAt: (scale: number) => number, most: number): number {
  let low = 1e-6, high = 1e9;
  for (let step = 0; step < 48; step++) {
    const middle = Math.sqrt(low * high);
    if (totalAt(middle) <= most) low = middle;
    else high = middle;
  }
  return low;
}

/** Acts in one sitting, on average, and seconds between them. */
const EVENTS_PER_SESSION = 8;
const GAP_SECONDS = 90;

/**
 * Fills `seconds` with the ascending times of one user's acts: sessions that start anywhere in [from, until), each a
 * run of acts some minutes apart. A session at the very end may run over `until` by its own length.
 */
export function plantTimes(seconds: Float64Array, from: number, until: number, random: Random): void {
  const sessionCount = 1 + random.poisson(seconds.length / EVENTS_PER_SESSION);
  const starts = Float64Array.from({ length: sessionCount }, () => from + random.uniform() * (until - from));
  let at = 0;
  for (let session = 0; session < sessionCount; session++) {
    const end = Math.round((seconds.length * (session + 1)) / sessionCount);
    let time = starts[session];
    for (; at < end; at++) {
      seconds[at] = Math.floor(time);
      time += -GAP_SECONDS * Math.log(1 - random.uniform());
    }
  }
  seconds.sort();
}
