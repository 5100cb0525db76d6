/** Lines of JSON that look like the one before, the same names and plain numbers: read without a parser for any JSON. */
import type { Observation } from "../../domain/observation.ts";
import { DecimalReader } from "./decimal.ts";
import type { ObservationFormat } from "./observation_format.ts";

const FIRST_NAME = /\s*\{\s*("(?:[^"\\]|\\.)*")\s*:\s*/y;
const NAME = /\s*,\s*("(?:[^"\\]|\\.)*")\s*:\s*/y;
const NUMBER = /-?\d[^\s,}]*/y;
const END = /\s*\}\s*$/y;

const LINE_FEED = 10;
/** What a column is. */
const FEATURE = 0, TARGET = 1, TIME = 2, UNUSED = 3;

export class FlatLines {
  /** Where the last line that was read ends, without its line feed. */
  end = 0;
  readonly #names: readonly string[];
  readonly #kinds: readonly number[];
  /** What stands before each value and behind the last, one after the other; `#ends`: where each ends. */
  readonly #between: Uint8Array;
  readonly #ends: readonly number[];
  readonly #decimals = new DecimalReader();
  readonly #values: Float64Array;

  private constructor(names: readonly string[], between: readonly string[], format: ObservationFormat) {
    const encoder = new TextEncoder();
    const parts = between.map((text) => encoder.encode(text));
    this.#names = names;
    this.#kinds = names.map((name) => kindOf(name, format));
    this.#between = encoder.encode(between.join(""));
    let end = 0;
    this.#ends = parts.map(({ length }) => end += length);
    this.#values = new Float64Array(names.length);
  }

  /** Undefined where the line is not flat, holds more than numbers, or has no target. */
  static like(line: string, format: ObservationFormat): FlatLines | undefined {
    const names: string[] = [], between: string[] = [];
    let at = 0;
    do {
      const name = matchAt(names.length === 0 ? FIRST_NAME : NAME, line, at);
      if (name === null) return undefined;
      const number = matchAt(NUMBER, line, at + name[0].length);
      if (number === null) return undefined;
      names.push(JSON.parse(name[1]));
      between.push(name[0]);
      at += name[0].length + number[0].length;
    } while (matchAt(END, line, at) === null);
    between.push(line.slice(at));
    return areUsable(names, format) ? new FlatLines(names, between, format) : undefined;
  }

  /**
   * The observation of the line that begins at `start` and ends with a line feed or the bytes; undefined where it does not
   * look like the other.
   */
  read(bytes: Uint8Array, start: number): Observation | undefined {
    const between = this.#between, ends = this.#ends, values = this.#values, decimals = this.#decimals;
    let at = start, k = 0;
    for (let column = 0; column < values.length; column++) {
      for (const stop = ends[column]; k < stop; k++) if (bytes[at++] !== between[k]) return undefined;
      const value = values[column] = decimals.read(bytes, at);
      if (value !== value) return undefined;
      at = decimals.end;
    }
    for (; k < between.length; k++) if (bytes[at++] !== between[k]) return undefined;
    if (at < bytes.length && bytes[at] !== LINE_FEED) return undefined;
    this.end = at;
    return this.#observation();
  }

  #observation(): Observation {
    const names = this.#names, kinds = this.#kinds, values = this.#values;
    const features: Record<string, number> = {};
    let target = 0, timeMs: number | undefined;
    for (let column = 0; column < values.length; column++) {
      const kind = kinds[column];
      if (kind === FEATURE) features[names[column]] = values[column];
      else if (kind === TARGET) target = values[column];
      else if (kind === TIME) timeMs = values[column];
    }
    return { features, target, timeMs };
  }
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

function kindOf(name: string, { target, time, without }: ObservationFormat): number {
  if (name === target) return TARGET;
  if (name === time) return TIME;
  return without?.includes(name) ? UNUSED : FEATURE;
}

/** A name that stands twice, or that is none of a plain field, is for the parser. */
function areUsable(names: readonly string[], { target, time }: ObservationFormat): boolean {
  return new Set(names).size === names.length && !names.includes("__proto__") && names.includes(target) &&
    (time === undefined || names.includes(time)) && target !== time;
}
