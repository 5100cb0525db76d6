/** How the documents per user look: API.md "MongoDB". Programs in any language read them. */
import type { Filter } from "mongodb";
import type { Recommendation } from "../../domain/recommendation.ts";
import {
  type ListBlock,
  type ListHeader,
  NO_ITEM,
  type StoredList,
} from "../../ports/recommendation_store.ts";

export interface StoredItem {
  readonly itemId: string;
  readonly score: number;
}

/** One for each user with a list. With the user null it is the popular list, for who finds no document of a user. */
export interface ListDocument {
  readonly _id: { readonly generation: string; readonly userId: string | null };
  readonly userId: string | null;
  readonly generation: string;
  /** Best first. */
  readonly items: readonly StoredItem[];
  readonly appliedOffset: number;
  readonly at: Date;
  /** Of a write that replaced an earlier one: what does not have it is of the earlier one. */
  readonly write?: string;
}

/** Of the documents of a generation's users; the popular list is not among them. */
export function ofUsers(generation: string): Filter<ListDocument> {
  // In BSON's order null comes before texts, and texts before documents.
  const afterTexts = {} as unknown as string;
  return { _id: { $gt: { generation, userId: null }, $lt: { generation, userId: afterTexts } } };
}

/** Those of a block whose list is not empty. */
export function* documentsOf(header: ListHeader, block: ListBlock, write?: string): Generator<ListDocument> {
  const { generation, appliedOffset, itemIds, userIds } = header, at = new Date(header.timeMs);
  for (let row = 0; row < block.userCount; row++) {
    const items: StoredItem[] = [];
    for (let place = row * block.n; place < (row + 1) * block.n; place++) {
      const item = block.itemIndexes[place];
      if (item === NO_ITEM) break;
      items.push({ itemId: itemIds[item], score: block.scores[place] });
    }
    if (items.length === 0) continue;
    const userId = userIds[block.firstUserIndex + row];
    const document = { _id: { generation, userId }, userId, generation, items, appliedOffset, at };
    yield write === undefined ? document : { ...document, write };
  }
}

export function documentOf({ userId, generation, appliedOffset, items }: StoredList, at: Date): ListDocument {
  const stored = items.map(({ itemId, score }) => ({ itemId, score }));
  return { _id: { generation, userId }, userId, generation, items: stored, appliedOffset, at };
}

export function popularDocument(header: ListHeader, write: string): ListDocument {
  const { generation, appliedOffset, popular } = header;
  const items = popular.map(({ itemId, score }) => ({ itemId, score }));
  const at = new Date(header.timeMs);
  const _id = { generation, userId: null };
  return { _id, userId: null, generation, items, appliedOffset, at, write };
}

export function ranked(items: readonly StoredItem[]): Recommendation[] {
  return items.map(({ itemId, score }, place) => ({ itemId, score, rank: place + 1 }));
}
