/** A published, immutable batch result. */
import type { AlsParameters, FactorModel } from "./factor_model.ts";

/** Loss and validation metrics of one epoch, in order. */
export interface EpochRecord {
  readonly epoch: number;
  readonly ms: number;
  /** The regularized loss divided by the number of interactions. */
  readonly loss: number;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** What a generation is and where it came from. One document in any store. */
export interface Generation {
  /** Sortable id: "g" and a sequence number of at least 6 digits, for example "g000007". */
  readonly generation: string;
  readonly createdAtMs: number;
  /** All events with a smaller offset were available to the fit. */
  readonly offset: number;
  readonly logId: string;
  readonly parameters: AlsParameters;
  readonly epochCount: number;
  readonly seed: number;
  readonly kernel: { readonly build: "portable" | "fast"; readonly sha256: string };
  readonly userCount: number;
  readonly itemCount: number;
  readonly interactionCount: number;
  readonly globalMean: number;
  readonly minRating: number;
  readonly maxRating: number;
  /** On the holdout; empty if there was none. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same of a popularity (implicit) or mean (explicit) baseline on the same holdout. */
  readonly baseline: Readonly<Record<string, number>>;
  readonly epochs: readonly EpochRecord[];
  /** SHA-256 (hex) over the bytes of userFactors, then itemFactors, little-endian. */
  readonly sha256: string;
  /** False once a user was erased from it: the factors are not those that were hashed any more. True if absent. */
  readonly verifiable?: boolean;
}

/** A generation with everything that serving needs. User and item indexes are rows of the factors. */
export interface GenerationContent {
  readonly generation: Generation;
  readonly model: FactorModel;
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** Items each user has interacted with: ascending item indexes in `indices[indptr[u] .. indptr[u+1])`. */
  readonly seen: { readonly indptr: Uint32Array; readonly indices: Uint32Array };
  /** Number of interactions of each item; popular = most first, ties by index. */
  readonly itemCounts: Uint32Array;
}

/** Which generation answers. `sequence` grows with each swap; `appliedOffset` is what the answers know of the log. */
export interface ActivePointer {
  readonly generation: string;
  readonly appliedOffset: number;
  readonly sequence: number;
  readonly activatedAtMs: number;
}
