/**
 * A user's own model among the others. It is an object with
 * - `predictOne(features)`: a finite number (regression) or a label (classification), undefined while it knows nothing;
 *   it changes nothing;
 * - `learnOne(features, target)`;
 * - `task`, "regression" or "classification", if the stream's targets do not say it;
 * - `save()`, if it wants its size to be shown: what it remembers, as plain values and typed arrays.
 */
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import type { Features, OnlineModel, Target, Task } from "../domain/observation.ts";
import type { StateTree } from "../domain/state_tree.ts";
import type { SavedModel } from "./online_model.ts";

type UserObject = OnlineModel & { save?(): StateTree };

/** Takes what a module exports: the object, a class, or a function that makes one. Throws BadInput. */
export function userModel(exported: unknown, file: string, options: { task: Task; seed: number }): UserModel {
  const given = made(exported, file, options.seed) as Partial<UserObject> | undefined | null;
  if (typeof given?.predictOne !== "function" || typeof given.learnOne !== "function") {
    throw new BadInput(
      `reading the model of ${file}: its default export is no model; accepted is an object with predictOne(features) and ` +
        `learnOne(features, target), or a class or function that makes one`,
    );
  }
  const { task } = given;
  if (task !== undefined && task !== "regression" && task !== "classification") {
    throw new BadInput(
      `reading the model of ${file}: its task is "${task}"; regression and classification are accepted`,
    );
  }
  return new UserModel(given as UserObject, file, task ?? options.task);
}

function made(exported: unknown, file: string, seed: number): unknown {
  if (typeof exported !== "function") return exported;
  try {
    const isClass = /^class\b/.test(Function.prototype.toString.call(exported));
    // deno-lint-ignore no-explicit-any
    return isClass ? new (exported as any)(seed) : exported(seed);
  } catch (cause) {
    throw new BadInput(`making the model of ${file}: it threw "${messageOf(cause)}"`, { cause });
  }
}

/** Throws OutsideFailure when the object throws, or predicts what is no prediction: its run ends then. */
export class UserModel implements SavedModel {
  readonly task: Task;
  /** Whether it says what it remembers. */
  readonly canSave: boolean;
  readonly #object: UserObject;
  readonly #file: string;

  constructor(object: UserObject, file: string, task: Task) {
    this.task = task;
    this.canSave = typeof object.save === "function";
    this.#object = object;
    this.#file = file;
  }

  predictOne(features: Features): Target | undefined {
    const prediction = this.#calling("predictOne", () => this.#object.predictOne(features));
    if (prediction === undefined || this.#isAccepted(prediction)) return prediction;
    const accepted = this.task === "regression"
      ? "a finite number"
      : "a text, a finite number, true or false";
    throw new OutsideFailure(
      `predictOne of ${this.#file} gave ${String(prediction)}; accepted is ${accepted}, or undefined`,
    );
  }

  predictProbabilitiesOne(features: Features): ReadonlyMap<Target, number> {
    const given = this.#calling(
      "predictProbabilitiesOne",
      () => this.#object.predictProbabilitiesOne?.(features),
    );
    return given ?? new Map();
  }

  learnOne(features: Features, target: Target): void {
    this.#calling("learnOne", () => this.#object.learnOne(features, target));
  }

  save(): StateTree {
    return this.#calling("save", () => this.#object.save?.() ?? null);
  }

  /** It takes part from the beginning to the end of a comparison. */
  load(): void {
    throw new OutsideFailure(`the model of ${this.#file} cannot go on from a checkpoint`);
  }

  #isAccepted(prediction: unknown): boolean {
    if (typeof prediction === "number") return Number.isFinite(prediction);
    return this.task === "classification" &&
      (typeof prediction === "string" || typeof prediction === "boolean");
  }

  #calling<T>(name: string, call: () => T): T {
    try {
      return call();
    } catch (cause) {
      throw new OutsideFailure(`${name} of ${this.#file} threw "${messageOf(cause)}"`, { cause });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
