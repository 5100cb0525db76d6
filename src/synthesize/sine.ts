/** Sine: on which side of a curve does a point lie? */
import type { Features } from "../domain/observation.ts";
import type { SyntheticFunction } from "./synthetic_function.ts";

const BELOW: readonly (readonly [string, (x0: number, x1: number) => boolean])[] = [
  ["sine1", (x0, x1) => x0 < Math.sin(x1)],
  ["sine1 reversed", (x0, x1) => x0 >= Math.sin(x1)],
  ["sine2", (x0, x1) => x0 < 0.5 + 0.3 * Math.sin(3 * Math.PI * x1)],
  ["sine2 reversed", (x0, x1) => x0 >= 0.5 + 0.3 * Math.sin(3 * Math.PI * x1)],
];

export interface SineOptions {
  /** Adds x2 and x3, which say nothing. */
  readonly hasIrrelevant: boolean;
}

/**
 * x0, x1 uniform over [0, 1); true below the curve `x0 = sin(x1)` or `x0 = .5 + .3 sin(3π x1)`, or above it where reversed
 * (Gama et al. 2004).
 */
export function sineFunction({ hasIrrelevant }: SineOptions): SyntheticFunction {
  return {
    task: "classification",
    concepts: BELOW.map(([name]) => name),
    observe(random, concept) {
      const x0 = random.uniform(), x1 = random.uniform();
      const features: Features = hasIrrelevant
        ? { x0, x1, x2: random.uniform(), x3: random.uniform() }
        : { x0, x1 };
      return { features, target: BELOW[concept][1](x0, x1) };
    },
  };
}
