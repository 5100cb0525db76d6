/** From the text of a pipeline to a model. */
import { BadInput } from "../domain/failure.ts";
import { instantiateKernels } from "../kernels/kernel_module.ts";
import { ClippedModel } from "./clipped_model.ts";
import { FeatureIndex } from "./feature_index.ts";
import { FeaturePath } from "./feature_path.ts";
import type { SavedModel } from "./online_model.ts";
import { ClassificationPipeline, RegressionPipeline } from "./pipeline.ts";
import { parsePipeline, type StepText } from "./pipeline_text.ts";
import { findEntry, REGISTRY } from "./registry.ts";
import type { ClassifierEntry, MakeContext, RegistryEntry, RegressorEntry } from "./registry/entry.ts";
import type { Transformer } from "./transformer.ts";
import { StandardScaler } from "./transformers/standard_scaler.ts";

export interface CreateOptions {
  /** The kernels (portable build); each model gets an instance with a memory of its own. */
  readonly module: WebAssembly.Module;
  readonly seed: number;
}

interface Step {
  readonly step: StepText;
  readonly entry: RegistryEntry;
}

/**
 * The model that a text such as `scale | linear(learning-rate=0.01) | clip(min=0)` names: any number of steps before, one model,
 * and after it `clip` or `reset-on-drift` if need be. Throws BadInput that names what is unknown or out of order, and what
 * would be accepted.
 */
export function createModel(text: string, { module, seed }: CreateOptions): SavedModel {
  const steps = parsePipeline(text).map((step): Step => ({ step, entry: entryOf(step) }));
  const after: Step[] = [];
  while (steps.length > 0 && standsAfter(steps.at(-1)!.entry)) after.unshift(steps.pop()!);
  const last = steps.pop();
  if (last === undefined || !isModel(last.entry)) {
    throw new BadInput(`the model '${text}' has no model after its steps; models are ${namesOf(isModel)}`);
  }
  for (const { step, entry } of steps) {
    if (entry.kind === "transformer") continue;
    throw new BadInput(
      `the model '${text}' goes on after "${step.name}"; before the model are accepted ` +
        `${namesOf(({ kind }) => kind === "transformer")}, after it ${namesOf(standsAfter)}`,
    );
  }
  const makePlain = () => modelOf(text, steps, last, { kernels: instantiateKernels(module), seed });
  return after.reduce((make, step) => () => applied(text, step, make, seed), makePlain)();
}

/** What a step after the model makes of what stands before it. */
function applied(text: string, { step, entry }: Step, make: () => SavedModel, seed: number): SavedModel {
  assertPlainValues({ step, entry });
  if (entry.kind === "wrapper") return entry.wrap(step, make, seed);
  const model = make();
  if (model.task !== "regression" || entry.kind !== "clip") {
    throw new BadInput(`the model '${text}' clips labels; "clip" is accepted after a regression`);
  }
  return new ClippedModel(model, entry.bounds(step));
}

function modelOf(
  text: string,
  steps: readonly Step[],
  { step, entry }: Step,
  context: MakeContext,
): SavedModel {
  assertPlainValues({ step, entry });
  if (entry.kind === "model") {
    if (steps.length > 0) {
      throw new BadInput(
        `the model '${text}' has steps before "${step.name}", which takes observations as they are; none are accepted`,
      );
    }
    return entry.make(step, context);
  }
  return pipelineOf(text, steps, step, entry as RegressorEntry | ClassifierEntry, context);
}

function pipelineOf(
  text: string,
  steps: readonly Step[],
  step: StepText,
  entry: RegressorEntry | ClassifierEntry,
  context: MakeContext,
): SavedModel {
  const input = new FeatureIndex();
  const transformers: Transformer[] = [];
  for (const one of steps) {
    assertPlainValues(one);
    const before = transformers.at(-1)?.output ?? input;
    if (one.entry.kind === "transformer") transformers.push(one.entry.make(one.step, context, before));
  }
  const index = transformers.at(-1)?.output ?? input;
  const scaler = transformers.at(-1);
  const options = { ...context, slotCount: () => index.count, slotName: (slot: number) => index.names[slot] };
  const fused = entry.fusesScaler && scaler instanceof StandardScaler ? scaler.kernel : undefined;
  const path = new FeaturePath(input, fused ? transformers.slice(0, -1) : transformers);
  const parts = { text, path, scaler: fused };
  return entry.kind === "regressor"
    ? new RegressionPipeline({ ...parts, estimator: entry.make(step, { ...options, scaler: fused }) })
    : new ClassificationPipeline({ ...parts, estimator: entry.make(step, { ...options, scaler: fused }) });
}

function entryOf(step: StepText): RegistryEntry {
  const entry = findEntry(step.name);
  if (entry !== undefined) return entry;
  throw new BadInput(`there is no step "${step.name}"; there are ${namesOf(() => true)}`);
}

function assertPlainValues({ step, entry }: Step): void {
  if (step.plain.length === 0 || (entry.kind === "transformer" && entry.plain !== undefined)) return;
  throw new BadInput(
    `the step "${step.name}" was given (${step.plain.join(", ")}); parameters are accepted as name=value`,
  );
}

function isModel(entry: RegistryEntry): boolean {
  return entry.kind !== "transformer" && !standsAfter(entry);
}

function standsAfter({ kind }: RegistryEntry): boolean {
  return kind === "clip" || kind === "wrapper";
}

function namesOf(isWanted: (entry: RegistryEntry) => boolean): string {
  return REGISTRY.filter(isWanted).map(({ name }) => name).join(", ");
}
