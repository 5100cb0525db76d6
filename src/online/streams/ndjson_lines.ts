/** Observations from lines of JSON. */
import { BadInput } from "../../domain/failure.ts";
import type { Features, Observation } from "../../domain/observation.ts";
import {
  type LineParser,
  nestedObservation,
  type ObservationFormat,
  observationOf,
} from "./observation_format.ts";

/** A flat record `{a: 1, b: "x", y: 3}`, or `{features: {...}, target, time?}`. */
export class NdjsonLines implements LineParser {
  readonly #format: ObservationFormat;

  constructor(format: ObservationFormat) {
    this.#format = format;
  }

  parse(line: string): Observation | undefined {
    if (line.trim() === "") return undefined;
    let fields: unknown;
    try {
      fields = JSON.parse(line);
    } catch (cause) {
      throw new BadInput(`reading ${JSON.stringify(line.slice(0, 80))} as JSON: ${(cause as Error).message}`);
    }
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new BadInput(`reading ${line.slice(0, 80)}: a record of fields is accepted`);
    }
    const record = fields as Readonly<Record<string, unknown>>;
    const { features } = record;
    if (typeof features === "object" && features !== null && !Array.isArray(features)) {
      return nestedObservation(record as { features: Features });
    }
    return observationOf(record, this.#format);
  }
}
