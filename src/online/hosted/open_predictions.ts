/** Predictions that wait for their targets: as many and as long as was agreed. */
import { BadInput } from "../../domain/failure.ts";
import type { Features, Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";

export interface OpenPrediction {
  readonly features: Features;
  readonly prediction: Target | undefined;
  readonly probabilities?: ReadonlyMap<Target, number>;
  /** When it was made. */
  readonly atMs: number;
}

export interface OpenPredictionsOptions {
  /** The oldest is given up for one more. */
  readonly most: number;
  readonly expireAfterMs: number;
}

export class OpenPredictions {
  readonly #options: OpenPredictionsOptions;
  /** In the order in which they were made. */
  readonly #byId = new Map<string, OpenPrediction>();
  #givenUp = 0;

  constructor(options: OpenPredictionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#byId.size;
  }

  get givenUp(): number {
    return this.#givenUp;
  }

  /** The one of that id, if it waits. Throws BadInput when it was made from other features. */
  find(id: string, features: Features, nowMs: number): OpenPrediction | undefined {
    const found = this.get(id, nowMs);
    if (found === undefined || textOf(found.features) === textOf(features)) return found;
    throw new BadInput(
      `predicting with the id "${id}": a prediction of that id waits for its target, with other features; ` +
        `the same features are accepted, or another id`,
    );
  }

  get(id: string, nowMs: number): OpenPrediction | undefined {
    this.forgetOld(nowMs);
    return this.#byId.get(id);
  }

  add(id: string, prediction: OpenPrediction): void {
    this.#byId.set(id, prediction);
    while (this.#byId.size > this.#options.most) this.#giveUpFirst();
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  forgetOld(nowMs: number): void {
    for (const { atMs } of this.#byId.values()) {
      if (nowMs - atMs < this.#options.expireAfterMs) return;
      this.#giveUpFirst();
    }
  }

  save(): StateTree {
    const waiting = [...this.#byId].map(([id, { features, prediction, probabilities, atMs }]) => ({
      id,
      names: Object.keys(features),
      values: Object.values(features),
      prediction: prediction ?? null,
      probabilities: probabilities === undefined ? null : [...probabilities].map(([label, p]) => [label, p]),
      atMs,
    }));
    return { givenUp: this.#givenUp, waiting };
  }

  load(state: StateTree): void {
    const { givenUp, waiting } = state as unknown as { givenUp: number; waiting: readonly SavedPrediction[] };
    this.#givenUp = givenUp;
    this.#byId.clear();
    for (const { id, names, values, prediction, probabilities, atMs } of waiting) {
      this.#byId.set(id, {
        features: Object.fromEntries(names.map((name, i) => [name, values[i]])),
        prediction: prediction ?? undefined,
        probabilities: probabilities === null ? undefined : new Map(probabilities),
        atMs,
      });
    }
  }

  #giveUpFirst(): void {
    const [first] = this.#byId.keys();
    this.#byId.delete(first);
    this.#givenUp++;
  }
}

interface SavedPrediction {
  readonly id: string;
  /** The order is the order of arithmetic. */
  readonly names: readonly string[];
  readonly values: readonly Features[string][];
  readonly prediction: Target | null;
  readonly probabilities: readonly (readonly [Target, number])[] | null;
  readonly atMs: number;
}

/** The same for the same features in another order: they are the same request. */
function textOf(features: Features): string {
  return JSON.stringify(Object.entries(features).sort(([a], [b]) => a < b ? -1 : 1));
}
