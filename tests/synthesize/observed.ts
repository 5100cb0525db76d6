/** Observations of a function under one concept, for tests that calculate the targets again. */
import type { Observation } from "../../src/domain/observation.ts";
import { Random } from "../../src/synthesize/random.ts";
import type { SyntheticFunction } from "../../src/synthesize/synthetic_function.ts";

export function observed(made: SyntheticFunction, concept: string, count = 400, seed = 5): Observation[] {
  const c = made.concepts.indexOf(concept);
  if (c < 0) throw new Error(`no concept "${concept}" among ${made.concepts.join(", ")}`);
  return Array.from({ length: count }, (_, position) => made.observe(Random.at(seed, position), c, position));
}

/** Features as numbers, in order. */
export function numbersOf({ features }: Observation): number[] {
  return Object.values(features) as number[];
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
