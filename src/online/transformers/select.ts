/** Keeps some features. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { FeatureIndex } from "../feature_index.ts";
import type { FeatureVector } from "../feature_vector.ts";
import type { Transformer } from "../transformer.ts";

export class Select implements Transformer {
  readonly output: FeatureIndex;
  readonly encodesTexts = false;
  readonly #names: ReadonlySet<string>;

  constructor(input: FeatureIndex, names: readonly string[]) {
    this.output = input;
    this.#names = new Set(names);
  }

  learn(): void {}

  transform(x: FeatureVector, out: FeatureVector): void {
    out.clear();
    for (let k = 0; k < x.count; k++) {
      if (!this.#names.has(this.output.names[x.slots[k]])) continue;
      const text = x.textAt(k);
      if (text === undefined) out.addNumber(x.slots[k], x.values[k]);
      else out.addText(x.slots[k], text);
    }
  }

  save(): StateTree {
    return null;
  }

  load(): void {}
}
