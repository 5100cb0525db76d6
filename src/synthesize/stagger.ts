/** STAGGER: three rules about blocks of a size, a colour and a shape. */
import type { SyntheticFunction } from "./synthetic_function.ts";

const SIZES = ["small", "medium", "large"];
const COLORS = ["red", "blue", "green"];
const SHAPES = ["circle", "square", "triangle"];

const RULES: readonly (readonly [string, (size: string, color: string, shape: string) => boolean])[] = [
  ["small and red", (size, color) => size === "small" && color === "red"],
  ["green or a circle", (_, color, shape) => color === "green" || shape === "circle"],
  ["medium or large", (size) => size === "medium" || size === "large"],
];

/**
 * All 27 blocks alike often; features are texts ("one-hot" makes numbers of them). The concepts are the three rules of
 * Schlimmer and Granger (1986).
 */
export function staggerFunction(): SyntheticFunction {
  return {
    task: "classification",
    concepts: RULES.map(([name]) => name),
    observe(random, concept) {
      const size = SIZES[random.below(3)], color = COLORS[random.below(3)], shape = SHAPES[random.below(3)];
      return { features: { size, color, shape }, target: RULES[concept][1](size, color, shape) };
    },
  };
}
