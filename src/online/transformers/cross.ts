/** Products of features. */
import type { StateTree } from "../../domain/state_tree.ts";
import { FeatureIndex } from "../feature_index.ts";
import type { FeatureVector } from "../feature_vector.ts";
import type { Transformer } from "../transformer.ts";

/**
 * Adds the feature "a*b" to those that come in, where a and b are both there: their product, or the text "x*y" where
 * one of them is a text (a step that encodes texts goes after it).
 */
export class Cross implements Transformer {
  readonly output = new FeatureIndex();
  readonly encodesTexts = false;
  readonly #input: FeatureIndex;
  /** Names of the parts of each product. */
  readonly #products: readonly (readonly string[])[];

  /** `products`: "a*b", "a*c*d". */
  constructor(input: FeatureIndex, products: readonly string[]) {
    this.#input = input;
    this.#products = products.map((product) => product.split("*").map((name) => name.trim()));
  }

  /** What comes in keeps its order, so that slots are those of `input` as long as no product stands between. */
  learn(x: FeatureVector): void {
    for (let k = 0; k < x.count; k++) this.output.add(this.#input.names[x.slots[k]]);
    for (const product of this.#products) {
      if (this.#places(x, product) !== undefined) this.output.add(product.join("*"));
    }
  }

  transform(x: FeatureVector, out: FeatureVector): void {
    out.clear();
    for (let k = 0; k < x.count; k++) {
      const slot = this.output.find(this.#input.names[x.slots[k]]), text = x.textAt(k);
      if (slot < 0) continue;
      if (text === undefined) out.addNumber(slot, x.values[k]);
      else out.addText(slot, text);
    }
    for (const product of this.#products) {
      const slot = this.output.find(product.join("*")), places = this.#places(x, product);
      if (slot < 0 || places === undefined) continue;
      if (places.some((k) => x.textAt(k) !== undefined)) {
        out.addText(slot, places.map((k) => x.textAt(k) ?? String(x.values[k])).join("*"));
      } else out.addNumber(slot, places.reduce((value, k) => value * x.values[k], 1));
    }
  }

  save(): StateTree {
    return this.output.save();
  }

  load(state: StateTree): void {
    this.output.load(state as readonly string[]);
  }

  /** Where the parts stand in the vector; undefined when one is not there. */
  #places(x: FeatureVector, product: readonly string[]): number[] | undefined {
    const slots = x.slots.subarray(0, x.count);
    const places = product.map((name) => {
      const slot = this.#input.find(name);
      return slot < 0 ? -1 : slots.indexOf(slot);
    });
    return places.includes(-1) ? undefined : places;
  }
}
