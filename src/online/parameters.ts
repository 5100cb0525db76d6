/** Parameters of a step: what they are, what they accept, and their values from a text. */
import { BadInput } from "../domain/failure.ts";
import type { StepText } from "./pipeline_text.ts";

export type ParameterSpec =
  & { readonly help: string }
  & (
    | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly whole?: boolean;
      /** Absent: it follows from another parameter, as `help` says. */
      readonly default?: number;
    }
    | { readonly kind: "choice"; readonly choices: readonly string[]; readonly default: string }
    | { readonly kind: "text"; readonly default: string }
  );

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** Values by name; a number without a default may be undefined. */
export type ParameterValues<S extends ParameterSpecs> = {
  readonly [N in keyof S]: S[N] extends { kind: "number" }
    ? (S[N] extends { default: number } ? number : number | undefined)
    : S[N] extends { choices: readonly (infer C)[] } ? C
    : string;
};

/** What a parameter accepts, in words. */
export function acceptedOf(spec: ParameterSpec): string {
  if (spec.kind === "choice") return `one of ${spec.choices.join(", ")}`;
  if (spec.kind === "text") return "a text";
  return `a ${spec.whole ? "whole " : ""}number from ${spec.min} to ${spec.max}`;
}

/** Reads the values of a step. Throws BadInput for an unknown name or a value that is not accepted. */
export function parseParameters<S extends ParameterSpecs>(specs: S, step: StepText): ParameterValues<S> {
  for (const name of step.named.keys()) {
    if (Object.hasOwn(specs, name)) continue;
    const known = Object.keys(specs);
    throw new BadInput(
      `the step "${step.name}" was given the parameter "${name}"; ` +
        (known.length === 0 ? "it has none" : `its parameters are ${known.join(", ")}`),
    );
  }
  const values: Record<string, string | number | undefined> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const raw = step.named.get(name);
    values[name] = raw === undefined ? spec.default : parseValue(step.name, name, spec, raw);
  }
  return values as ParameterValues<S>;
}

function parseValue(step: string, name: string, spec: ParameterSpec, raw: string): string | number {
  if (spec.kind === "text") return raw;
  if (spec.kind === "choice") {
    if (spec.choices.includes(raw)) return raw;
  } else {
    const value = raw.trim() === "" ? NaN : Number(raw);
    const fits = value >= spec.min && value <= spec.max && (!spec.whole || Number.isInteger(value));
    if (fits) return value;
  }
  throw new BadInput(
    `the parameter "${name}" of "${step}" was given "${raw}"; accepted is ${acceptedOf(spec)}`,
  );
}
