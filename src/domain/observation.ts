/** What an online model learns from: named features and a target. */

/** A text is a category. `true` and `false` are 1 and 0. `null` (as JSON writes it) is a feature that is not there. */
export type FeatureValue = number | string | boolean | null;

/** Features by name. They may come and go from one observation to the next; the order is the order of arithmetic. */
export type Features = Readonly<Record<string, FeatureValue>>;

/** A number in regression, a label in classification. */
export type Target = number | string | boolean;

export interface Observation {
  readonly features: Features;
  readonly target: Target;
  /** Milliseconds since 1970, where the source gave a time. */
  readonly timeMs?: number;
  /** Where a synthetic stream says that from here on another concept holds. No model sees it. */
  readonly truth?: ConceptChange;
}

/** What is true about a drift: `event` observations came before it began; from `until` on it is over (absent: at once). */
export interface ConceptChange {
  readonly event: number;
  readonly until?: number;
  readonly concept: string;
}

/** Numeric observations as a block, the form in which millions move: row r is rows[r·names.length ..). */
export interface ObservationBlock {
  readonly names: readonly string[];
  readonly count: number;
  /** count x names.length, finite. */
  readonly rows: Float64Array;
  /** count numbers; 0 or 1 in classification. */
  readonly targets: Float64Array;
}

export type Task = "regression" | "classification";

/**
 * A model over a stream, one of ours or a user's own object.
 *
 * - `predictOne` changes nothing. It gives a number (regression) or a label (classification), undefined while it knows none.
 * - `learnOne` is the only thing that changes the model. What it refuses (BadInput) changes nothing.
 */
export interface OnlineModel {
  readonly task?: Task;
  predictOne(features: Features): Target | undefined;
  learnOne(features: Features, target: Target): void;
  /** Probability of each label known so far (classification; empty while none is). */
  predictProbabilitiesOne?(features: Features): ReadonlyMap<Target, number>;
}
