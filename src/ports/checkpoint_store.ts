/**
 * States of the learner. tests/contracts/checkpoint_store.ts holds every adapter to this.
 * A checkpoint is whole or absent; its SHA-256 is checked on load and a torn one is passed over for the one before.
 * A fence that is no longer valid is refused with LeaseLost (lease.ts), and nothing is changed.
 */
import type { Fence } from "./lease.ts";

export interface Checkpoint {
  readonly generation: string;
  /** The state holds the effect of every event with a smaller offset. */
  readonly offset: number;
  readonly state: Uint8Array;
}

export interface CheckpointStore {
  /**
   * Writes atomically and keeps the `keep` newest of that generation. With `keep` 1, as after a user was erased, no bytes of
   * those before stay in the store's files.
   */
  write(checkpoint: Checkpoint, keep: number, fence?: Fence): Promise<void>;
  /** The whole checkpoint with the greatest offset for that generation. */
  latest(generation: string): Promise<Checkpoint | undefined>;
  /** Removes all of that generation; no bytes of them stay in the store's files. */
  remove(generation: string, fence?: Fence): Promise<void>;
}
