/** Where `generate` and `compare` take synthetic observations from, whoever makes them. */
import type { ConceptChange, Observation, Task } from "../../domain/observation.ts";
import { ConceptPlan } from "../../synthesize/concept_plan.ts";
import { SwitchableSchedule } from "../../synthesize/switchable_schedule.ts";
import { SyntheticStream } from "../../synthesize/synthetic_stream.ts";
import { conceptOf } from "./generate_drift.ts";
import { clockOf, makeNamedStream, type StreamWishes } from "./generate_stream.ts";

export interface ObservationSource {
  readonly name: string;
  readonly task: Task;
  readonly seed: number;
  /** Where it begins if nobody says so. */
  readonly position: number;
  /** How many observations it has if nobody says so. */
  readonly count: number;
  /** `count` observations from a position on, with the truth where a change begins. Throws BadInput, OutsideFailure. */
  block(from: number, count: number): Promise<Observation[]>;
  /** Another concept from this position on: its name, its number from 1, or "" for the next one. Throws BadInput. */
  switchTo(concept: string, position: number): ConceptChange;
  /** Looks whether what it is made from has changed: the change, or why the changed one cannot be used. */
  refresh?(position: number): Promise<ConceptChange | Error | undefined>;
  close(): void;
}

/** The source of a named stream. Throws BadInput. */
export function namedSource(text: string, wishes: StreamWishes): ObservationSource {
  const { name, seed, count, position, function: made, schedule: planned } = makeNamedStream(text, wishes);
  const schedule = new SwitchableSchedule(planned),
    plan = new ConceptPlan({ concepts: made.concepts, schedule, seed });
  const stream = new SyntheticStream({ function: made, schedule, seed, clock: clockOf(wishes.rate) });
  return {
    name,
    task: made.task,
    seed,
    count,
    position,
    block: (from, count) => Promise.resolve(stream.block(from, count)),
    switchTo: (given, position) => switchConcept(given, position, made.concepts, plan, schedule),
    close: () => {},
  };
}

/** What `switchTo` does. */
export function switchConcept(
  given: string,
  position: number,
  concepts: readonly string[],
  plan: ConceptPlan,
  schedule: SwitchableSchedule,
): ConceptChange {
  const next = () => (plan.conceptAt(Math.max(0, position - 1)) + 1) % concepts.length;
  const concept = given === "" ? next() : conceptOf(given, concepts);
  schedule.switchTo(concept, position);
  return { event: position, concept: concepts[concept] };
}
