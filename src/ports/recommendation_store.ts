/**
 * Documents per user, for other programs and for instances that hold no model.
 * tests/contracts/recommendation_store.ts holds every adapter to this.
 */
import type { Recommendation } from "../domain/recommendation.ts";

/** Lists of a block of users of one generation, as top-N gives them. */
export interface ListBlock {
  /** Index of the first user. Lists of users with consecutive indexes. */
  readonly firstUserIndex: number;
  readonly userCount: number;
  /** Places for each list; a shorter list is filled up with NO_ITEM. */
  readonly n: number;
  /** userCount x n item indexes, best first. */
  readonly itemIndexes: Uint32Array;
  /** userCount x n, in the units that are answered. */
  readonly scores: Float32Array;
}

/** Fills the places of a list that is shorter than n. A list without any item makes no document. */
export const NO_ITEM = 0xffffffff;

/** Names and lists of a generation whose documents are written. */
export interface ListHeader {
  readonly generation: string;
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly appliedOffset: number;
  readonly timeMs: number;
  /** What a reader who finds no document for a user reads. */
  readonly popular: readonly Recommendation[];
}

export interface StoredList {
  readonly userId: string;
  readonly generation: string;
  readonly appliedOffset: number;
  readonly items: readonly Recommendation[];
}

export interface RecommendationStore {
  /** Writes the documents of a generation. When it resolves all are durable. Written again, they are replaced. */
  write(header: ListHeader, blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>): Promise<void>;
  get(generation: string, userId: string): Promise<StoredList | undefined>;
  /** The lists of those of these users who have one, by user id; in one query, whatever their number. */
  getMany(generation: string, userIds: readonly string[]): Promise<Map<string, StoredList>>;
  popular(generation: string): Promise<readonly Recommendation[]>;
  /** How many users have a document. */
  count(generation: string): Promise<number>;
  remove(generation: string): Promise<void>;
  /**
   * Replaces the documents of these users, or adds them, each in the generation that its list names; whose list is empty
   * loses the document. A list that knows less (`appliedOffset`) than the document there is passed over.
   */
  refresh(lists: readonly StoredList[], timeMs: number): Promise<void>;
  /** Removes the user's documents of all generations; gives how many there were. */
  forgetUser(userId: string): Promise<number>;
}
