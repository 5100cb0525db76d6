/** Every synthetic stream that has a name: its parameters with defaults and bounds, and a lesson of one line. */
import { BadInput } from "../domain/failure.ts";
import { type DriftSchedule, listedSchedule, type Transition } from "./drift_schedule.ts";
import { FRIEDMAN_CONCEPTS, friedmanFunction } from "./friedman.ts";
import { hyperplaneFunction } from "./hyperplane.ts";
import { logicalFunction } from "./logical.ts";
import { planesFunction } from "./planes.ts";
import { seaFunction } from "./sea.ts";
import { sineFunction } from "./sine.ts";
import { staggerFunction } from "./stagger.ts";
import type { SyntheticFunction } from "./synthetic_function.ts";

/** What a parameter is: a number within bounds, or one of some words. */
export type StreamParameter =
  & { readonly help: string }
  & (
    | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly whole?: boolean;
      readonly default: number;
    }
    | { readonly kind: "choice"; readonly choices: readonly string[]; readonly default: string }
  );

/** By name, each within its parameter's bounds. */
export type StreamValues = Readonly<Record<string, number | string>>;

export interface CatalogEntry {
  readonly name: string;
  /** What it is good for. */
  readonly lesson: string;
  readonly parameters: Readonly<Record<string, StreamParameter>>;
  /** How many observations it has unless somebody says so. */
  readonly count: number;
  make(values: StreamValues, seed: number): MadeStream;
}

/** A function, and the drift that belongs to it. */
export interface MadeStream {
  readonly function: SyntheticFunction;
  readonly schedule: DriftSchedule;
}

function real(min: number, max: number, value: number, help: string): StreamParameter {
  return { kind: "number", min, max, default: value, help };
}

function whole(min: number, max: number, value: number, help: string): StreamParameter {
  return { kind: "number", whole: true, min, max, default: value, help };
}

/** Without drift of its own. */
function still(made: SyntheticFunction): MadeStream {
  return { function: made, schedule: listedSchedule(0, []) };
}

const NOISE = { noise: real(0, 1e6, 1, "standard deviation of what is added to the target") };
const turned = (share: number) => ({ noise: real(0, 1, share, "share of the labels that are turned round") });
const MOST = 1e12;

const FRIEDMAN_DRIFT = {
  kind: {
    kind: "choice",
    choices: ["lea", "gra", "gsg"],
    default: "gra",
    help: "local expanding abrupt, global recurring abrupt, or global slow gradual",
  },
  first: whole(1, MOST, 50_000, "position of the first change"),
  second: whole(2, MOST, 100_000, "of the second"),
  third: whole(3, MOST, 150_000, "of the third (lea)"),
  window: whole(0, MOST, 10_000, "observations of old and new concept mixed (gsg)"),
  ...NOISE,
} as const;

function friedmanDrift(values: StreamValues): MadeStream {
  const { kind, first, second, third, window, noise } = values as Readonly<Record<string, number>>;
  const to = (position: number, concept: string, shape: Transition["shape"] = "abrupt"): Transition => ({
    position,
    concept: FRIEDMAN_CONCEPTS.indexOf(concept),
    shape,
    width: shape === "abrupt" ? 0 : window,
  });
  const kinds: Readonly<Record<string, readonly Transition[]>> = {
    lea: [to(first, "small corners"), to(second, "larger corners"), to(third, "large corners")],
    gra: [to(first, "swapped"), to(second, "friedman")],
    gsg: [to(first, "turned", "even"), to(second, "turned again", "even")],
  };
  if (kind as unknown === "gsg" && window > second - first) {
    throw new BadInput(
      `"friedman-drift" with a window of ${window} and changes at ${first} and ${second}: a window up to ${
        second - first
      } is accepted`,
    );
  }
  return { function: friedmanFunction({ noise }), schedule: listedSchedule(0, kinds[kind]) };
}

const HYPERPLANE = {
  features: whole(1, 1000, 10, "features"),
  moving: whole(0, 1000, 2, "features whose weights move"),
  change: real(0, 1, 0, "how far they move with each observation"),
  turn: real(0, 1, 0.1, "probability of a change of direction"),
  ...turned(0.05),
} as const;

/** In the order in which they are listed. */
export const STREAM_CATALOG: readonly CatalogEntry[] = [
  {
    name: "friedman",
    lesson: "A regression of five features out of ten: partly a product, partly a square, partly linear.",
    parameters: NOISE,
    count: 100_000,
    make: ({ noise }) => still(friedmanFunction({ noise: noise as number })),
  },
  {
    name: "friedman-drift",
    lesson: "Friedman's function that changes at known places: who notices, and who recovers?",
    parameters: FRIEDMAN_DRIFT,
    count: 200_000,
    make: friedmanDrift,
  },
  {
    name: "planes",
    lesson: "A regression of two planes, chosen by one feature: trees find it, linear models cannot.",
    parameters: NOISE,
    count: 100_000,
    make: ({ noise }) => still(planesFunction({ noise: noise as number })),
  },
  {
    name: "sea",
    lesson: "Labels by a threshold on the sum of two features; concepts are thresholds, so drift is mild.",
    parameters: turned(0.1),
    count: 100_000,
    make: ({ noise }) => still(seaFunction({ noise: noise as number })),
  },
  {
    name: "hyperplane",
    lesson: "Labels by a plane through many features; with change=0.001 it turns slowly all the time.",
    parameters: HYPERPLANE,
    count: 100_000,
    make: ({ features, moving, ...rest }, seed) => {
      const { change, turn, noise } = rest as Readonly<Record<string, number>>;
      const counts = { featureCount: features as number, driftCount: moving as number };
      if (moving > features) {
        throw new BadInput(
          `"hyperplane" with ${features} features of which ${moving} move: up to all is accepted`,
        );
      }
      return still(hyperplaneFunction({ seed, ...counts, change, turn, noise }));
    },
  },
  {
    name: "stagger",
    lesson:
      'Labels by rules about texts (size, color, shape); needs "one-hot"; concepts contradict each other.',
    parameters: {},
    count: 100_000,
    make: () => still(staggerFunction()),
  },
  {
    name: "sine",
    lesson: "Labels by a curve through two features; reversed concepts turn every label round.",
    parameters: {
      irrelevant: {
        kind: "choice",
        choices: ["yes", "no"],
        default: "no",
        help: "two features more that say nothing",
      },
    },
    count: 100_000,
    make: ({ irrelevant }) => still(sineFunction({ hasIrrelevant: irrelevant === "yes" })),
  },
  {
    name: "logical",
    lesson: "Labels by or, xor, and of two bits: xor needs a cross of features or a tree.",
    parameters: {},
    count: 100_000,
    make: () => still(logicalFunction()),
  },
];
