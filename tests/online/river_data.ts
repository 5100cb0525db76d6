/** Real streams that lie beside the project, never in it. `skip` says why a test cannot run, false if it can. */
import type { Observation } from "../../src/domain/observation.ts";

const ROOT = new URL("../../../shared/data/", import.meta.url);

/** For `it(name, { skip }, ...)`. */
export function skipWithout(path: string): string | false {
  try {
    Deno.statSync(new URL(path, ROOT));
    return false;
  } catch {
    return `../shared/data/${path} is not there`;
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await Deno.readFile(new URL(path, ROOT));
  if (!path.endsWith(".gz")) return new TextDecoder().decode(bytes);
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

async function readObservations(path: string, target: string): Promise<Observation[]> {
  const [header, ...lines] = (await readText(path)).trim().split("\n");
  const names = header.split(",");
  return lines.map((line) => {
    const { [target]: value, ...features } = Object.fromEntries(
      line.split(",").map((field, i) => [names[i], Number(field)]),
    );
    return { features, target: value };
  });
}

export const CHICK_WEIGHTS = "river/chick-weights.csv";
export const TRUMP_APPROVAL = "river/trump_approval.csv.gz";
export const MOVIELENS = "movielens-100k/u.data.gz";
export const TOY = "river/reco_toy_golden.json";

export function chickWeights(): Promise<Observation[]> {
  return readObservations(CHICK_WEIGHTS, "weight");
}

export function trumpApproval(): Promise<Observation[]> {
  return readObservations(TRUMP_APPROVAL, "five_thirty_eight");
}

/** ML-100K by time; equal times stay in the file's order. */
export async function movielens(): Promise<Observation[]> {
  const rows = (await readText(MOVIELENS)).trim().split("\n").map((line) => line.split("\t"));
  rows.sort((a, b) => Number(a[3]) - Number(b[3]));
  return rows.map(([user, item, rating]) => ({ features: { user, item }, target: Number(rating) }));
}

/** Initial factors by "u:NAME" and "i:NAME", and what River 0.26 predicts for Bob and Harry Potter. */
export interface ToyModel {
  readonly lr: number;
  readonly init: Readonly<Record<string, readonly number[]>>;
  readonly pred_bob_hp: number;
}

export async function toyRecommenders() {
  return JSON.parse(await readText(TOY)) as {
    readonly events: readonly (readonly [user: string, item: string, rating: number])[];
    readonly funk: ToyModel;
    readonly biased: ToyModel;
  };
}
