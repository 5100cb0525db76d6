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
  readonly lists: ReadonlyMap<string, PackedList>;
}

export class MemoryRecommendationStore implements RecommendationStore {
  readonly #documents = new Map<string, Documents>();

  async write(header: ListHeader, blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>): Promise<void> {
    const lists = new Map<string, PackedList>();
    for await (const block of blocks) {
      for (let row = 0; row < block.userCount; row++) {
        const list = listOf(block, row);
        if (list.itemIndexes.length > 0) lists.set(header.userIds[block.firstUserIndex + row], list);
      }
    }
    this.#documents.set(header.generation, { header: structuredClone(header), lists });
  }

  async get(generation: string, userId: string): Promise<StoredList | undefined> {
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

  async popular(generation: string): Promise<readonly Recommendation[]> {
    return this.#documents.get(generation)?.header.popular ?? [];
  }

  async count(generation: string): Promise<number> {
    return this.#documents.get(generation)?.lists.size ?? 0;
  }

  async remove(generation: string): Promise<void> {
    this.#documents.delete(generation);
  }
}

/** Copies one list of a block, without the places that are not filled. */
function listOf(block: ListBlock, row: number): PackedList {
  const start = row * block.n;
  let end = start;
  while (end < start + block.n && block.itemIndexes[end] !== NO_ITEM) end++;
  return { itemIndexes: block.itemIndexes.slice(start, end), scores: block.scores.slice(start, end) };
}
