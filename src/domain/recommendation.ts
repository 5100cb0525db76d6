/** What is answered. */

/** Where a list comes from: the user's own row, the items of a session, a stored document, or popularity. */
export type Basis = "personal" | "session" | "stored" | "popular";

/** One item of a list. `score` is in rating units for explicit models; rank counts from 1. */
export interface Recommendation {
  readonly itemId: string;
  readonly score: number;
  readonly rank: number;
}

/** A list with where it comes from. */
export interface RecommendationList {
  readonly userId: string;
  readonly generation: string;
  readonly appliedOffset: number;
  readonly basis: Basis;
  readonly items: readonly Recommendation[];
}
