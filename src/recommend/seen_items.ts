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
  /** By user, items of the base that are not seen after all: their events were deleted. */
  readonly #removed = new Map<string, Set<number>>();
  /** By item that the generation lacks: who has seen it. */
  readonly #unknown = new Map<string, Set<Added>>();

  constructor(base: GenerationContent["seen"]) {
    this.#base = base;
  }

  /** Remembers an interaction; one that is known already changes nothing. An index is undefined if the generation lacks it. */
  add(userId: string, userIndex: number | undefined, itemId: string, itemIndex: number | undefined): void {
    if (itemIndex !== undefined && userIndex !== undefined && this.#isInBase(userIndex, itemIndex)) {
      this.#removed.get(userId)?.delete(itemIndex);
      return;
    }
    let added = this.#added.get(userId);
    if (added === undefined) {
      added = { itemIndexes: new Set(), unknownItems: new Set() };
      this.#added.set(userId, added);
    }
    if (itemIndex === undefined) this.#addUnknown(added, itemId);
    else added.itemIndexes.add(itemIndex);
  }

  /** The user's last interaction with the item was deleted. */
  remove(userId: string, userIndex: number | undefined, itemId: string, itemIndex: number | undefined): void {
    const added = this.#added.get(userId);
    if (added !== undefined && itemIndex === undefined) this.#removeUnknown(added, itemId);
    if (itemIndex === undefined) return;
    added?.itemIndexes.delete(itemIndex);
    if (userIndex === undefined || !this.#isInBase(userIndex, itemIndex)) return;
    const removed = this.#removed.get(userId);
    if (removed === undefined) this.#removed.set(userId, new Set([itemIndex]));
    else removed.add(itemIndex);
  }

  /** Forgets what was added for a user. What the base holds is the caller's: it asks by an index that nobody has any more. */
  forget(userId: string): void {
    const added = this.#added.get(userId);
    for (const itemId of added?.unknownItems ?? []) this.#removeUnknown(added!, itemId);
    this.#added.delete(userId);
    this.#removed.delete(userId);
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

  /** For whom something was added since the generation. */
  usersAdded(): string[] {
    return [...this.#added.keys()];
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
    const removed = this.#removed.size === 0 ? 0 : this.#removed.get(userId)?.size ?? 0;
    return base - removed + (this.#added.get(userId)?.itemIndexes.size ?? 0);
  }

  /** Writes the user's item indexes, each once and in no order, to the start of `out`, which has room for `count` of them. */
  write(userId: string, userIndex: number | undefined, out: Uint32Array): void {
    let at = 0;
    if (this.#isBaseUser(userIndex)) {
      const { indptr, indices } = this.#base;
      const end = indptr[userIndex + 1];
      const removed = this.#removed.size === 0 ? undefined : this.#removed.get(userId);
      if (removed === undefined) { for (let k = indptr[userIndex]; k < end; k++) out[at++] = indices[k]; }
      else for (let k = indptr[userIndex]; k < end; k++) if (!removed.has(indices[k])) out[at++] = indices[k];
    }
    const added = this.#added.get(userId);
    if (added !== undefined) { for (const item of added.itemIndexes) out[at++] = item; }
  }

  #removeUnknown(added: Added, itemId: string): void {
    added.unknownItems.delete(itemId);
    this.#unknown.get(itemId)?.delete(added);
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
