/**
 * A planted world: users and items whose tastes are known, and the stream of what the users do. Everything follows from
 * the options and the seed.
 */
import type { InteractionColumns } from "../domain/event.ts";
import type { Feedback } from "../domain/factor_model.ts";
import { BadInput } from "../domain/failure.ts";
import { plantActivity, plantTimes } from "./activity.ts";
import { ItemChoice } from "./item_choice.ts";
import { Random } from "./random.ts";
import { type PlantedTruth, plantTruth, trueRating } from "./tastes.ts";

export interface PlantedWorldOptions {
  /** An integer. */
  readonly seed: number;
  /** Ratings from 1 to 5, or acts of value 1. */
  readonly feedback: Feedback;
  readonly userCount: number;
  readonly itemCount: number;
  readonly eventCount: number;
  /** Dimensions of taste: the rank that a fit has to find. */
  readonly tasteCount: number;
  /** Exponent of the items' popularity over rank. */
  readonly popularityExponent: number;
  /** Standard deviation of the logarithm of a user's number of events. */
  readonly activitySpread: number;
  /** How strictly taste decides what a user acts on. */
  readonly selectivity: number;
  /** Standard deviation of a rating around its true value, before rounding (explicit only). */
  readonly ratingNoise: number;
  /** 1 for whole stars, .5 for halves (explicit only). */
  readonly ratingStep: number;
  /** Share of the users, and half this share of the items, that come during the period; the others are there before. */
  readonly newcomerShare: number;
  /** Milliseconds since 1970, and how long the stream lasts. */
  readonly startMs: number;
  readonly durationMs: number;
}

const DAY_MS = 86_400_000;

export const PLANTED_WORLD_DEFAULTS: PlantedWorldOptions = {
  seed: 1,
  feedback: "explicit",
  userCount: 3_000,
  itemCount: 2_000,
  eventCount: 200_000,
  tasteCount: 6,
  popularityExponent: 0.9,
  activitySpread: 0.9,
  selectivity: 1,
  ratingNoise: 0.4,
  ratingStep: 0.5,
  newcomerShare: 0.3,
  startMs: Date.UTC(2025, 0, 1),
  durationMs: 180 * DAY_MS,
};

/** Acts alone say less than ratings: users have to be choosier for as much to be found. */
const IMPLICIT_DEFAULTS = { selectivity: 2 };

export interface PlantedWorld {
  readonly options: PlantedWorldOptions;
  readonly truth: PlantedTruth;
  /** In order of time; users and items are indexes of `truth`; whole seconds. */
  readonly events: InteractionColumns;
}

/** Ids of planted users and items: "u" or "i" and the index. */
export const userIdOf = (user: number): string => `u${user}`;
export const itemIdOf = (item: number): string => `i${item}`;
/** The index of a planted id; NaN for an id of another form. */
export const indexOfId = (id: string): number => /^[ui]\d+$/.test(id) ? Number(id.slice(1)) : NaN;

/** Most of the items that one user acts on: below what is there before any newcomer. */
const MOST_ITEMS_PER_USER = 0.4;

/** Above, second and row no longer fit into one exact double (inOrderOfTime). */
const MOST_EVENTS = 2e7;

/** Makes the world. Takes about a second for a million events. Throws BadInput for sizes that cannot be. */
export function plantWorld(given: Partial<PlantedWorldOptions> = {}): PlantedWorld {
  const forFeedback = given.feedback === "implicit" ? IMPLICIT_DEFAULTS : {};
  const options = { ...PLANTED_WORLD_DEFAULTS, ...forFeedback, ...given };
  checkOptions(options);
  const truth = plantTruth(options);
  const events = inOrderOfTime(actsByUser(options, truth), options);
  if (options.feedback === "explicit") rate(events, truth, options);
  return { options, truth, events };
}

