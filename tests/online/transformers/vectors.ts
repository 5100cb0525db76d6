/** Vectors for tests of transformers. */
import { FeatureIndex } from "../../../src/online/feature_index.ts";
import { FeatureReader } from "../../../src/online/feature_reader.ts";
import { FeatureVector } from "../../../src/online/feature_vector.ts";
import type { Features, FeatureValue } from "../../../src/domain/observation.ts";
import type { Transformer } from "../../../src/online/transformer.ts";

/** A transformer with names before and after it. */
export class NamedTransformer<T extends Transformer> {
  readonly input = new FeatureIndex();
  readonly transformer: T;
  readonly #reader = new FeatureReader(this.input, true);
  readonly #out = new FeatureVector();

  constructor(make: (input: FeatureIndex) => T) {
    this.transformer = make(this.input);
  }

  learn(...observations: readonly Features[]): void {
    for (const features of observations) this.transformer.learn(this.#reader.readToLearn(features));
  }

  transform(features: Features): Features {
    this.transformer.transform(this.#reader.readKnown(features), this.#out);
    const names = this.transformer.output.names;
    return Object.fromEntries(
      Array.from({ length: this.#out.count }, (_, k): [string, FeatureValue] => [
        names[this.#out.slots[k]],
        this.#out.textAt(k) ?? this.#out.values[k],
      ]),
    );
  }

  /** The same transformer, made anew with the state of this one. */
  restored(make: (input: FeatureIndex) => T): NamedTransformer<T> {
    const other = new NamedTransformer(make);
    other.input.load(this.input.save());
    other.transformer.load(this.transformer.save());
    return other;
  }
}
