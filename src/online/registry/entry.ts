/** What a registry entry is. */
import type { Task } from "../../domain/observation.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import type { ClassEstimator, EstimatorContext, RegressionEstimator } from "../estimator.ts";
import type { FeatureIndex } from "../feature_index.ts";
import type { SavedModel } from "../online_model.ts";
import type { ParameterSpecs } from "../parameters.ts";
import type { StepText } from "../pipeline_text.ts";
import type { Transformer } from "../transformer.ts";

/** What a step is made with. Each model has kernels, and so a memory, of its own. */
export interface MakeContext {
  readonly kernels: Kernels;
  readonly seed: number;
}

interface EntryHead {
  readonly name: string;
  /** What it does and when to take it, in one line. */
  readonly lesson: string;
  readonly parameters: ParameterSpecs;
}

export interface TransformerEntry extends EntryHead {
  readonly kind: "transformer";
  /** What plain values mean ("names of features"); absent where there are none. */
  readonly plain?: string;
  make(step: StepText, context: MakeContext, input: FeatureIndex): Transformer;
}

interface EstimatorHead extends EntryHead {
  /** Its kernel does the work of a standard scaler that stands right before it. */
  readonly fusesScaler: boolean;
}

export interface RegressorEntry extends EstimatorHead {
  readonly kind: "regressor";
  make(step: StepText, context: MakeContext & EstimatorContext): RegressionEstimator;
}

export interface ClassifierEntry extends EstimatorHead {
  readonly kind: "classifier";
  make(step: StepText, context: MakeContext & EstimatorContext): ClassEstimator;
}

/** A model that takes observations as they are: no step stands before it. */
export interface ModelEntry extends EntryHead {
  readonly kind: "model";
  readonly task: Task;
  make(step: StepText, context: MakeContext): SavedModel;
}

/** Stands after a regression and bounds what it predicts. */
export interface ClipEntry extends EntryHead {
  readonly kind: "clip";
  bounds(step: StepText): { readonly min: number; readonly max: number };
}

/** Stands after a model and does something with all that stands before it. */
export interface WrapperEntry extends EntryHead {
  readonly kind: "wrapper";
  /** `make` gives a new untaught model with each call. */
  wrap(step: StepText, make: () => SavedModel, seed: number): SavedModel;
}

export type RegistryEntry =
  | TransformerEntry
  | RegressorEntry
  | ClassifierEntry
  | ModelEntry
  | ClipEntry
  | WrapperEntry;
