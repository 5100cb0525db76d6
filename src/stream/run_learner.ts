/** The path of live learning: the active generation's learner, and when another one becomes active, that one's. */
import type { RowBatch } from "../domain/model_update.ts";
import { LeaseLost } from "../domain/failure.ts";
import { type LearnerOptions, LearnerRun } from "./learner_run.ts";
import { Wake } from "./wake.ts";

/** How often it is looked whether another generation is active, unless somebody asks for one. */
const LOOK_MS = 50;
const RETRY_MS = 1000;
/** The learner before stays in memory up to this size: a rollback then has only the tail to learn. */
const MOST_PARKED_BYTES = 512 * 2 ** 20;

export interface RunningLearner {
  /** The generation that is learned now; undefined before the first has caught up. */
  readonly current: LearnerRun | undefined;
}

export class LiveLearning implements RunningLearner {
  readonly #options: LearnerOptions;
  readonly #look: Wake;
  #current: LearnerRun | undefined;
  #parked: LearnerRun | undefined;
  #following: Promise<void> = Promise.resolve();
  /** A generation that was not trained on this log, and is not looked at again. */
  #foreign: string | undefined;

  constructor(options: LearnerOptions) {
    this.#options = options;
    this.#look = new Wake(options.clock);
  }

  get current(): LearnerRun | undefined {
    return this.#current;
  }

  /**
   * All rows of the generation as they are. Undefined if it is not the one that is learned: it may have become active just
   * now, and is then told when it has caught up.
   */
  rows(generation: string): RowBatch | undefined {
    if (this.#current?.generation === generation) return this.#current.rows();
    this.#look.call();
    return undefined;
  }

  /** Learns until `signal` aborts. Rejects with LeaseLost when another process has taken over. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onNote } = this.#options, term = new AbortController();
    const both = AbortSignal.any([signal, term.signal]);
    let lost: unknown;
    while (!both.aborted) {
      try {
        const next = await this.#next(both);
        if (next !== undefined) {
          await this.#handOver(next, both, (error) => (lost = error, term.abort()));
        }
        await this.#look.wait(LOOK_MS, both);
      } catch (error) {
        if (error instanceof LeaseLost) lost = error, term.abort();
        else {
          onNote({ what: "the learner cannot start and tries again", error });
          await clock.sleep(RETRY_MS, both);
        }
      }
    }
    await this.#following;
    if (lost !== undefined) throw lost;
  }

  /** The learner of the active generation once it has caught up, if that is not the one that is learned. */
  async #next(signal: AbortSignal): Promise<LearnerRun | undefined> {
    const { generations, eventLog, onNote } = this.#options;
    const generation = (await generations.active())?.generation;
    if (
      generation === undefined || generation === this.#current?.generation || generation === this.#foreign
    ) {
      return undefined;
    }
    const parked = this.#takeParked(generation);
    if (parked !== undefined) return await parked.resume(signal);
    const content = await generations.load(generation);
    if (content.generation.logId === eventLog.logId) {
      return await LearnerRun.begin(this.#options, content, signal);
    }
    this.#foreign = generation;
    onNote({
      what: "the generation was not trained on this log: it is served as it is, and nothing is learned",
      generation,
    });
    return undefined;
  }

  /** Not one that still knows somebody who was erased since. */
  #takeParked(generation: string): LearnerRun | undefined {
    const parked = this.#parked, erasedOffset = this.#current?.erasedOffset ?? -1;
    this.#parked = undefined;
    return parked?.generation === generation && parked.appliedOffset > erasedOffset ? parked : undefined;
  }

  /**
   * The one before goes on until now: what it told is known when the next begins to tell. Its last checkpoint, to which a
   * rollback comes back, is written behind that: nobody waits for it.
   */
  async #handOver(next: LearnerRun, signal: AbortSignal, onLost: (error: unknown) => void): Promise<void> {
    const before = this.#current;
    before?.end();
    await this.#following;
    if (signal.aborted) return await before?.finish();
    this.#current = next;
    this.#options.onBatch(next.rows());
    const finishing = before === undefined ? undefined : this.#finish(before, next);
    this.#following = Promise.all([finishing, next.follow(signal)]).then(() => {}, onLost);
  }

  /** Should somebody have been erased just then, a state of before must not stay. */
  async #finish(before: LearnerRun, next: LearnerRun): Promise<void> {
    const { checkpoints, fence } = this.#options;
    await before.finish(true);
    if (before.sizeBytes <= MOST_PARKED_BYTES) this.#parked = before;
    if (next.erasedOffset >= before.appliedOffset) await checkpoints.remove(before.generation, fence);
  }
}
