/** The door through which features come in: checks every value, then finds or makes the slots of the names. */
import { BadInput } from "../domain/failure.ts";
import type { Features, FeatureValue } from "../domain/observation.ts";
import type { FeatureIndex } from "./feature_index.ts";
import { FeatureVector } from "./feature_vector.ts";

/** Greatest magnitude of a number: its square, and a variance of such numbers, are finite. */
export const MAX_MAGNITUDE = 1e150;

export class FeatureReader {
  readonly #index: FeatureIndex;
  readonly #acceptsTexts: boolean;
  readonly #vector = new FeatureVector();
  /** Streams give their names in the same order again and again: comparing with the last saves the look-up. */
  readonly #lastNames: string[] = [];
  readonly #lastSlots: number[] = [];
  readonly #newNames: { readonly name: string; readonly place: number }[] = [];

  /** `acceptsTexts`: whether a step of the pipeline turns texts into numbers. */
  constructor(index: FeatureIndex, acceptsTexts: boolean) {
    this.#index = index;
    this.#acceptsTexts = acceptsTexts;
  }

  /** Features that were learnt before; others are left out. The vector is valid until the next call. */
  readKnown(features: Features): FeatureVector {
    this.#read(features, false);
    return this.#vector;
  }

  /** All features; new names get slots. Throws BadInput before anything is changed. */
  readToLearn(features: Features): FeatureVector {
    this.#newNames.length = 0;
    this.#read(features, true);
    if (this.#newNames.length > 0) this.#addNewNames();
    return this.#vector;
  }

  #read(features: Features, isLearning: boolean): void {
    const vector = this.#vector;
    vector.clear();
    let position = 0;
    for (const name in features) {
      const value = features[name];
      if (value === null || value === undefined) continue;
      const slot = this.#slotOf(name, position++);
      if (slot < 0) {
        if (!isLearning) {
          this.#check(name, value);
          continue;
        }
        this.#newNames.push({ name, place: vector.count });
      }
      if (typeof value === "number" && Math.abs(value) <= MAX_MAGNITUDE) vector.addNumber(slot, value);
      else this.#addOther(name, slot, value);
    }
  }

  #slotOf(name: string, position: number): number {
    if (this.#lastNames[position] === name) return this.#lastSlots[position];
    const slot = this.#index.find(name);
    if (slot >= 0) {
      this.#lastNames[position] = name;
      this.#lastSlots[position] = slot;
    }
    return slot;
  }

  #addOther(name: string, slot: number, value: FeatureValue): void {
    this.#check(name, value);
    if (typeof value === "string") this.#vector.addText(slot, value);
    else this.#vector.addNumber(slot, value ? 1 : 0);
  }

  #check(name: string, value: FeatureValue): void {
    if (typeof value === "boolean") return;
    if (typeof value === "number" && Math.abs(value) <= MAX_MAGNITUDE) return;
    if (typeof value === "string" && this.#acceptsTexts) return;
    if (typeof value === "string") {
      throw new BadInput(
        `reading the feature "${name}": it is the text ${
          JSON.stringify(value.slice(0, 40))
        }, and no step of this model ` +
          `takes texts; numbers are accepted, or texts with the step "one-hot" or "hash" before the model`,
      );
    }
    const given = typeof value === "number"
      ? String(value)
      : `a ${Array.isArray(value) ? "list" : typeof value}`;
    throw new BadInput(
      `reading the feature "${name}": it is ${given}; accepted are numbers of magnitude up to ${MAX_MAGNITUDE}, ` +
        `true and false, texts, and null for a feature that is not there`,
    );
  }

  #addNewNames(): void {
    this.#index.assertRoom(this.#newNames.length);
    for (const { name, place } of this.#newNames) this.#vector.slots[place] = this.#index.add(name);
  }
}

/** Throws BadInput unless the target is a number that a regression can learn. */
export function assertNumericTarget(target: unknown): asserts target is number {
  if (typeof target === "number" && Math.abs(target) <= MAX_MAGNITUDE) return;
  const given = typeof target === "string" ? JSON.stringify(target.slice(0, 40)) : String(target);
  throw new BadInput(
    `learning the target ${given}: a regression accepts numbers of magnitude up to ${MAX_MAGNITUDE}`,
  );
}
