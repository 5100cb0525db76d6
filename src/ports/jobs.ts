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

/** What was forgotten of a user. */
export interface ErasedUser {
  /** Of the log's record; absent where the log knew nothing of the user. */
  readonly offset?: number;
  readonly eventCount: number;
  readonly documentCount: number;
  /** Generations that had the user. */
  readonly generations: readonly string[];
}

/** Forgetting, wherever the parts are that must forget. */
export interface Erasures {
  /**
   * Forgets a user everywhere. Undefined if nobody knew the user. A call that failed half-way, or whose process ended, may be
   * repeated; what it leaves undone is done at the next start too.
   */
  eraseUser(userId: string): Promise<ErasedUser | undefined>;
}
