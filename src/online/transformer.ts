/** A step before the model: takes an observation's features, gives others. */
import type { StateTree } from "../domain/state_tree.ts";
import type { FeatureIndex } from "./feature_index.ts";
import type { FeatureVector } from "./feature_vector.ts";

/** Slots of what comes in are those of the index that it was made with; slots of what it gives are `output`'s. */
export interface Transformer {
  readonly output: FeatureIndex;
  /** Whether it turns every text into numbers. */
  readonly encodesTexts: boolean;
  learn(x: FeatureVector): void;
  /** Changes nothing but `out`, which it fills from empty. What was never learnt it leaves out. */
  transform(x: FeatureVector, out: FeatureVector): void;
  save(): StateTree;
  load(state: StateTree): void;
}
