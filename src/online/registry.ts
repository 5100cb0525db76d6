/** Every step that a pipeline may name: its parameters with defaults and bounds, and a lesson of one line. */
import { CLASS_MODELS } from "./registry/class_models.ts";
import { LINEAR_MODELS } from "./registry/linear_models.ts";
import { MACHINE_MODELS } from "./registry/machine_models.ts";
import { NEIGHBOUR_MODELS } from "./registry/neighbour_models.ts";
import { OTHER_MODELS } from "./registry/other_models.ts";
import type { RegistryEntry } from "./registry/entry.ts";
import { TRANSFORMERS } from "./registry/transformers.ts";
import { TREE_MODELS } from "./registry/tree_models.ts";
import { WRAPPERS } from "./registry/wrappers.ts";

/** In the order in which they are listed. */
export const REGISTRY: readonly RegistryEntry[] = [
  ...TRANSFORMERS,
  ...LINEAR_MODELS,
  ...CLASS_MODELS,
  ...MACHINE_MODELS,
  ...TREE_MODELS,
  ...NEIGHBOUR_MODELS,
  ...OTHER_MODELS,
  ...WRAPPERS,
];

export function findEntry(name: string): RegistryEntry | undefined {
  return REGISTRY.find((entry) => entry.name === name);
}
