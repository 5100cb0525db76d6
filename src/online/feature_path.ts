/** The steps before the model, in order. */
import type { Features } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { FeatureIndex } from "./feature_index.ts";
import { FeatureReader } from "./feature_reader.ts";
import { FeatureVector } from "./feature_vector.ts";
import type { Transformer } from "./transformer.ts";

export class FeaturePath {
  /** Of what comes in. */
  readonly input: FeatureIndex;
  readonly #steps: readonly Transformer[];
  readonly #reader: FeatureReader;
  readonly #vectors: readonly FeatureVector[];

  /** The first step was made with `input`, each other with the output of the one before. */
  constructor(input: FeatureIndex, steps: readonly Transformer[]) {
    this.input = input;
    this.#steps = steps;
    this.#reader = new FeatureReader(input, steps.some((step) => step.encodesTexts));
    this.#vectors = steps.map(() => new FeatureVector());
  }

  /** Of what the model sees. */
  get output(): FeatureIndex {
    return this.#steps.at(-1)?.output ?? this.input;
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  /** What the model predicts from; changes nothing. Valid until the next call. */
  toPredict(features: Features): FeatureVector {
    let x = this.#reader.readKnown(features);
    for (let s = 0; s < this.#steps.length; s++) {
      this.#steps[s].transform(x, this.#vectors[s]);
      x = this.#vectors[s];
    }
    return x;
  }

  /** Each step learns, then transforms by what it has just learnt: what the model learns from. Valid until the next call. */
  toLearn(features: Features): FeatureVector {
    let x = this.#reader.readToLearn(features);
    for (let s = 0; s < this.#steps.length; s++) {
      this.#steps[s].learn(x);
      this.#steps[s].transform(x, this.#vectors[s]);
      x = this.#vectors[s];
    }
    return x;
  }

  save(): StateTree {
    return { input: this.input.save(), steps: this.#steps.map((step) => step.save()) };
  }

  load(state: StateTree): void {
    const { input, steps } = state as { input: readonly string[]; steps: readonly StateTree[] };
    this.input.load(input);
    this.#steps.forEach((step, s) => step.load(steps[s]));
  }
}
