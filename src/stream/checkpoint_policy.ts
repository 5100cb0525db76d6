/**
 * When the learner's state is worth writing: often enough that a start has a short tail to replay, seldom enough that
 * writing does not slow learning down. State and log are enough to come back, so a checkpoint is never urgent.
 */

export interface CheckpointPolicyOptions {
  /** Due when this many records were applied since the last one, at least 1. */
  readonly recordCount: number;
  /** Due after this long, if anything was applied since the last one. */
  readonly intervalMs: number;
  /** Checkpoints of a generation that are kept: an older one stands in for a torn one, at the price of a longer tail. */
  readonly keep: number;
  /**
   * A copy of the histories is due after so many records, and after an eighth of what they hold: it is large, and what came
   * after it is soon read from the log.
   */
  readonly historyCount: number;
}

export const CHECKPOINT_DEFAULTS: CheckpointPolicyOptions = {
  recordCount: 25_000,
  intervalMs: 60_000,
  keep: 3,
  historyCount: 100_000,
};

/** This part of the records that make one due is a tail that costs no time to speak of. */
const SHORT_TAIL = 25;
const HISTORY_PART = 8;

/** Offsets are the learner's `appliedOffset`; times are a clock's `monotonicMs`. */
export class CheckpointPolicy {
  readonly keep: number;
  readonly #recordCount: number;
  readonly #intervalMs: number;
  readonly #historyCount: number;
  #offset: number;
  #copiedOffset: number;
  #hasWritten: boolean;
  #writtenMs: number;

  /**
   * `offset`: what the newest checkpoint holds (`hasWritten`), the generation's own offset if there is none. `copiedOffset`: of
   * the copy of histories, 0 if there is none.
   */
  constructor(
    options: CheckpointPolicyOptions,
    offset: number,
    nowMs: number,
    hasWritten = false,
    copiedOffset = 0,
  ) {
    const { recordCount, intervalMs, keep, historyCount } = options;
    if (!(recordCount >= 1 && intervalMs > 0 && keep >= 1 && historyCount >= 1)) {
      throw new RangeError(
        `a checkpoint every ${recordCount} records or ${intervalMs} ms, ${keep} kept, histories every ` +
          `${historyCount} records: all must be > 0`,
      );
    }
    this.#historyCount = historyCount;
    this.#copiedOffset = copiedOffset;
    this.keep = keep;
    this.#recordCount = recordCount;
    this.#intervalMs = intervalMs;
    this.#offset = offset;
    this.#writtenMs = nowMs;
    this.#hasWritten = hasWritten;
  }

  isDue(offset: number, nowMs: number): boolean {
    const recordCount = offset - this.#offset;
    if (recordCount <= 0) return false;
    return recordCount >= this.#recordCount || nowMs - this.#writtenMs >= this.#intervalMs;
  }

  /** Whether who rests should leave one: not where one is there already that a replay brings up to now in no time. */
  isWorth(offset: number): boolean {
    return !this.#hasWritten || offset - this.#offset >= this.#recordCount / SHORT_TAIL;
  }

  /** `entryCount`: what the histories hold. */
  isCopyDue(offset: number, entryCount: number): boolean {
    return offset - this.#copiedOffset >= Math.max(this.#historyCount, entryCount / HISTORY_PART);
  }

  /** A copy of this offset is in the store; 0: none is any more. */
  copied(offset: number): void {
    this.#copiedOffset = offset;
  }

  /** A checkpoint of this offset is in the store. One that failed is not told: it is due at the next look again. */
  written(offset: number, nowMs: number): void {
    this.#hasWritten = true;
    this.#offset = Math.max(this.#offset, offset);
    this.#writtenMs = nowMs;
  }
}
