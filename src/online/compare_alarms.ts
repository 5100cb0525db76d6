/** Alarms of a drift detector against the truth: what was found, how late, and what was not there. */
import type { ConceptChange } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { DriftDetector } from "../evaluate/drift/drift_detector.ts";

export interface Alarm {
  /** Outcomes seen by then. */
  readonly event: number;
  /** Outcomes before the first of those that the detector went by. */
  readonly since: number;
  /** The numbers were growing: no alarm about a recovery. */
  readonly isRise: boolean;
}

/** Newest numbers that are compared with those before them. */
const RECENT = 64;

/**
 * A detector that also says which way the numbers went. Detectors that see every change of the mean give alarm when a model
 * gets better again; with the errors falling that is no drift.
 */
export class DirectedDetector implements DriftDetector {
  readonly name: string;
  readonly alarms: Alarm[] = [];
  readonly #detector: DriftDetector;
  readonly #recent = new Float64Array(RECENT);
  #count = 0;
  /** Since the last alarm: how many, and the sum of all that are not among the recent ones any more. */
  #since = 0;
  #olderSum = 0;

  /** `name`: as it was asked for, so that two of a kind can be told apart. */
  constructor(name: string, detector: DriftDetector) {
    this.name = name;
    this.#detector = detector;
  }

  update(value: number): boolean {
    const place = this.#count % RECENT;
    if (this.#since >= RECENT) this.#olderSum += this.#recent[place];
    this.#recent[place] = value;
    this.#count++;
    this.#since++;
    const width = Math.min((this.#detector.width ?? this.#since - 1) + 1, this.#count);
    if (!this.#detector.update(value)) return false;
    this.alarms.push({ event: this.#count, since: this.#count - width, isRise: this.#isRising() });
    this.#since = 0;
    this.#olderSum = 0;
    return true;
  }

  save(): StateTree {
    return this.#detector.save();
  }

  load(state: StateTree): void {
    this.#detector.load(state);
  }

  #isRising(): boolean {
    const older = this.#since - RECENT;
    if (older <= 0) return true;
    return this.#recent.reduce((sum, value) => sum + value, 0) / RECENT > this.#olderSum / older;
  }
}

export interface DetectionScore {
  /** For each change of the truth, in order: events from where it begins to the alarm; undefined: missed. */
  readonly delays: readonly (number | undefined)[];
  /** Events of alarms about nothing. */
  readonly falseAlarms: readonly number[];
}

/**
 * A rising alarm is about the newest change that lies, or goes on, among what the detector went by; the first one finds it, later
 * ones are echoes (the detector had not forgotten all that was before). An alarm about no change is false.
 */
export function scoreAlarms(alarms: readonly Alarm[], changes: readonly ConceptChange[]): DetectionScore {
  const delays: (number | undefined)[] = changes.map(() => undefined);
  const falseAlarms: number[] = [];
  for (const { event, since, isRise } of alarms) {
    if (!isRise) continue;
    const about = changes.findLastIndex((change) =>
      change.event < event && (change.until ?? change.event) > since
    );
    if (about < 0) falseAlarms.push(event);
    else delays[about] ??= event - changes[about].event;
  }
  return { delays, falseAlarms };
}
