/** What a line of a stream means: which of its fields is the target, which the time, and how fields are told apart. */
import { BadInput } from "../../domain/failure.ts";
import type { ConceptChange, Features, FeatureValue, Observation, Target } from "../../domain/observation.ts";

export interface ObservationFormat {
  /** Found from the first line if absent. */
  readonly kind?: "csv" | "ndjson";
  /** The field that is learnt. */
  readonly target: string;
  /** The field that holds the time: milliseconds, or what Date.parse reads. It is no feature. */
  readonly time?: string;
  /** Fields that are no features. */
  readonly without?: readonly string[];
  /** CSV fields that are texts even where they look like numbers: ids, postal codes. */
  readonly texts?: readonly string[];
  /** Names of CSV fields, for a file whose first line is not a header. */
  readonly names?: readonly string[];
  /** Of CSV; found from the first line if absent. */
  readonly delimiter?: string;
}

/** Reads a line; undefined for one that holds no observation (a header, a blank line). Throws BadInput. */
export interface LineParser {
  parse(line: string): Observation | undefined;
}

/** Puts target and time aside. Throws BadInput when there is no target, or the time is none. */
export function observationOf(
  fields: Readonly<Record<string, unknown>>,
  { target, time, without }: ObservationFormat,
): Observation {
  const value = fields[target];
  if (!Object.hasOwn(fields, target) || value === null || value === "") {
    const names = Object.keys(fields).slice(0, 20).join(", ");
    throw new BadInput(`reading the target "${target}": it is not there; the fields are ${names}`);
  }
  const features: Record<string, FeatureValue> = {};
  for (const name in fields) {
    if (name !== target && name !== time && !without?.includes(name)) {
      features[name] = fields[name] as FeatureValue;
    }
  }
  const timeMs = time === undefined ? undefined : timeOf(fields[time], time);
  return { features, target: value as Target, timeMs };
}

/** An observation that is written as `{features, target, time?, truth?}`. */
export function nestedObservation(
  fields: {
    readonly features: Features;
    readonly target?: unknown;
    readonly time?: unknown;
    readonly truth?: unknown;
  },
): Observation {
  const { features, target, time, truth } = fields;
  if (target === undefined || target === null) {
    throw new BadInput(`reading an observation {features, target}: its target is not there`);
  }
  return {
    features,
    target: target as Target,
    timeMs: time === undefined ? undefined : timeOf(time, "time"),
    ...(isConceptChange(truth) ? { truth } : {}),
  };
}

/** A truth that is none is passed over: no model sees it. */
function isConceptChange(value: unknown): value is ConceptChange {
  const { event, until, concept } = (value ?? {}) as Partial<Record<keyof ConceptChange, unknown>>;
  return Number.isInteger(event) && typeof concept === "string" &&
    (until === undefined || Number.isInteger(until));
}

function timeOf(value: unknown, name: string): number {
  const timeMs = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : NaN;
  if (Number.isFinite(timeMs)) return timeMs;
  throw new BadInput(
    `reading the time from "${name}": it is ${
      JSON.stringify(value) ?? "not there"
    }; accepted are milliseconds since ` +
      `1970 and dates such as 2024-05-01T12:00:00Z`,
  );
}
