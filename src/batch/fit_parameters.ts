/** What a fit is asked to do, and what that means for the data at hand. */
import type { AlsParameters, Feedback } from "../domain/factor_model.ts";
import { BadInput } from "../domain/failure.ts";
import type { Interactions } from "./interactions.ts";
import { detectFeedback } from "./detect_feedback.ts";

/** Settings of a fit; what is undefined has a default by kind of feedback. */
export interface FitSettings {
  readonly feedback: "auto" | Feedback;
  readonly factorCount: number;
  readonly regularization?: number;
  readonly unobservedWeight: number;
  readonly popularityExponent: number;
  readonly epochCount?: number;
}

export interface FitPlan {
  readonly parameters: AlsParameters;
  readonly epochCount: number;
  /** Why the feedback is taken for what it is; empty where it was set. */
  readonly reason: string;
}

/** MATHS.md 1.1, 1.2: what did well on every split that was tried. */
const DEFAULTS = {
  explicit: { regularization: 0.1, epochCount: 12 },
  implicit: { regularization: 0.006, epochCount: 16 },
} as const;

/** λ of a bias: constant, not scaled by the number of ratings. */
const BIAS_REGULARIZATION = 5;

/**
 * Fills in what the settings leave open by looking at the values. Throws BadInput where there is nothing to fit, and
 * for implicit feedback without a single positive value: what is not positive is evidence against an item.
 */
export function planFit(interactions: Interactions, settings: FitSettings): FitPlan {
  if (interactions.count === 0) {
    throw new BadInput("a fit was asked for, but the log has no events yet; import or post some first");
  }
  const detected = settings.feedback === "auto" ? detectFeedback(interactions) : undefined;
  const feedback = detected?.feedback ?? (settings.feedback as Feedback);
  if (feedback === "implicit") assertAnyPositive(interactions.values);
  return {
    parameters: {
      feedback,
      factorCount: settings.factorCount,
      regularization: settings.regularization ?? DEFAULTS[feedback].regularization,
      biasRegularization: BIAS_REGULARIZATION,
      unobservedWeight: settings.unobservedWeight,
      popularityExponent: settings.popularityExponent,
      frequencyExponent: 1,
      confidenceScale: 1,
    },
    epochCount: settings.epochCount ?? DEFAULTS[feedback].epochCount,
    reason: detected?.reason ?? "",
  };
}

function assertAnyPositive(values: Float64Array): void {
  if (values.some((value) => value > 0)) return;
  throw new BadInput(
    `implicit feedback whose greatest value is ${
      greatestOf(values)
    }: evidence for an item is greater than 0, and there ` +
      `must be some; if these are ratings, use --feedback explicit`,
  );
}

function greatestOf(values: Float64Array): number {
  return values.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
}
