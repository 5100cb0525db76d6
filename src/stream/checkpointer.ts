/** Writes what a learner needs to come back: rows often, a copy of the histories now and then. */
import { encodeState } from "../domain/state_tree.ts";
import type { CheckpointStore } from "../ports/checkpoint_store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fence } from "../ports/lease.ts";
import { CHECKPOINT_DEFAULTS, CheckpointPolicy, type CheckpointPolicyOptions } from "./checkpoint_policy.ts";
import { encodeHistories } from "./saved_histories.ts";
import type { StartingState } from "./starting_state.ts";

export interface CheckpointerOptions {
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly fence?: Fence;
  readonly checkpointing?: CheckpointPolicyOptions;
  /** Hears that a copy of the histories could not be written: it is due again with the next checkpoint. */
  readonly onUncopied: (error: unknown) => void;
}

/** Of histories: one stands while the next is written. With 1, what went would be overwritten at once. */
const COPIES = 2;

export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #state: StartingState;
  readonly #policy: CheckpointPolicy;
  #copying: Promise<void> | undefined;

  /** `state`: what the learner began with, and goes on with. */
  constructor(options: CheckpointerOptions, state: StartingState) {
    const { checkpointing = CHECKPOINT_DEFAULTS, clock } = options,
      { learner, isRestored, historiesOffset } = state;
    this.#options = options;
    this.#state = state;
    const { appliedOffset } = learner;
    this.#policy = new CheckpointPolicy(
      checkpointing,
      appliedOffset,
      clock.monotonicMs(),
      isRestored,
      historiesOffset,
    );
  }

  get isDue(): boolean {
    return this.#policy.isDue(this.#state.learner.appliedOffset, this.#options.clock.monotonicMs());
  }

  /** Whether the newest checkpoint says less than the learner knows. */
  get isBehind(): boolean {
    return this.#policy.isDue(this.#state.learner.appliedOffset, Infinity);
  }

  /** Whether a learner that rests should leave one. */
  get isWorth(): boolean {
    return this.#policy.isWorth(this.#state.learner.appliedOffset);
  }

  /**
   * Writes a checkpoint. A copy of the histories, if one is due, is only begun: whoever learns need not wait for it. Of a
   * learner that is about to rest (`isResting`) none is: it may have to go on at once.
   */
  async write(isResting = false): Promise<void> {
    const { learner } = this.#state;
    await this.#writeRows(this.#policy.keep);
    if (isResting) return;
    const { entryCount } = learner.live.users.lists;
    if (this.#policy.isCopyDue(learner.appliedOffset, entryCount)) this.#copyHistories();
  }

  /** Writes one of which nothing older stays. */
  async writeBase(): Promise<void> {
    await this.#writeRows(1);
    this.#policy.copied(0);
  }

  /** Resolves when no copy is being written any more. */
  async settled(): Promise<void> {
    await this.#copying;
  }

  async #writeRows(keep: number): Promise<void> {
    const { checkpoints, clock, fence } = this.#options, { learner, progress } = this.#state;
    const { generation, appliedOffset: offset } = learner;
    await checkpoints.write(
      { generation, offset, state: learner.state(encodeState(progress.save())) },
      keep,
      fence,
    );
    this.#policy.written(offset, clock.monotonicMs());
  }

  #copyHistories(): void {
    if (this.#copying !== undefined) return;
    const { checkpoints, fence, onUncopied } = this.#options, { learner } = this.#state;
    const { generation, appliedOffset: offset } = learner, state = encodeHistories(learner.histories());
    this.#copying = checkpoints.write({ generation, part: "histories", offset, state }, COPIES, fence)
      .then(() => this.#policy.copied(offset))
      .catch(onUncopied)
      .finally(() => this.#copying = undefined);
  }
}
