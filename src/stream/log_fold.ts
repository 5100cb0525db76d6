/** Hands the log's records to a learner in their order: events, and what takes events away. */
import type { LoggedControl } from "../domain/event.ts";
import type { GenerationContent } from "../domain/generation.ts";
import { inOrder } from "../domain/log_records.ts";
import type { EventLog } from "../ports/event_log.ts";
import { Corrections } from "./corrections.ts";
import type { Learner } from "./learner.ts";
import { LogIds } from "./log_ids.ts";
import type { Progress } from "./progress.ts";

/** What was applied last. `erasedUser`: the code of somebody who was erased; who looked after the user's things must know. */
export interface Applied {
  readonly erasedUser?: number;
}

const EVENTS: Applied = {};

export class LogFold {
  readonly ids: LogIds;
  readonly #log: EventLog;
  readonly #learner: Learner;
  readonly #corrections: Corrections;

  /** `content`: of the learner's generation, which was trained on this log. */
  constructor(log: EventLog, learner: Learner, content: GenerationContent) {
    const { feedback } = content.model.parameters;
    this.#log = log;
    this.#learner = learner;
    this.ids = new LogIds(log, content);
    this.#corrections = new Corrections(log, this.ids, feedback, learner.appliedOffset);
  }

  /**
   * Learns what lies between the learner's offset and `untilOffset`, and says after each piece that it is learned. What is
   * learned does not depend on `batchCount`, nor on when it is read: but of users who were erased since, nothing is.
   */
  async *learn(untilOffset: number, batchCount: number, progress?: Progress): AsyncGenerator<Applied> {
    const log = this.#log, learner = this.#learner, fromOffset = learner.appliedOffset;
    const events = log.read({ fromOffset, untilOffset, batchCount });
    const readControls = () => log.readControls({ fromOffset, untilOffset });
    for await (const record of inOrder(events, readControls, fromOffset, untilOffset)) {
      if (record.kind === "events") {
        learner.apply(record.events, progress);
        yield EVENTS;
      } else yield await this.#control(record.control);
    }
    learner.advance(untilOffset);
  }

  async #control({ offset, record }: LoggedControl): Promise<Applied> {
    const learner = this.#learner;
    if (record.kind === "userErased") {
      learner.forgetUser(offset, record.userCode);
      return { erasedUser: record.userCode };
    }
    if (record.kind === "eventDeleted") {
      const correction = await this.#corrections.of(offset, record.deletedOffset);
      if (correction !== undefined) {
        learner.correct(offset, correction.user, correction.item, correction.remaining);
      }
    }
    learner.advance(offset + 1);
    return EVENTS;
  }
}