function checkOptions(options: PlantedWorldOptions): void {
  const { userCount, itemCount, eventCount, tasteCount, newcomerShare, durationMs, ratingStep } = options;
  const most = Math.min(MOST_EVENTS, userCount * mostPerUser(itemCount));
  const rules: [string, number, boolean, string][] = [
    ["userCount", userCount, isCount(userCount), "an integer of at least 1"],
    ["itemCount", itemCount, isCount(itemCount), "an integer of at least 1"],
    ["eventCount", eventCount, isCount(eventCount) && eventCount <= most, `an integer from 1 to ${most}`],
    ["tasteCount", tasteCount, isCount(tasteCount) && tasteCount <= 64, "an integer from 1 to 64"],
    ["newcomerShare", newcomerShare, newcomerShare >= 0 && newcomerShare <= 1, "0 to 1"],
    ["durationMs", durationMs, durationMs >= 1000 && durationMs <= 1e11, "1000 to 1e11"],
    ["ratingStep", ratingStep, ratingStep === 1 || ratingStep === 0.5, "1 or 0.5"],
  ];
  for (const [name, value, isGood, accepted] of rules) {
    if (!isGood) throw new BadInput(`a planted world with ${name} ${value}: ${accepted} is accepted`);
  }
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;

const mostPerUser = (itemCount: number) => Math.max(1, Math.floor(MOST_ITEMS_PER_USER * itemCount));

/** All acts, a user after the other, each user's in order of time; seconds since the start. */
interface Acts {
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly seconds: Float64Array;
}

function actsByUser(options: PlantedWorldOptions, truth: PlantedTruth): Acts {
  const { seed, userCount, itemCount, eventCount, activitySpread, newcomerShare } = options;
  const counts = plantActivity(
    { userCount, eventCount, mostPerUser: mostPerUser(itemCount), spread: activitySpread },
    Random.seeded(seed, 4),
  );
  const times = Random.seeded(seed, 5), choices = Random.seeded(seed, 6);
  const duration = Math.floor(options.durationMs / 1000);
  const userArrivals = plantArrivals(userCount, newcomerShare, duration, times);
  const itemArrivals = plantArrivals(itemCount, newcomerShare / 2, duration, times);
  const choice = new ItemChoice(truth, truth.popularity, options.selectivity);
  const users = new Uint32Array(eventCount), items = new Uint32Array(eventCount);
  const seconds = new Float64Array(eventCount);
  for (let user = 0, at = 0; user < userCount; user++) {
    const end = at + counts[user];
    plantTimes(seconds.subarray(at, end), userArrivals[user], duration, times);
    for (; at < end; at++) {
      users[at] = user;
      items[at] = choice.next(user, choices, itemArrivals, seconds[at]);
    }
  }
  return { users, items, seconds };
}

/** When each comes: the last `share` of the indexes during the period, in order, the others before it (0). */
function plantArrivals(count: number, share: number, duration: number, random: Random): Float64Array {
  const arrivals = new Float64Array(count);
  const newcomers = arrivals.subarray(count - Math.floor(share * count));
  for (let i = 0; i < newcomers.length; i++) newcomers[i] = random.uniform() * duration;
  newcomers.sort();
  return arrivals;
}

/** Sorts by (second, user, order of the user's acts); every value is 1. */
function inOrderOfTime(acts: Acts, options: PlantedWorldOptions): InteractionColumns {
  const count = acts.users.length;
  // Second and row in one exact double: sorting numbers is far cheaper than sorting by a comparison.
  const keys = acts.seconds.map((second, row) => second * count + row).sort();
  const users = new Uint32Array(count), items = new Uint32Array(count), timesMs = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const second = Math.floor(keys[i] / count), row = keys[i] - second * count;
    users[i] = acts.users[row], items[i] = acts.items[row];
    timesMs[i] = options.startMs + second * 1000;
  }
  return { count, users, items, timesMs, values: new Float64Array(count).fill(1) };
}

/** Writes ratings over the values: the true one plus noise, rounded to the step, within 1 to 5. */
function rate(events: InteractionColumns, truth: PlantedTruth, options: PlantedWorldOptions): void {
  const { ratingNoise, ratingStep } = options;
  const noise = Random.seeded(options.seed, 7);
  for (let i = 0; i < events.count; i++) {
    const felt = trueRating(truth, events.users[i], events.items[i]) + ratingNoise * noise.normal();
    events.values[i] = Math.min(5, Math.max(1, Math.round(felt / ratingStep) * ratingStep));
  }
}
