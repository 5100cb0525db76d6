/** Labels of a classification and their class indexes. */
import { BadInput } from "../domain/failure.ts";
import type { Target } from "../domain/observation.ts";

const MAX_CLASSES = 1000;

/**
 * Classes are dense from 0 in order of first appearance. With two classes only, class 1 is the positive one: `true`, 1, or the
 * second text that appears; 0, -1 and `false` are class 0.
 */
export class LabelIndex {
  readonly #isBinary: boolean;
  /** By class; undefined: a place kept for the other label of a pair. */
  readonly #labels: (Target | undefined)[] = [];
  readonly #classes = new Map<Target, number>();

  constructor(isBinary: boolean) {
    this.#isBinary = isBinary;
  }

  /** How many classes have a place. */
  get classCount(): number {
    return this.#labels.length;
  }

  get isEmpty(): boolean {
    return this.#classes.size === 0;
  }

  /** Undefined for a place whose label has not appeared. */
  labelOf(classIndex: number): Target | undefined {
    return this.#labels[classIndex];
  }

  find(label: Target): number | undefined {
    return this.#classes.get(label);
  }

  /** The class of a label that was accepted, a new one if need be. */
  add(label: Target): number {
    const known = this.#classes.get(label);
    if (known !== undefined) return known;
    const place = this.#placeOf(label);
    if (this.#isBinary) this.#labels.length = 2;
    this.#labels[place] = label;
    this.#classes.set(label, place);
    return place;
  }

  save(): readonly (Target | null)[] {
    return Array.from(this.#labels, (label) => label ?? null);
  }

  load(labels: readonly (Target | null)[]): void {
    this.#labels.length = labels.length;
    labels.forEach((label, place) => {
      if (label === null) return;
      this.#labels[place] = label;
      this.#classes.set(label, place);
    });
  }

  /** Throws BadInput for what is no label, or one too many. */
  assertAccepts(label: Target): void {
    if (this.#classes.has(label)) return;
    const isLabel = typeof label === "string" || typeof label === "boolean" ||
      (typeof label === "number" && Number.isFinite(label));
    if (!isLabel) {
      throw new BadInput(
        `learning the label ${String(label)}: texts, finite numbers, true and false are accepted`,
      );
    }
    const limit = this.#isBinary ? 2 : MAX_CLASSES;
    if (this.#classes.size < limit) return;
    const known = [...this.#classes.keys()].slice(0, 5).map((one) => JSON.stringify(one)).join(", ");
    throw new BadInput(
      `learning the label ${
        JSON.stringify(label)
      }: this model tells ${limit} classes apart and knows ${known}` +
        (this.#isBinary ? `; "softmax" and "tree-classifier" take more` : ""),
    );
  }

  #placeOf(label: Target): number {
    if (!this.#isBinary) return this.#labels.length;
    if (this.#classes.size === 0) return label === true || label === 1 ? 1 : 0;
    return this.#labels[0] === undefined ? 0 : 1;
  }
}
