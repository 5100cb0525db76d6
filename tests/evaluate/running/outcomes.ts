/** Outcomes for tests of metrics. */
import type { Outcome } from "../../../src/evaluate/running/running_metric.ts";
import { Random } from "../../../src/synthesize/random.ts";

/** Numbers, errors of about 0.5. */
export function numericOutcomes(count: number, seed: number): Outcome[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const truth = 10 * random.uniform();
    return { truth, prediction: truth + random.normal() / 2 };
  });
}

/** Two labels; scores in tenths, so that many tie. */
export function binaryOutcomes(count: number, seed: number): Outcome[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const truth = random.uniform() < 0.4;
    const score =
      Math.min(9, Math.max(1, Math.round(10 * (0.3 + (truth ? 0.3 : 0) + 0.2 * random.normal())))) / 10;
    return { truth, prediction: score > 0.5, probabilities: new Map([[false, 1 - score], [true, score]]) };
  });
}
