/**
 * How serving learns that the model changed. tests/contracts/update_feed.ts holds every adapter to this.
 * Updates arrive in order, possibly repeated, each with its sequence number; one process or several.
 * A fence that is no longer valid is refused with LeaseLost (lease.ts), and nothing is changed.
 */
import type { ModelUpdate, RowBatch } from "../domain/model_update.ts";
import type { Fence } from "./lease.ts";

export interface SequencedUpdate {
  readonly sequence: number;
  readonly update: ModelUpdate;
}

export interface UpdateFeed {
  /** Gives the sequence number, greater than all before; of a batch, which is written whole or not at all, its last one's. */
  publish(update: ModelUpdate | RowBatch, fence?: Fence): Promise<number>;
  /** The greatest sequence number; 0 if none was published. */
  latest(): Promise<number>;
  /** All updates after `sequence`, then those to come, until `signal` aborts; then the iteration ends without an error. */
  follow(sequence: number, signal: AbortSignal): AsyncIterable<SequencedUpdate>;
  /** Forgets updates up to and including `sequence`. */
  trim(sequence: number, fence?: Fence): Promise<void>;
}
