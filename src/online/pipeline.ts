/** A model with its steps before it: names come in, a prediction comes out. */
import { BadInput } from "../domain/failure.ts";
import type { Features, ObservationBlock, Target } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { ScalerKernel } from "../kernels/online_scaler.ts";
import type { ClassEstimator, FusedEstimator, RegressionEstimator } from "./estimator.ts";
import type { FeaturePath } from "./feature_path.ts";
import { assertNumericTarget, MAX_MAGNITUDE } from "./feature_reader.ts";
import { LabelIndex } from "./label_index.ts";
import { finitePrediction, type SavedModel } from "./online_model.ts";

/** The parts of a pipeline. */
export interface PipelineParts<E> {
  /** The text that it was made from, for messages. */
  readonly text: string;
  readonly path: FeaturePath;
  readonly estimator: E;
  /** A scaler that stands right before the model and whose work the model's kernel does: saved here. */
  readonly scaler?: ScalerKernel;
}

abstract class Pipeline<E extends RegressionEstimator | ClassEstimator> {
  protected readonly parts: PipelineParts<E>;

  constructor(parts: PipelineParts<E>) {
    this.parts = parts;
  }

  save(): StateTree {
    const { path, estimator, scaler } = this.parts;
    const estimatorState = estimator.save();
    return {
      path: path.save(),
      scaler: scaler?.save(path.output.count) ?? null,
      estimator: estimatorState,
      ...this.saveMore(),
    };
  }

  load(state: StateTree): void {
    const { path, scaler, estimator } = state as {
      path: StateTree;
      scaler: Float64Array | null;
      estimator: StateTree;
    };
    this.parts.path.load(path);
    if (scaler !== null) this.parts.scaler!.load(scaler);
    this.parts.estimator.load(estimator);
    this.loadMore(state as Readonly<Record<string, StateTree>>);
  }

  protected saveMore(): Readonly<Record<string, StateTree>> {
    return {};
  }

  protected loadMore(_state: Readonly<Record<string, StateTree>>): void {}

  /** Runs a block through the kernel of a model without steps other than its scaler. */
  protected runBlock(fused: FusedEstimator, block: ObservationBlock, predictions: Float64Array): void {
    assertBlock(block);
    const { input } = this.parts.path;
    input.assertRoom(block.names.length);
    const slots = Uint32Array.from(block.names, (name) => input.add(name));
    fused.kernel.reserve(input.count);
    fused.kernel.progressive({ slots, ...block }, predictions);
    finitePrediction(predictions[block.count - 1] ?? 0, this.parts.text);
  }
}

/** Predicts numbers. */
export class RegressionPipeline extends Pipeline<RegressionEstimator> implements SavedModel {
  readonly task = "regression";
  readonly progressiveBlock?: SavedModel["progressiveBlock"];

  constructor(parts: PipelineParts<RegressionEstimator>) {
    super(parts);
    const fused = fusedOf(parts);
    if (fused) this.progressiveBlock = (block, predictions) => this.runBlock(fused, block, predictions);
  }

  predictOne(features: Features): number {
    const { path, estimator, text } = this.parts;
    return finitePrediction(estimator.predict(path.toPredict(features)), text);
  }

  learnOne(features: Features, target: Target): void {
    assertNumericTarget(target);
    const { path, estimator } = this.parts;
    estimator.learn(path.toLearn(features), target);
  }
}

/** Tells labels apart. */
export class ClassificationPipeline extends Pipeline<ClassEstimator> implements SavedModel {
  readonly task = "classification";
  readonly progressiveBlock?: SavedModel["progressiveBlock"];
  readonly #labels: LabelIndex;
  #probabilities = new Float64Array(2);

  constructor(parts: PipelineParts<ClassEstimator>) {
    super(parts);
    this.#labels = new LabelIndex(parts.estimator.isBinary);
    const fused = fusedOf(parts);
    if (fused) {
      this.progressiveBlock = (block, predictions) => {
        assertZeroOrOne(block.targets.subarray(0, block.count));
        for (const label of [0, 1]) this.#labels.add(label);
        this.runBlock(fused, block, predictions);
      };
    }
  }

  /** The label with the greatest probability, of equal ones the first that appeared. Undefined before the first. */
  predictOne(features: Features): Target | undefined {
    if (this.#labels.isEmpty) return undefined;
    const probabilities = this.#predict(features);
    let best = -1;
    for (let c = 0; c < this.#labels.classCount; c++) {
      if (this.#labels.labelOf(c) === undefined) continue;
      if (best < 0 || probabilities[c] > probabilities[best]) best = c;
    }
    return this.#labels.labelOf(best);
  }

  predictProbabilitiesOne(features: Features): ReadonlyMap<Target, number> {
    const result = new Map<Target, number>();
    if (this.#labels.isEmpty) return result;
    const probabilities = this.#predict(features);
    for (let c = 0; c < this.#labels.classCount; c++) {
      const label = this.#labels.labelOf(c);
      if (label !== undefined) result.set(label, probabilities[c]);
    }
    return result;
  }

  learnOne(features: Features, target: Target): void {
    const { path, estimator } = this.parts;
    this.#labels.assertAccepts(target);
    const x = path.toLearn(features);
    const classIndex = this.#labels.add(target);
    estimator.learn(x, classIndex, this.#labels.classCount);
  }

  protected override saveMore(): Readonly<Record<string, StateTree>> {
    return { labels: this.#labels.save() };
  }

  protected override loadMore(state: Readonly<Record<string, StateTree>>): void {
    this.#labels.load(state.labels as readonly (Target | null)[]);
  }

  #predict(features: Features): Float64Array {
    const { path, estimator, text } = this.parts;
    const classCount = this.#labels.classCount;
    if (classCount > this.#probabilities.length) this.#probabilities = new Float64Array(2 * classCount);
    estimator.probabilities(path.toPredict(features), this.#probabilities);
    finitePrediction(this.#probabilities[0], text);
    return this.#probabilities;
  }
}

/** The estimator's kernel if all that stands before it is the scaler whose work it does. */
function fusedOf<E>({ path, estimator }: PipelineParts<E>): FusedEstimator | undefined {
  const candidate = estimator as Partial<FusedEstimator>;
  return path.isEmpty && candidate.kernel !== undefined ? candidate as FusedEstimator : undefined;
}

function assertBlock({ names, count, rows, targets }: ObservationBlock): void {
  if (rows.length < count * names.length || targets.length < count) {
    throw new BadInput(
      `a block of ${count} observations of ${names.length} features with ${rows.length} values and ` +
        `${targets.length} targets: at least ${count * names.length} and ${count} are accepted`,
    );
  }
  for (let at = 0; at < count * names.length; at++) {
    if (Math.abs(rows[at]) <= MAX_MAGNITUDE) continue;
    const row = Math.floor(at / names.length);
    throw new BadInput(
      `reading the feature "${names[at % names.length]}" of row ${row} of a block: it is ${
        rows[at]
      }; accepted are ` +
        `numbers of magnitude up to ${MAX_MAGNITUDE}`,
    );
  }
  for (let row = 0; row < count; row++) assertNumericTarget(targets[row]);
}

function assertZeroOrOne(targets: Float64Array): void {
  const wrong = targets.find((target) => target !== 0 && target !== 1);
  if (wrong !== undefined) {
    throw new BadInput(`learning the target ${wrong} in a block of a classification: 0 and 1 are accepted`);
  }
}
