/** What the setting "learner" means. */
import type { LearnerMethod } from "../stream/live_model.ts";

export function methodOf(learner: string): LearnerMethod {
  return learner === "sgd" ? "sgd" : "foldIn";
}
