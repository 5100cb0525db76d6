/** Names of features and the slots that their numbers live in: dense from 0, in order of first appearance. */
import { BadInput } from "../domain/failure.ts";

/** A stream with more names than this has values among its names; hashing them bounds what a model takes. */
export const MAX_FEATURES = 1 << 20;

export class FeatureIndex {
  readonly #slots = new Map<string, number>();
  readonly #names: string[] = [];

  get count(): number {
    return this.#names.length;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** -1 for a name that was never added. */
  find(name: string): number {
    return this.#slots.get(name) ?? -1;
  }

  add(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.#names.length;
    this.#slots.set(name, slot);
    this.#names.push(name);
    return slot;
  }

  /** Throws BadInput when `more` names would be too many. */
  assertRoom(more: number): void {
    if (this.#names.length + more <= MAX_FEATURES) return;
    throw new BadInput(
      `a model of ${this.#names.length} features was given ${more} more: up to ${MAX_FEATURES} are accepted; ` +
        `the step "hash" bounds their number`,
    );
  }

  save(): readonly string[] {
    return [...this.#names];
  }

  load(names: readonly string[]): void {
    for (const name of names) this.add(name);
  }
}
