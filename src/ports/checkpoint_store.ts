/**
 * What the learner needs to come back. tests/contracts/checkpoint_store.ts holds every adapter to this.
 * A checkpoint is whole or absent; its SHA-256 is checked on load and a torn one is passed over for the one before.
 * A fence that is no longer valid is refused with LeaseLost (lease.ts), and nothing is changed.
 */
import type { Fence } from "./lease.ts";

/**
 * "rows": what was learned, small, and written often. "histories": a copy of what the log holds as well, large, and written
 * seldom: rows and the log are enough to come back, and the copy makes it faster.
 */
export type CheckpointPart = "rows" | "histories";

export interface Checkpoint {
  readonly generation: string;
  /** "rows" if absent. */
  readonly part?: CheckpointPart;
  /** The state holds the effect of every event with a smaller offset. */
  readonly offset: number;
  readonly state: Uint8Array;
}

export interface CheckpointStore {
  /**
   * Writes atomically and keeps the `keep` newest of that generation and part. With `keep` 1, as after a user was erased,
   * nothing older of the other part stays either, and no bytes of what went stay in the store's files.
   */
  write(checkpoint: Checkpoint, keep: number, fence?: Fence): Promise<void>;
  /** The whole checkpoint with the greatest offset for that generation and part ("rows" if absent). */
  latest(generation: string, part?: CheckpointPart): Promise<Checkpoint | undefined>;
  /** Removes both parts of that generation; no bytes of them stay in the store's files. */
  remove(generation: string, fence?: Fence): Promise<void>;
}
