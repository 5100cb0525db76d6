/** Observations from delimited text. */
import { BadInput } from "../../domain/failure.ts";
import type { FeatureValue, Observation } from "../../domain/observation.ts";
import { type LineParser, type ObservationFormat, observationOf } from "./observation_format.ts";

const DELIMITERS = ["::", "\t", ",", ";", "|"];
const NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

/** The delimiter that cuts the first line into most fields. Throws BadInput when none does. */
export function delimiterOf(line: string): string {
  // What stands in quotes says nothing about delimiters.
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, "");
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  const most = Math.max(...counts);
  if (most > 1) return DELIMITERS[counts.indexOf(most)];
  throw new BadInput(
    `cannot tell how the fields of ${
      JSON.stringify(line.slice(0, 80))
    } are separated: "::", a tab, a comma, a ` +
      `semicolon and a bar are found by themselves; give another delimiter`,
  );
}

/** Fields of a record, quotes taken off (RFC 4180). */
export function fieldsOf(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; at <= record.length;) {
    if (record[at] !== '"') {
      const end = record.indexOf(delimiter, at), stop = end < 0 ? record.length : end;
      fields.push(record.slice(at, stop));
      at = stop + delimiter.length;
      continue;
    }
    let text = "", end = at + 1;
    for (;;) {
      const quote = record.indexOf('"', end);
      if (quote < 0) {
        throw new BadInput(`reading ${JSON.stringify(record.slice(0, 80))}: a quote is not closed`);
      }
      text += record.slice(end, quote);
      end = quote + 1;
      if (record[end] !== '"') break;
      text += '"';
      end++;
    }
    fields.push(text);
    if (end < record.length && !record.startsWith(delimiter, end)) {
      throw new BadInput(`reading ${JSON.stringify(record.slice(0, 80))}: text after a closing quote`);
    }
    at = end + delimiter.length;
  }
  return fields;
}

/**
 * Fields that look like numbers are numbers, empty ones are not there, the rest are texts. The first line holds the names
 * unless they are given.
 */
export class CsvLines implements LineParser {
  readonly #format: ObservationFormat;
  readonly #texts: ReadonlySet<string>;
  #delimiter?: string;
  #names?: readonly string[];
  /** A record that goes on in the next line, inside quotes. */
  #open = "";

  constructor(format: ObservationFormat) {
    this.#format = format;
    this.#texts = new Set(format.texts);
    this.#delimiter = format.delimiter;
    this.#names = format.names;
  }

  parse(line: string): Observation | undefined {
    const record = this.#open === "" ? line : `${this.#open}\n${line}`;
    if (record.trim() === "") return undefined;
    this.#open = hasOpenQuote(record) ? record : "";
    if (this.#open !== "") return undefined;
    this.#delimiter ??= delimiterOf(record);
    const fields = fieldsOf(record, this.#delimiter);
    if (this.#names === undefined) {
      this.#readHeader(fields);
      return undefined;
    }
    return observationOf(this.#named(fields, this.#names), this.#format);
  }

  #readHeader(fields: readonly string[]): void {
    const names = fields.map((field) => field.trim());
    const { target } = this.#format;
    if (!names.includes(target)) {
      throw new BadInput(
        `looking for the target "${target}" in the header: it holds ${
          names.slice(0, 20).join(", ")
        }; for a file ` +
          `without a header give the names of its fields`,
      );
    }
    this.#names = names;
  }

  #named(fields: readonly string[], names: readonly string[]): Record<string, FeatureValue> {
    if (fields.length !== names.length) {
      throw new BadInput(
        `reading a record of ${fields.length} fields: ${names.length} are accepted, ${names.join(", ")}`,
      );
    }
    const named: Record<string, FeatureValue> = {};
    for (let i = 0; i < names.length; i++) {
      const name = names[i], field = fields[i];
      if (this.#texts.has(name)) named[name] = field;
      else named[name] = field === "" ? null : NUMBER.test(field) ? Number(field) : field;
    }
    return named;
  }
}

function hasOpenQuote(record: string): boolean {
  let count = 0;
  for (let at = record.indexOf('"'); at >= 0; at = record.indexOf('"', at + 1)) count++;
  return count % 2 === 1;
}
