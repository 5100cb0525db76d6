/** The streams of `bench:online`: one NDJSON file each, which both sides read. */
import type { Observation, ObservationBlock } from "../../../src/domain/observation.ts";
import type { RatingBlock } from "../../../src/online/models/recommender.ts";
import { Random } from "../../../src/synthesize/random.ts";

export interface StreamFile {
  /** "planted" or the name of the real data. */
  readonly source: string;
  readonly path: string;
  readonly count: number;
}

/** The field that is learnt, in both files. */
export const TARGET = "y";
const FEATURE_COUNT = 10, TABLE_ROWS = 100_000, TINY_ROWS = 1_000;

/** Friedman's function of ten uniform features, five of which say nothing. */
export async function writeTable(folder: string, tiny: boolean): Promise<StreamFile> {
  const random = Random.seeded(1), count = tiny ? TINY_ROWS : TABLE_ROWS, path = `${folder}/table.ndjson`;
  const lines = Array.from({ length: count }, () => {
    const x = Array.from({ length: FEATURE_COUNT }, () => random.uniform());
    const y = 10 * Math.sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4];
    const features = Object.fromEntries(x.map((value, i) => [`x${i}`, value]));
    return JSON.stringify({ ...features, [TARGET]: y + random.normal() });
  });
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
  return { source: "planted: Friedman's function, 10 features", path, count };
}

/** ML-100K in time order where it is found, else ratings of its shape with planted biases. */
export async function writeRatings(folder: string, dataFolder: string, tiny: boolean): Promise<StreamFile> {
  const path = `${folder}/ratings.ndjson`;
  const real = tiny ? undefined : await readMovieLens(`${dataFolder}/movielens-100k/u.data.gz`);
  const rows = real ?? plantedRatings(tiny ? TINY_ROWS : TABLE_ROWS);
  const lines = rows.map(([user, item, y]) => JSON.stringify({ user, item, [TARGET]: y }));
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
  return { source: real ? "ML-100K by time" : "planted: shape of ML-100K", path, count: rows.length };
}

type Rating = readonly [user: string, item: string, value: number];

async function readMovieLens(path: string): Promise<Rating[] | undefined> {
  const bytes = await Deno.readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const rows = (await new Response(stream).text()).trim().split("\n").map((line) => line.split("\t"));
  rows.sort((a, b) => Number(a[3]) - Number(b[3]));
  return rows.map(([user, item, rating]) => [user, item, Number(rating)]);
}

function plantedRatings(count: number): Rating[] {
  const random = Random.seeded(2);
  const users = Array.from({ length: 943 }, () => 0.4 * random.normal());
  const items = Array.from({ length: 1682 }, () => 0.5 * random.normal());
  return Array.from({ length: count }, () => {
    const user = random.below(users.length), item = random.below(items.length);
    const value = Math.round(3.5 + users[user] + items[item] + 0.9 * random.normal());
    return [`${user}`, `${item}`, Math.min(5, Math.max(1, value))];
  });
}

export async function readRows(file: StreamFile): Promise<Observation[]> {
  const lines = (await Deno.readTextFile(file.path)).trim().split("\n");
  return lines.map((line) => {
    const { [TARGET]: target, ...features } = JSON.parse(line);
    return { features, target };
  });
}

/** Of the table: as typed arrays. */
export function blockOf(rows: readonly Observation[]): ObservationBlock {
  const names = Object.keys(rows[0].features);
  return {
    names,
    count: rows.length,
    rows: Float64Array.from(rows.flatMap(({ features }) => names.map((name) => features[name] as number))),
    targets: Float64Array.from(rows, ({ target }) => target as number),
  };
}

/** Of the ratings. */
export function ratingBlockOf(rows: readonly Observation[]): RatingBlock {
  const users = new Map<string, number>(), items = new Map<string, number>();
  const indexOf = (index: Map<string, number>, id: string) => {
    if (!index.has(id)) index.set(id, index.size);
    return index.get(id)!;
  };
  return {
    count: rows.length,
    users: Uint32Array.from(rows, ({ features }) => indexOf(users, features.user as string)),
    items: Uint32Array.from(rows, ({ features }) => indexOf(items, features.item as string)),
    values: Float64Array.from(rows, ({ target }) => target as number),
    userIds: [...users.keys()],
    itemIds: [...items.keys()],
  };
}
