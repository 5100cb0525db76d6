/** Explicit or implicit: what the values look like. */
import type { Feedback } from "../domain/factor_model.ts";
import type { InteractionColumns } from "../domain/event.ts";

export interface DetectedFeedback {
  readonly feedback: Feedback;
  /** Why, for people. */
  readonly reason: string;
}

/** More levels than this are amounts, not ratings. */
const MAX_RATING_LEVELS = 21;
const MAX_RATING = 10;

/**
 * Ratings are a few levels on a half-point grid from 0 to 10; one value alone, amounts, counts beyond 10 and fractions
 * are evidence. Looks at all values: a late 37 among ones and twos decides.
 */
export function detectFeedback(interactions: InteractionColumns): DetectedFeedback {
  const levels = new Set<number>();
  for (let i = 0; i < interactions.count; i++) {
    const value = interactions.values[i];
    if (levels.has(value)) continue;
    levels.add(value);
    if (value < 0 || value > MAX_RATING || !Number.isInteger(2 * value) || levels.size > MAX_RATING_LEVELS) {
      const outside = levels.size > MAX_RATING_LEVELS
        ? `more than ${MAX_RATING_LEVELS} different values`
        : `the value ${value}`;
      return { feedback: "implicit", reason: `${outside} among them: amounts, not ratings` };
    }
  }
  if (levels.size < 2) {
    return { feedback: "implicit", reason: `every value is ${[...levels][0] ?? "absent"}` };
  }
  const sorted = [...levels].sort((a, b) => a - b);
  const range = `${sorted.length} levels from ${sorted[0]} to ${sorted[sorted.length - 1]}`;
  return { feedback: "explicit", reason: `values are ratings: ${range}` };
}
