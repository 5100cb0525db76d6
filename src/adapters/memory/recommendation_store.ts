/** Documents per user in memory. */
import type { Recommendation } from "../../domain/recommendation.ts";
import {
  type ListBlock,
  type ListHeader,
  NO_ITEM,
  type RecommendationStore,
  type StoredList,
} from "../../ports/recommendation_store.ts";

/** Indexes into the header's items, best first. */
interface PackedList {
  readonly itemIndexes: Uint32Array;
  readonly scores: Float32Array;
}

interface Documents {
  readonly header: ListHeader;
  readonly lists: Map<string, PackedList>;
}

export class MemoryRecommendationStore implements RecommendationStore {
  readonly #documents = new Map<string, Documents>();
  /** By generation and user; an empty list hides the one that was written. */
  readonly #refreshed = new Map<string, Map<string, StoredList>>();

  async write(header: ListHeader, blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>): Promise<void> {
    const lists = new Map<string, PackedList>();
    for await (const block of blocks) {
      for (let row = 0; row < block.userCount; row++) {
        const list = listOf(block, row);
        if (list.itemIndexes.length > 0) lists.set(header.userIds[block.firstUserIndex + row], list);
      }
    }
    this.#documents.set(header.generation, { header: structuredClone(header), lists });
    this.#refreshed.delete(header.generation);
  }

  async get(generation: string, userId: string): Promise<StoredList | undefined> {
    const refreshed = this.#refreshed.get(generation)?.get(userId);
    if (refreshed !== undefined) return refreshed.items.length === 0 ? undefined : structuredClone(refreshed);
    const documents = this.#documents.get(generation);
    const list = documents?.lists.get(userId);
    if (documents === undefined || list === undefined) return undefined;
    const { appliedOffset, itemIds } = documents.header;
    const items = Array.from(list.itemIndexes, (index, place) => ({
      itemId: itemIds[index],
      score: list.scores[place],
      rank: place + 1,
    }));
    return { userId, generation, appliedOffset, items };
  }

  async getMany(generation: string, userIds: readonly string[]): Promise<Map<string, StoredList>> {
    const found = new Map<string, StoredList>();
    for (const userId of userIds) {
      const list = await this.get(generation, userId);
      if (list !== undefined) found.set(userId, list);
    }
    return found;
  }

  async popular(generation: string): Promise<readonly Recommendation[]> {
    return this.#documents.get(generation)?.header.popular ?? [];
  }

  async count(generation: string): Promise<number> {
    const written = this.#documents.get(generation)?.lists;
    let count = written?.size ?? 0;
    for (const [userId, { items }] of this.#refreshed.get(generation) ?? []) {
      count += Number(items.length > 0) - Number(written?.has(userId) ?? false);
    }
    return count;
  }

  async remove(generation: string): Promise<void> {
    this.#documents.delete(generation);
    this.#refreshed.delete(generation);
  }

  async refresh(lists: readonly StoredList[]): Promise<void> {
    for (const list of lists) {
      const refreshed = this.#refreshed.get(list.generation) ?? new Map<string, StoredList>();
      const known = refreshed.get(list.userId) ?? await this.get(list.generation, list.userId);
      if (known !== undefined && known.appliedOffset > list.appliedOffset) continue;
      refreshed.set(list.userId, structuredClone(list));
      this.#refreshed.set(list.generation, refreshed);
    }
  }

  async forgetUser(userId: string): Promise<number> {
    let count = 0;
    for (const generation of new Set([...this.#documents.keys(), ...this.#refreshed.keys()])) {
      if (await this.get(generation, userId) !== undefined) count++;
      this.#documents.get(generation)?.lists.delete(userId);
      this.#refreshed.get(generation)?.delete(userId);
    }
    return count;
  }
}

/** Copies one list of a block, without the places that are not filled. */
function listOf(block: ListBlock, row: number): PackedList {
  const start = row * block.n;
  let end = start;
  while (end < start + block.n && block.itemIndexes[end] !== NO_ITEM) end++;
  return { itemIndexes: block.itemIndexes.slice(start, end), scores: block.scores.slice(start, end) };
}
