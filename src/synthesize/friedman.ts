/** Friedman's function of five features out of ten, and what it drifts to. */
import type { Observation } from "../domain/observation.ts";
import type { Random } from "./random.ts";
import type { SyntheticFunction } from "./synthetic_function.ts";

const FEATURE_COUNT = 10;
const NAMES = Array.from({ length: FEATURE_COUNT }, (_, i) => `x${i}`);

type Surface = (x: Float64Array) => number;

/** `10 sin(π a b) + 20 (c - .5)² + 10 d + 5 e` of the features with these indexes. */
function friedman(a: number, b: number, c: number, d: number, e: number): Surface {
  return (x) => 10 * Math.sin(Math.PI * x[a] * x[b]) + 20 * (x[c] - 0.5) ** 2 + 10 * x[d] + 5 * x[e];
}

const base = friedman(0, 1, 2, 3, 4);

/**
 * Two corners of the feature space have surfaces of their own; `depth` of the bounds on x1, x2, x3, x4 hold: the fewer, the
 * larger the corners (.8 % of the space each, 2.7 %, 9 %).
 */
function withCorners(depth: 2 | 3 | 4): Surface {
  return (x) => {
    const isLow = x[1] < 0.3 && x[2] < 0.3 && (depth < 3 || x[3] > 0.7) && (depth < 4 || x[4] < 0.3);
    if (isLow) return 10 * x[0] * x[1] + 20 * (x[2] - 0.5) + 10 * x[3] + 5 * x[4];
    const isHigh = x[1] > 0.7 && x[2] > 0.7 && (depth < 3 || x[3] < 0.3) && (depth < 4 || x[4] > 0.7);
    if (!isHigh) return base(x);
    return 10 * Math.cos(x[0] * x[1]) + 20 * (x[2] - 0.5) + Math.exp(x[3]) + 5 * x[4] ** 2;
  };
}

/** Names are those of `FRIEDMAN_CONCEPTS`. `swapped` has x5, as River does; `turned` is the first step of the slow drift. */
const SURFACES: readonly (readonly [string, Surface])[] = [
  ["friedman", base],
  ["swapped", friedman(3, 5, 1, 0, 2)],
  ["turned", friedman(3, 4, 1, 0, 2)],
  ["turned again", friedman(1, 4, 3, 2, 0)],
  ["small corners", withCorners(4)],
  ["larger corners", withCorners(3)],
  ["large corners", withCorners(2)],
];

export const FRIEDMAN_CONCEPTS: readonly string[] = SURFACES.map(([name]) => name);

export interface FriedmanOptions {
  /** Standard deviation of what is added to the target. */
  readonly noise: number;
}

/**
 * x0 to x9 uniform over [0, 1), `y = 10 sin(π x0 x1) + 20 (x2 - .5)² + 10 x3 + 5 x4 + N(0, noise²)` (Friedman 1991); the
 * other concepts are those that Ikonomovska, Gama and Džeroski (2011) let it drift to, as in River's FriedmanDrift.
 */
export function friedmanFunction({ noise }: FriedmanOptions): SyntheticFunction {
  const x = new Float64Array(FEATURE_COUNT);
  return {
    task: "regression",
    concepts: FRIEDMAN_CONCEPTS,
    observe(random: Random, concept: number): Observation {
      const features: Record<string, number> = {};
      for (let i = 0; i < FEATURE_COUNT; i++) features[NAMES[i]] = x[i] = random.uniform();
      return { features, target: SURFACES[concept][1](x) + noise * random.normal() };
    },
  };
}
