/** Two planes: which of them holds is said by one feature. */
import type { SyntheticFunction } from "./synthetic_function.ts";

export interface PlanesOptions {
  /** Standard deviation of what is added to the target. */
  readonly noise: number;
}

/**
 * x1 is -1 or 1; x2 to x10 are -1, 0 or 1, all alike often. `y = 3 + 3 x2 + 2 x3 + x4` where x1 = 1, `-3 + 3 x5 + 2 x6 + x7`
 * where x1 = -1, and N(0, noise²) (Breiman et al. 1984). In the second concept, ours, x1 says the opposite.
 */
export function planesFunction({ noise }: PlanesOptions): SyntheticFunction {
  return {
    task: "regression",
    concepts: ["planes", "sides exchanged"],
    observe(random, concept) {
      const features: Record<string, number> = { x1: 2 * random.below(2) - 1 };
      for (let i = 2; i <= 10; i++) features[`x${i}`] = random.below(3) - 1;
      const { x1, x2, x3, x4, x5, x6, x7 } = features;
      const side = concept === 0 ? x1 : -x1;
      const plane = side === 1 ? 3 + 3 * x2 + 2 * x3 + x4 : -3 + 3 * x5 + 2 * x6 + x7;
      return { features, target: plane + noise * random.normal() };
    },
  };
}
