/** Scales numbers to 0..1 by the smallest and greatest seen so far. */
import type { StateTree } from "../../domain/state_tree.ts";
import type { FeatureIndex } from "../feature_index.ts";
import type { FeatureVector } from "../feature_vector.ts";
import type { Transformer } from "../transformer.ts";
import { SlotArray } from "./slot_array.ts";

/** `(x - min)/(max - min)`, 0 where both are the same. Texts pass through. */
export class MinMaxScaler implements Transformer {
  readonly output: FeatureIndex;
  readonly encodesTexts = false;
  readonly #least = new SlotArray(Infinity);
  readonly #greatest = new SlotArray(-Infinity);

  constructor(input: FeatureIndex) {
    this.output = input;
  }

  learn(x: FeatureVector): void {
    for (let k = 0; k < x.count; k++) {
      if (x.textAt(k) !== undefined) continue;
      const slot = x.slots[k], value = x.values[k];
      if (value < this.#least.get(slot)) this.#least.set(slot, value);
      if (value > this.#greatest.get(slot)) this.#greatest.set(slot, value);
    }
  }

  transform(x: FeatureVector, out: FeatureVector): void {
    out.clear();
    for (let k = 0; k < x.count; k++) {
      const slot = x.slots[k], text = x.textAt(k);
      if (text !== undefined) out.addText(slot, text);
      else {
        const least = this.#least.get(slot), span = this.#greatest.get(slot) - least;
        out.addNumber(slot, span > 0 ? (x.values[k] - least) / span : 0);
      }
    }
  }

  save(): StateTree {
    return { least: this.#least.save(this.output.count), greatest: this.#greatest.save(this.output.count) };
  }

  load(state: StateTree): void {
    const { least, greatest } = state as { least: Float64Array; greatest: Float64Array };
    this.#least.load(least);
    this.#greatest.load(greatest);
  }
}
