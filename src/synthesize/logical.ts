/** Logical functions of two bits. */
import type { SyntheticFunction } from "./synthetic_function.ts";

const RULES: readonly (readonly [string, (a: number, b: number) => boolean])[] = [
  ["or", (a, b) => a + b > 0],
  ["xor", (a, b) => a !== b],
  ["and", (a, b) => a + b === 2],
];

/** a and b are 0 or 1, the four pairs alike often; a concept is one of "or", "xor" and "and". No linear model learns xor. */
export function logicalFunction(): SyntheticFunction {
  return {
    task: "classification",
    concepts: RULES.map(([name]) => name),
    observe(random, concept) {
      const a = random.below(2), b = random.below(2);
      return { features: { a, b }, target: RULES[concept][1](a, b) };
    },
  };
}
