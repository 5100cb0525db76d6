/**
 * Generations and the pointer to the active one. tests/contracts/generation_store.ts holds every adapter to this.
 *
 * - `publish` writes under the generation's own id; until it resolves, no reader sees the generation. Nothing is
 *   overwritten: an id that exists is refused with BadInput.
 * - `activate` is one atomic swap; a reader sees the old pointer or the new one. A crash before it leaves the old one.
 * - `load` checks the factors' SHA-256 and throws OutsideFailure when it does not match; not of a generation that says
 *   `verifiable: false`.
 * - A fence that is no longer valid is refused with LeaseLost (lease.ts), and nothing is changed.
 */
import type { ActivePointer, Generation, GenerationContent } from "../domain/generation.ts";
import type { Fence } from "./lease.ts";

export interface GenerationStore {
  /** Reserves the next id ("g000001", ...); never given twice. */
  reserve(): Promise<string>;
  publish(content: GenerationContent): Promise<void>;
  /** Oldest first; published ones only. */
  list(): Promise<Generation[]>;
  load(generation: string): Promise<GenerationContent>;
  active(): Promise<ActivePointer | undefined>;
  /** Refuses an unknown id with BadInput that names the known ones. Activating what is active changes nothing. */
  activate(
    generation: string,
    appliedOffset: number,
    timeMs: number,
    fence?: Fence,
  ): Promise<ActivePointer>;
  /**
   * Takes a user out of every generation: the row's factors and seen items become empty, the id "", and the generation
   * says `verifiable: false` from then on. Gives the ids of those that had the user.
   */
  forgetUser(userId: string): Promise<string[]>;
  /**
   * Deletes what is neither active nor among the `keep` newest others, and what a crash left unpublished: reserved
   * before `reservedBeforeMs` (a day ago if absent). Gives the ids it deleted.
   */
  collect(keep: number, reservedBeforeMs?: number): Promise<string[]>;
}
