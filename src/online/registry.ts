/** Every step that a pipeline may name: its parameters with defaults and bounds, and a lesson of one line. */
import { LINEAR_MODELS } from "./registry/linear_models.ts";
import { OTHER_MODELS } from "./registry/other_models.ts";
import type { RegistryEntry } from "./registry/entry.ts";
import { TRANSFORMERS } from "./registry/transformers.ts";

/** In the order in which they are listed. */
export const REGISTRY: readonly RegistryEntry[] = [...TRANSFORMERS, ...LINEAR_MODELS, ...OTHER_MODELS];

export function findEntry(name: string): RegistryEntry | undefined {
  return REGISTRY.find((entry) => entry.name === name);
}
