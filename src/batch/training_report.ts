/** What a training says while it runs. */
import type { EpochRecord } from "../domain/generation.ts";
import type { FitPlan } from "./fit_parameters.ts";

/** `progress` is from 0 to 1 over the whole training. Only the fields that the phase has are there. */
export interface TrainingProgress {
  readonly phase: "read" | "measure" | "fit" | "lists" | "done";
  readonly progress: number;
  readonly interactions?: number;
  readonly plan?: FitPlan;
  readonly epoch?: EpochRecord;
  readonly epochCount?: number;
}

export type TrainingReport = (progress: TrainingProgress) => void;
