/** A schedule that somebody overrules while the stream runs. */
import type { DriftSchedule, Transition } from "./drift_schedule.ts";
import { spanOf } from "./drift_schedule.ts";
import type { Random } from "./random.ts";

/** A concept that was switched to stays until the planned schedule's next change begins. */
export class SwitchableSchedule implements DriftSchedule {
  readonly #planned: DriftSchedule;
  readonly #switches: Transition[] = [];

  constructor(planned: DriftSchedule) {
    this.#planned = planned;
  }

  get initial(): number {
    return this.#planned.initial;
  }

  /** From this position on; not before an earlier switch. */
  switchTo(concept: number, position: number): void {
    while ((this.#switches.at(-1)?.position ?? -1) >= position) this.#switches.pop();
    this.#switches.push({ position, concept, shape: "abrupt", width: 0 });
  }

  conceptAt(position: number, random: () => Random): number {
    const last = this.#switches.findLast((one) => one.position <= position);
    if (last === undefined || this.#planned.transitions(last.position + 1, position + 1).length > 0) {
      return this.#planned.conceptAt(position, random);
    }
    return last.concept;
  }

  transitions(from: number, until: number): Transition[] {
    const switches = this.#switches.filter(({ position }) => position >= from && position < until);
    return [...this.#planned.transitions(from, until), ...switches].sort((a, b) =>
      spanOf(a).from - spanOf(b).from
    );
  }
}
