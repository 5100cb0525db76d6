/** Texts as features of 0 and 1. */
import type { StateTree } from "../../domain/state_tree.ts";
import { FeatureIndex } from "../feature_index.ts";
import type { FeatureVector } from "../feature_vector.ts";
import type { Transformer } from "../transformer.ts";

/**
 * The text "red" of the feature "color" becomes the feature "color=red" with the value 1; numbers pass through. Texts of
 * a feature beyond `maxCategories` share "color=…", so that a stream of ids cannot fill the memory.
 */
export class OneHot implements Transformer {
  readonly output = new FeatureIndex();
  readonly encodesTexts = true;
  readonly #input: FeatureIndex;
  readonly #maxCategories: number;
  /** By input slot: the output slot of its numbers, and those of its texts. */
  readonly #numbers: number[] = [];
  readonly #categories: (Map<string, number> | undefined)[] = [];

  constructor(input: FeatureIndex, maxCategories: number) {
    this.#input = input;
    this.#maxCategories = maxCategories;
  }

  learn(x: FeatureVector): void {
    for (let k = 0; k < x.count; k++) {
      const slot = x.slots[k], text = x.textAt(k);
      if (text === undefined) this.#numbers[slot] ??= this.#add(this.#input.names[slot]);
      else this.#learnText(slot, text);
    }
  }

  transform(x: FeatureVector, out: FeatureVector): void {
    out.clear();
    for (let k = 0; k < x.count; k++) {
      const slot = x.slots[k], text = x.textAt(k);
      if (text === undefined) {
        const to = this.#numbers[slot];
        if (to !== undefined) out.addNumber(to, x.values[k]);
      } else {
        const categories = this.#categories[slot];
        const to = categories?.get(text) ??
          (categories?.size === this.#maxCategories ? this.#rest(slot) : undefined);
        if (to !== undefined && to >= 0) out.addNumber(to, 1);
      }
    }
  }

  save(): StateTree {
    return {
      output: this.output.save(),
      numbers: Float64Array.from(this.#input.names, (_, slot) => this.#numbers[slot] ?? -1),
      categories: this.#input.names.map((_, slot) => [...this.#categories[slot]?.entries() ?? []].flat()),
    };
  }

  load(state: StateTree): void {
    const { output, numbers, categories } = state as {
      output: readonly string[];
      numbers: Float64Array;
      categories: readonly (readonly (string | number)[])[];
    };
    this.output.load(output);
    numbers.forEach((to, slot) => {
      if (to >= 0) this.#numbers[slot] = to;
    });
    categories.forEach((flat, slot) => {
      if (flat.length === 0) return;
      const known = this.#categories[slot] = new Map<string, number>();
      for (let i = 0; i < flat.length; i += 2) known.set(flat[i] as string, flat[i + 1] as number);
    });
  }

  #learnText(slot: number, text: string): void {
    const categories = this.#categories[slot] ??= new Map();
    if (categories.has(text)) return;
    if (categories.size < this.#maxCategories) {
      categories.set(text, this.#add(`${this.#input.names[slot]}=${text}`));
    } else if (this.#rest(slot) < 0) this.#add(this.#restName(slot));
  }

  /** Slot of what its further texts share; -1 while there is none. */
  #rest(slot: number): number {
    return this.output.find(this.#restName(slot));
  }

  #restName(slot: number): string {
    return `${this.#input.names[slot]}=\u2026`;
  }

  #add(name: string): number {
    this.output.assertRoom(1);
    return this.output.add(name);
  }
}
