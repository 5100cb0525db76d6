/**
 * A user's own function as a synthetic one: checked, value by value, before anything is sent.
 *
 * A module exports by default
 * - a function `(random, position) => ({ features: { name: value, ... }, target })`, or
 * - several under names, `{ calm: (random, position) => ..., storm: ... }`: each is a concept, the first one begins.
 *
 * `random` is a seeded generator for this position: `uniform()` in [0, 1), `normal()`, `below(n)`, `poisson(mean)`. A function
 * that draws from it alone, and remembers nothing, gives the same stream for the same seed, from anywhere on.
 * Features are finite numbers, texts, true or false, or null; the same names in the same order each time. The target
 * is a finite number, a text, or true or false, of the same kind each time.
 */
import { BadInput } from "../domain/failure.ts";
import type { FeatureValue, Observation } from "../domain/observation.ts";
import type { Random } from "./random.ts";
import type { SyntheticFunction } from "./synthetic_function.ts";

export type UserFunction = (random: Random, position: number) => {
  readonly features: Readonly<Record<string, FeatureValue>>;
  readonly target: number | string | boolean;
};

const MOST_FEATURES = 10_000;

/** What a module's default export holds. Throws BadInput when it is neither a function nor some under names. */
export function userFunction(exported: unknown, file: string, probe: Random): SyntheticFunction {
  const functions = functionsOf(exported, file);
  const names = Object.keys(functions), concepts = Object.values(functions);
  const check = new ShapeCheck(file);
  const observe = (random: Random, concept: number, position: number) =>
    check.checked(called(concepts[concept], random, position, file), position);
  const first = observe(probe, 0, 0);
  return {
    task: typeof first.target === "number" ? "regression" : "classification",
    concepts: names,
    observe,
  };
}

function functionsOf(exported: unknown, file: string): Readonly<Record<string, UserFunction>> {
  if (typeof exported === "function") {
    const isNamed = exported.name !== "" && exported.name !== "default";
    return { [isNamed ? exported.name : baseName(file)]: exported as UserFunction };
  }
  const entries = typeof exported === "object" && exported !== null ? Object.entries(exported) : [];
  if (entries.length > 0 && entries.every(([, one]) => typeof one === "function")) {
    return Object.fromEntries(entries);
  }
  throw new BadInput(
    `reading the function of ${file}: its default export is ${describe(exported)}; accepted is a function ` +
      `(random, position) => ({ features: { ... }, target }), or an object of such functions by name`,
  );
}

/** Without folders and the end that says its language. */
function baseName(file: string): string {
  return file.replace(/^.*[/\\]/, "").replace(/\.[a-z]+$/, "");
}

function called(observe: UserFunction, random: Random, position: number, file: string): unknown {
  try {
    return observe(random, position);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new BadInput(`calling the function of ${file} at position ${position}: it threw "${message}"`, {
      cause,
    });
  }
}

/** The first observation says what the others have to look like. */
class ShapeCheck {
  readonly #file: string;
  #names?: readonly string[];
  #targetType?: string;

  constructor(file: string) {
    this.#file = file;
  }

  checked(given: unknown, position: number): Observation {
    const { features, target } = (given ?? {}) as { features?: unknown; target?: unknown };
    if (typeof features !== "object" || features === null || Array.isArray(features)) {
      const what = given instanceof Promise ? "a promise" : describe(given);
      throw this.#refusal(position, what, "{ features: { name: value, ... }, target }");
    }
    this.#checkNames(Object.keys(features), position);
    for (const [name, value] of Object.entries(features)) {
      if (isValue(value) || value === null) continue;
      throw this.#refusal(
        position,
        `${describe(value)} as feature "${name}"`,
        "a finite number, a text, true, false or null",
      );
    }
    if (!isValue(target)) {
      throw this.#refusal(
        position,
        `${describe(target)} as target`,
        "a finite number, a text, true or false",
      );
    }
    const type = typeof target;
    this.#targetType ??= type;
    if (type !== this.#targetType) {
      throw this.#refusal(
        position,
        `the ${type} ${describe(target)} as target`,
        `a ${this.#targetType}, as at first`,
      );
    }
    return { features: features as Observation["features"], target };
  }

  #checkNames(names: readonly string[], position: number): void {
    if (this.#names === undefined) {
      if (names.length === 0 || names.length > MOST_FEATURES) {
        throw this.#refusal(position, `${names.length} features`, `1 to ${MOST_FEATURES}`);
      }
      this.#names = names;
    }
    const known = this.#names;
    if (names.length === known.length && names.every((name, i) => name === known[i])) return;
    throw this.#refusal(
      position,
      `the features ${shown(names)}`,
      `those of the first observation, in their order: ${shown(known)}`,
    );
  }

  #refusal(position: number, given: string, accepted: string): BadInput {
    return new BadInput(
      `calling the function of ${this.#file} at position ${position}: it gave ${given}; accepted is ${accepted}`,
    );
  }
}

function isValue(value: unknown): value is number | string | boolean {
  return typeof value === "number"
    ? Number.isFinite(value)
    : typeof value === "string" || typeof value === "boolean";
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null
    ? "an object"
    : typeof value === "function"
    ? "a function"
    : String(value);
}

function shown(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(", ")}, ...` : names.join(", ");
}
