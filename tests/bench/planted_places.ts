/**
 * A sparse set in which people visit what is near them, as in the check-in data that published tables use (Gowalla): many
 * items, few of them each user's, and taste that no handful of dimensions explains. In src/synthesize/sparse_set.ts taste
 * has few dimensions; at 27 of 41,000 items a user no method finds much of it there, and a comparison of quality needs
 * something to find.
 */
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { plantActivity } from "../../src/synthesize/activity.ts";
import { AliasTable, zipfWeights } from "../../src/synthesize/alias_table.ts";
import { Random } from "../../src/synthesize/random.ts";

export interface PlacesOptions {
  readonly seed: number;
  readonly userCount: number;
  readonly itemCount: number;
  readonly interactionCount: number;
  readonly placeCount: number;
}

/** Places that a user knows: the home and the nearest ones, each half as often as the one before. */
const KNOWN_PLACES = 5;
/** Visits to anywhere at all. */
const TRAVEL_SHARE = 0.1;
/** Popularity of places by rank, and of items within their place. */
const PLACE_EXPONENT = 0.6, ITEM_EXPONENT = 0.8;
/** Draws of an item that the user has already; then a place is taken anywhere. */
const PATIENCE = 8;

interface Places {
  /** Items of place p: order[starts[p] .. starts[p+1]). */
  readonly starts: Uint32Array;
  readonly order: Uint32Array;
  readonly choices: readonly AliasTable[];
  readonly popularity: AliasTable;
  /** placeCount x KNOWN_PLACES. */
  readonly nearest: Uint32Array;
}

/** Rows of users, items ascending, every value 1. */
export function plantPlaces(options: PlacesOptions): RatingMatrix {
  const { seed, userCount, itemCount, interactionCount } = options;
  const places = layOut(options, Random.seeded(seed, 21));
  const most = Math.ceil(itemCount / 10);
  const activity = { userCount, eventCount: interactionCount, mostPerUser: most, spread: 0.9 };
  const counts = plantActivity(activity, Random.seeded(seed, 22));
  const random = Random.seeded(seed, 23);
  const indptr = new Uint32Array(userCount + 1), indices = new Uint32Array(interactionCount);
  const visitedBy = new Uint32Array(itemCount);
  for (let user = 0; user < userCount; user++) {
    const home = places.popularity.draw(random), start = indptr[user];
    indptr[user + 1] = start + counts[user];
    for (let at = start; at < indptr[user + 1]; at++) {
      const item = visit(places, home, visitedBy, user + 1, random);
      visitedBy[item] = user + 1;
      indices[at] = item;
    }
    indices.subarray(start, indptr[user + 1]).sort();
  }
  const values = new Float32Array(interactionCount).fill(1);
  return { rowCount: userCount, columnCount: itemCount, indptr, indices, values };
}

/** An item that this user has not visited yet. */
function visit(places: Places, home: number, visitedBy: Uint32Array, mark: number, random: Random): number {
  for (let met = 0;; met++) {
    const travels = met >= PATIENCE || random.uniform() < TRAVEL_SHARE;
    let known = 0;
    while (known + 1 < KNOWN_PLACES && random.uniform() < 0.5) known++;
    const place = travels ? places.popularity.draw(random) : places.nearest[home * KNOWN_PLACES + known];
    if (places.starts[place] === places.starts[place + 1]) continue;
    const item = places.order[places.starts[place] + places.choices[place].draw(random)];
    if (visitedBy[item] !== mark) return item;
  }
}

/** Places at random points of a square, items at random places. */
function layOut({ placeCount, itemCount }: PlacesOptions, random: Random): Places {
  const popularity = zipfWeights(placeCount, PLACE_EXPONENT);
  const table = new AliasTable(popularity);
  const placeOf = Uint32Array.from({ length: itemCount }, () => table.draw(random));
  const starts = new Uint32Array(placeCount + 1);
  for (const place of placeOf) starts[place + 1]++;
  for (let place = 0; place < placeCount; place++) starts[place + 1] += starts[place];
  const order = new Uint32Array(itemCount), next = starts.slice();
  placeOf.forEach((place, item) => order[next[place]++] = item);
  const choices = Array.from(
    { length: placeCount },
    (_, place) => new AliasTable(zipfWeights(Math.max(1, starts[place + 1] - starts[place]), ITEM_EXPONENT)),
  );
  return { starts, order, choices, popularity: table, nearest: nearestOf(placeCount, random) };
}

/** The nearest places of each, itself first. */
function nearestOf(placeCount: number, random: Random): Uint32Array {
  const x = Float64Array.from({ length: placeCount }, () => random.uniform());
  const y = Float64Array.from({ length: placeCount }, () => random.uniform());
  const nearest = new Uint32Array(placeCount * KNOWN_PLACES);
  for (let place = 0; place < placeCount; place++) {
    const distance = (other: number) => (x[other] - x[place]) ** 2 + (y[other] - y[place]) ** 2;
    const sorted = Array.from({ length: placeCount }, (_, other) => other).sort((a, b) =>
      distance(a) - distance(b)
    );
    for (let k = 0; k < KNOWN_PLACES; k++) nearest[place * KNOWN_PLACES + k] = sorted[k % placeCount];
  }
  return nearest;
}
