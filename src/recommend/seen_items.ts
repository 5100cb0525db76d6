/** What each user has interacted with: the generation's own record of it, and what came after. */
import type { GenerationContent } from "../domain/generation.ts";

/** Of one user, since the generation. Items it does not know are kept by id: they have no row to leave out. */
interface Added {
  readonly itemIndexes: Set<number>;
  readonly unknownItems: Set<string>;
}

/** Item indexes a user has seen: the union of a generation's CSR and an overlay of later events. */
export class SeenItems {
  readonly #base: GenerationContent["seen"];
  readonly #added = new Map<string, Added>();
  /** By item that the generation lacks: who has seen it. */
  readonly #unknown = new Map<string, Set<Added>>();

  constructor(base: GenerationContent["seen"]) {
    this.#base = base;
  }

  /** Remembers an interaction; one that is known already changes nothing. An index is undefined if the generation lacks it. */
  add(userId: string, userIndex: number | undefined, itemId: string, itemIndex: number | undefined): void {
    if (itemIndex !== undefined && userIndex !== undefined && this.#isInBase(userIndex, itemIndex)) return;
    let added = this.#added.get(userId);
    if (added === undefined) {
      added = { itemIndexes: new Set(), unknownItems: new Set() };
      this.#added.set(userId, added);
    }
    if (itemIndex === undefined) this.#addUnknown(added, itemId);
    else added.itemIndexes.add(itemIndex);
  }

  /** Says that an item which the generation lacks has this index from now on: whoever has seen it has seen that. */
  nameItem(itemId: string, itemIndex: number): void {
    const all = this.#unknown.get(itemId);
    if (all === undefined) return;
    for (const added of all) {
      added.unknownItems.delete(itemId);
      added.itemIndexes.add(itemIndex);
    }
    this.#unknown.delete(itemId);
  }

  /** How many items were added for a user since the generation. */
  addedCount(userId: string): number {
    const added = this.#added.get(userId);
    return added === undefined ? 0 : added.itemIndexes.size + added.unknownItems.size;
  }

  /** How many item indexes `write` writes. */
  count(userId: string, userIndex: number | undefined): number {
    const { indptr } = this.#base;
    const base = this.#isBaseUser(userIndex) ? indptr[userIndex + 1] - indptr[userIndex] : 0;
    return base + (this.#added.get(userId)?.itemIndexes.size ?? 0);
  }

  /** Writes the user's item indexes, each once and in no order, to the start of `out`, which has room for `count` of them. */
  write(userId: string, userIndex: number | undefined, out: Uint32Array): void {
    let at = 0;
    if (this.#isBaseUser(userIndex)) {
      const { indptr, indices } = this.#base;
      const end = indptr[userIndex + 1];
      for (let k = indptr[userIndex]; k < end; k++) out[at++] = indices[k];
    }
    const added = this.#added.get(userId);
    if (added !== undefined) { for (const item of added.itemIndexes) out[at++] = item; }
  }

  #addUnknown(added: Added, itemId: string): void {
    added.unknownItems.add(itemId);
    const all = this.#unknown.get(itemId);
    if (all === undefined) this.#unknown.set(itemId, new Set([added]));
    else all.add(added);
  }

  /** Users beyond came after the generation. */
  #isBaseUser(userIndex: number | undefined): userIndex is number {
    return userIndex !== undefined && userIndex < this.#base.indptr.length - 1;
  }

  #isInBase(userIndex: number, itemIndex: number): boolean {
    if (!this.#isBaseUser(userIndex)) return false;
    const { indptr, indices } = this.#base;
    const end = indptr[userIndex + 1];
    let low = indptr[userIndex], high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (indices[middle] < itemIndex) low = middle + 1;
      else high = middle;
    }
    return low < end && indices[low] === itemIndex;
  }
}
