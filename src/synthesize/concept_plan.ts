/** Which concept each position of a stream is of, what its time is, and the truth about when the concept changes. */
import type { ConceptChange, Observation } from "../domain/observation.ts";
import { type DriftSchedule, spanOf } from "./drift_schedule.ts";
import { Random } from "./random.ts";

/** A stream of draws of its own: features do not depend on the schedule. */
const SCHEDULE = 1;

export interface ConceptPlanOptions {
  /** Names. */
  readonly concepts: readonly string[];
  readonly schedule: DriftSchedule;
  readonly seed: number;
  /** Gives observations a time: this many milliseconds apart, from `startMs` on. */
  readonly clock?: StreamClock;
}

export interface StreamClock {
  readonly startMs: number;
  readonly stepMs: number;
}

export class ConceptPlan {
  readonly #options: ConceptPlanOptions;

  constructor(options: ConceptPlanOptions) {
    this.#options = options;
  }

  conceptAt(position: number): number {
    const { schedule, seed } = this.#options;
    let draws: Random | undefined;
    return schedule.conceptAt(position, () => draws ??= Random.at(seed, position, SCHEDULE));
  }

  /** Changes that begin at from, ... until - 1; the stream's beginning counts as one. */
  truth(from: number, until: number): ConceptChange[] {
    const { concepts, schedule } = this.#options;
    const changes = schedule.transitions(from, until).map((transition) => {
      const { from: event, until } = spanOf(transition), concept = concepts[transition.concept];
      return until > event ? { event, until, concept } : { event, concept };
    });
    if (from > 0 || until <= 0 || changes[0]?.event === 0) return changes;
    return [{ event: 0, concept: concepts[schedule.initial] }, ...changes];
  }

  /** Puts the times on observations from a position on, and the truth on those where a change begins. */
  mark(
    observations: readonly Observation[],
    from: number,
    truth = this.truth(from, from + observations.length),
  ): Observation[] {
    const { clock } = this.#options;
    const changes = new Map(truth.map((change) => [change.event, change]));
    return observations.map((observation, i) => {
      const change = changes.get(from + i);
      if (clock === undefined && change === undefined) return observation;
      const timeMs = clock && clock.startMs + Math.round((from + i) * clock.stepMs);
      return {
        ...observation,
        ...(timeMs === undefined ? {} : { timeMs }),
        ...(change === undefined ? {} : { truth: change }),
      };
    });
  }
}
