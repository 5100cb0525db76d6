/** Observations as lines: of JSON, which carry the truth with them, or CSV, beside which it is kept. */
import { BadInput } from "../../domain/failure.ts";
import type { ConceptChange, FeatureValue, Observation, Target } from "../../domain/observation.ts";

/** `{features, target, time?, truth?}`, as `foz online` reads it. */
export function observationJson({ features, target, timeMs, truth }: Observation): string {
  return JSON.stringify({ features, target, time: timeMs, truth });
}

/** A line for each change, beside a CSV file; `row`: observations before it in that file. */
export function truthLine(change: ConceptChange, row: number): string {
  return `${JSON.stringify({ row, ...change })}\n`;
}

/** Where the truth of a CSV file is kept. */
export function truthPath(path: string): string {
  return `${path}.truth.ndjson`;
}

/** CSV with the first observation's names as its header. */
export class CsvFormat {
  readonly #names: readonly string[];
  readonly #hasTime: boolean;

  /** Throws BadInput where a feature is called as the column of the target or the time. */
  constructor({ features, timeMs }: Observation) {
    this.#names = Object.keys(features);
    this.#hasTime = timeMs !== undefined;
    const taken = this.#names.find((name) => name === "target" || (name === "time" && this.#hasTime));
    if (taken === undefined) return;
    throw new BadInput(
      `writing CSV: a feature is called "${taken}", as a column of its own; NDJSON (--format ndjson) is accepted`,
    );
  }

  header(): string {
    return [...this.#names, "target", ...(this.#hasTime ? ["time"] : [])].map(quoted).join(",");
  }

  /** Throws BadInput when the features are not those of the header: a function was changed to another one. */
  line({ features, target, timeMs }: Observation): string {
    const names = Object.keys(features);
    if (names.length !== this.#names.length || names.some((name, i) => name !== this.#names[i])) {
      throw new BadInput(
        `writing CSV: the features are now ${names.join(", ")}, and the header has ${
          this.#names.join(", ")
        }; NDJSON ` +
          `(--format ndjson) takes features that come and go`,
      );
    }
    const cells = names.map((name) => cellOf(features[name]));
    cells.push(cellOf(target));
    if (this.#hasTime) cells.push(String(timeMs));
    return cells.join(",");
  }
}

/** True and false are 1 and 0: in CSV they would be texts. */
function cellOf(value: FeatureValue | Target): string {
  if (value === null) return "";
  return typeof value === "string" ? quoted(value) : String(Number(value));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
