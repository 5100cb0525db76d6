/** Standardises numbers by what was seen of them so far. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { Kernels } from "../../kernels/kernel_module.ts";
import { ScalerKernel } from "../../kernels/online_scaler.ts";
import type { FeatureIndex } from "../feature_index.ts";
import { FeatureVector } from "../feature_vector.ts";
import type { Transformer } from "../transformer.ts";

/**
 * `(x - m)/√v` with the running mean m and population variance v of each feature (Welford), 0 where v is 0. A feature
 * that is not there is untouched; texts pass through.
 */
export class StandardScaler implements Transformer {
  readonly output: FeatureIndex;
  readonly encodesTexts = false;
  readonly kernel: ScalerKernel;
  readonly #numbers = new FeatureVector();

  constructor(kernels: Kernels, input: FeatureIndex) {
    this.output = input;
    this.kernel = new ScalerKernel(kernels);
  }

  learn(x: FeatureVector): void {
    this.kernel.reserve(this.output.count);
    this.kernel.learn(this.#numbersOf(x));
  }

  transform(x: FeatureVector, out: FeatureVector): void {
    const numbers = this.#numbersOf(x);
    out.clear();
    for (let k = 0; k < numbers.count; k++) out.addNumber(numbers.slots[k], 0);
    this.kernel.transform(numbers, out.values);
    if (!x.hasTexts) return;
    for (let k = 0; k < x.count; k++) {
      const text = x.textAt(k);
      if (text !== undefined) out.addText(x.slots[k], text);
    }
  }

  save(): StateTree {
    this.kernel.reserve(this.output.count);
    return this.kernel.save(this.output.count);
  }

  load(state: StateTree): void {
    this.kernel.load(state as Float64Array);
  }

  #numbersOf(x: FeatureVector): FeatureVector {
    if (!x.hasTexts) return x;
    const numbers = this.#numbers;
    numbers.clear();
    for (let k = 0; k < x.count; k++) {
      if (x.textAt(k) === undefined) numbers.addNumber(x.slots[k], x.values[k]);
    }
    return numbers;
  }
}
