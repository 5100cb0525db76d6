/** SEA: is the sum of two features above a threshold? */
import type { SyntheticFunction } from "./synthetic_function.ts";

const THRESHOLDS = [8, 9, 7, 9.5];

export interface SeaOptions {
  /** Share of the labels that are turned round. */
  readonly noise: number;
}

/**
 * x0, x1, x2 uniform over [0, 10); true where `x0 + x1 > threshold`; x2 says nothing (Street and Kim 2001). A concept is a
 * threshold: 8, 9, 7 or 9.5.
 */
export function seaFunction({ noise }: SeaOptions): SyntheticFunction {
  return {
    task: "classification",
    concepts: THRESHOLDS.map((threshold) => `sum above ${threshold}`),
    observe(random, concept) {
      const x0 = 10 * random.uniform(), x1 = 10 * random.uniform(), x2 = 10 * random.uniform();
      const isAbove = x0 + x1 > THRESHOLDS[concept], isTurned = random.uniform() < noise;
      return { features: { x0, x1, x2 }, target: isAbove !== isTurned };
    },
  };
}
