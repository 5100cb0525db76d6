/** Long work that serving may ask for without knowing who does it. */
import type { Job } from "../domain/job.ts";

/** Settings of a training by their flag names without dashes, for example { factors: 64 }. */
export type TrainingRequest = Readonly<Record<string, string | number | boolean>>;

export interface Jobs {
  /** Starts a training, or throws BadInput when one is running. */
  startTraining(request: TrainingRequest): Promise<Job>;
  get(jobId: string): Job | undefined;
  /** Newest first. */
  list(): Job[];
  /** Ends a running job; gives it as it then is, undefined if unknown. */
  cancel(jobId: string): Promise<Job | undefined>;
  /** Ends what runs. */
  close(): Promise<void>;
}
