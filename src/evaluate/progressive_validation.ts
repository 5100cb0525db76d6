/** Asks a model first and teaches it later, with the delay that the real world has. */
import { BadInput } from "../domain/failure.ts";
import type { Observation, OnlineModel, Target } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { Outcome, RunningMetric } from "./running/running_metric.ts";

/** When an observation's target becomes known: after so many further observations, or so much of their time. */
export type Delay = { readonly kind: "events" | "ms"; readonly amount: number };

export interface ProgressiveOptions {
  readonly metrics: readonly RunningMetric[];
  /** None: each target is known before the next observation. */
  readonly delay?: Delay;
  /** Called with each outcome, in the order in which targets become known, when the model has learnt it. */
  readonly onOutcome?: (outcome: Outcome | undefined, observation: Observation) => void;
  /**
   * Called for a delayed observation that the model refuses to learn; it is left out and the stream goes on. Without it
   * the refusal is thrown, out of the call for a later observation.
   */
  readonly onRefused?: (refusal: BadInput, observation: Observation) => void;
}

/** An observation whose target is not known yet, with what was predicted for it. */
interface Pending {
  readonly observation: Observation;
  readonly outcome?: Outcome;
  /** Position or time from which on the target is known. */
  readonly dueAt: number;
}

/**
 * For each observation: first the targets that are known by now teach the model and update the metrics, in order; then the
 * model predicts. An observation for which the model had no prediction is learnt but not measured; one that the model
 * refuses changes nothing.
 */
export class ProgressiveValidation {
  readonly #model: OnlineModel;
  readonly #options: ProgressiveOptions;
  readonly #needsProbabilities: boolean;
  #pending: Pending[] = [];
  /** Place of the oldest that is pending; what lies before it is cut off now and then. */
  #first = 0;
  #position = 0;

  constructor(model: OnlineModel, options: ProgressiveOptions) {
    this.#model = model;
    this.#options = options;
    this.#needsProbabilities = options.metrics.some((metric) => metric.needsProbabilities);
  }

  /** Observations seen. */
  get count(): number {
    return this.#position;
  }

  get pendingCount(): number {
    return this.#pending.length - this.#first;
  }

  /** Gives the prediction; undefined where the model has none. */
  observe(observation: Observation): Target | undefined {
    const { delay } = this.#options;
    if (delay === undefined) {
      const outcome = this.#ask(observation);
      this.#settle(observation, outcome);
      this.#position++;
      return outcome?.prediction;
    }
    const now = delay.kind === "events" ? this.#position : timeOf(observation);
    this.#settleDue(now);
    const outcome = this.#ask(observation);
    this.#position++;
    this.#pending.push({ observation, outcome, dueAt: now + delay.amount });
    return outcome?.prediction;
  }

  /** At the end of the stream: all targets become known. */
  finish(): void {
    this.#settleDue(Infinity);
  }

  /** The model and the metrics save themselves. */
  save(): StateTree {
    return {
      position: this.#position,
      pending: this.#pending.slice(this.#first).map(({ observation, outcome, dueAt }) => ({
        features: { ...observation.features },
        order: Object.keys(observation.features),
        target: observation.target,
        timeMs: observation.timeMs ?? null,
        dueAt,
        prediction: outcome?.prediction ?? null,
        probabilities: Array.from(outcome?.probabilities ?? [], ([label, p]) => [label, p]),
      })),
    };
  }

  load(state: StateTree): void {
    const { position, pending } = state as unknown as { position: number; pending: readonly SavedPending[] };
    this.#position = position;
    this.#first = 0;
    this.#pending = pending.map((saved) => this.#restored(saved));
  }

  #ask(observation: Observation): Outcome | undefined {
    const prediction = this.#model.predictOne(observation.features);
    if (prediction === undefined) return undefined;
    const probabilities = this.#needsProbabilities
      ? this.#model.predictProbabilitiesOne?.(observation.features)
      : undefined;
    return { truth: observation.target, prediction, probabilities };
  }

  #settleDue(now: number): void {
    while (this.#first < this.#pending.length && this.#pending[this.#first].dueAt <= now) {
      const { observation, outcome } = this.#pending[this.#first++];
      try {
        this.#settle(observation, outcome);
      } catch (error) {
        if (!(error instanceof BadInput) || this.#options.onRefused === undefined) throw error;
        this.#options.onRefused(error, observation);
      }
    }
    if (this.#first > 1024 && 2 * this.#first > this.#pending.length) {
      this.#pending = this.#pending.slice(this.#first);
      this.#first = 0;
    }
  }

  #settle(observation: Observation, outcome: Outcome | undefined): void {
    this.#model.learnOne(observation.features, observation.target);
    if (outcome !== undefined) { for (const metric of this.#options.metrics) metric.update(outcome); }
    this.#options.onOutcome?.(outcome, observation);
  }

  #restored(saved: SavedPending): Pending {
    const { features, order, target, timeMs, dueAt, prediction, probabilities } = saved;
    const observation: Observation = {
      features: Object.fromEntries(order.map((name) => [name, features[name]])),
      target,
      timeMs: timeMs ?? undefined,
    };
    const pairs = this.#needsProbabilities ? new Map(probabilities) : undefined;
    const outcome = prediction === null ? undefined : { truth: target, prediction, probabilities: pairs };
    return { observation, outcome, dueAt };
  }
}

interface SavedPending {
  readonly features: Observation["features"];
  /** Names in the order in which they came: it is the order of arithmetic. */
  readonly order: readonly string[];
  readonly target: Target;
  readonly timeMs: number | null;
  readonly dueAt: number;
  readonly prediction: Target | null;
  readonly probabilities: readonly (readonly [Target, number])[];
}

function timeOf(observation: Observation): number {
  if (observation.timeMs !== undefined) return observation.timeMs;
  throw new BadInput("delaying targets by time: an observation has none; a delay in events is accepted");
}
