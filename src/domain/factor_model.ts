/** What a fit produces: latent vectors, laid out as the kernels read them. */

/** How the data is meant: ratings given by users, or evidence of interest. */
export type Feedback = "explicit" | "implicit";

/** Parameters of a fit that later steps (fold-in) need too. MATHS.md 1.1, 1.2. */
export interface AlsParameters {
  readonly feedback: Feedback;
  /** d: number of latent factors, 1 to 1024. */
  readonly factorCount: number;
  /** λ > 0. */
  readonly regularization: number;
  /** Constant added for each bias (explicit only). */
  readonly biasRegularization: number;
  /** α₀ ≥ 0: weight of what was not observed (implicit only). */
  readonly unobservedWeight: number;
  /** ω: w_i ∝ n_i^ω, mean 1 (implicit only). */
  readonly popularityExponent: number;
  /** ν: λ_u = λ (n_u + α₀ W)^ν (implicit only). */
  readonly frequencyExponent: number;
  /** c_ui = confidenceScale · value (implicit only). */
  readonly confidenceScale: number;
}

/**
 * A row is `stride` floats, a multiple of 8, the first `factorCount` of them the latent factors.
 * Implicit: the rest is 0. Explicit: a user's row continues [b_u, 1], an item's [1, b_i], then 0; so in both cases the
 * canonical dot product of two rows is the score, and `globalMean` + score the prediction (globalMean = 0 if implicit).
 */
export interface FactorModel {
  readonly parameters: AlsParameters;
  readonly stride: number;
  readonly userCount: number;
  readonly itemCount: number;
  /** userCount x stride. A user without interactions has a row of zeros. */
  readonly userFactors: Float32Array;
  /** itemCount x stride. */
  readonly itemFactors: Float32Array;
  readonly globalMean: number;
  /** Smallest and greatest rating seen; predictions are clipped to it (explicit only). */
  readonly minRating: number;
  readonly maxRating: number;
  /** w_i, itemCount long (implicit only; empty if explicit). */
  readonly itemWeights: Float32Array;
}

/** Floats in a factor row: factors, two places for biases if explicit, rounded up to a multiple of 8. */
export function strideOf(feedback: Feedback, factorCount: number): number {
  return (factorCount + (feedback === "explicit" ? 2 : 0) + 7) & ~7;
}
