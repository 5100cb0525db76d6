/** A file of observations, in order, in bounded memory. */
import { BadInput } from "../../domain/failure.ts";
import type { Observation } from "../../domain/observation.ts";
import { CsvLines } from "./csv_lines.ts";
import { FlatLines } from "./flat_lines.ts";
import { NdjsonLines } from "./ndjson_lines.ts";
import type { LineParser, ObservationFormat } from "./observation_format.ts";

/** Longest line: beyond it a file is not what it is taken for. */
const MAX_LINE_BYTES = 1 << 21;
const LINE_FEED = 10;
/** Blocks without like lines after which they are not looked for any more. */
const MOST_FAILURES = 3;

/** What a line holds: an observation, or why it could not be read. Lines count from 1. */
export type ObservationLine =
  | { readonly line: number; readonly observation: Observation; readonly refusal?: undefined }
  | { readonly line: number; readonly refusal: BadInput };

/**
 * Batches as they come from the chunks: bytes of text in UTF-8, cut anywhere. A header that cannot be read ends it with
 * BadInput; any other line that cannot be read is one of its lines.
 */
export async function* readObservations(
  chunks: AsyncIterable<Uint8Array>,
  format: ObservationFormat,
): AsyncGenerator<ObservationLine[]> {
  const reader = new LineReader(format);
  for await (const block of wholeLines(chunks)) {
    const batch = reader.read(block);
    if (batch.length > 0) yield batch;
  }
}

/** Lines that look like the one before are read from their bytes, others decoded and parsed. */
class LineReader {
  readonly #format: ObservationFormat;
  /** It drops a byte order mark; the others do not. */
  #decoder = new TextDecoder();
  #parser?: LineParser;
  #flat?: FlatLines;
  /** Blocks in which looking for such lines did not pay. */
  #failures = 0;
  #line = 0;

  constructor(format: ObservationFormat) {
    this.#format = format;
  }

  read(block: Uint8Array): ObservationLine[] {
    const batch: ObservationLine[] = [];
    if (this.#isFlat(block)) this.#readFlat(block, batch);
    else for (const text of this.#decode(block).split("\n")) this.#readText(text, batch);
    return batch;
  }

  /** Looks at the first line of a block. */
  #isFlat(block: Uint8Array): boolean {
    if (this.#flat !== undefined) return true;
    if (this.#failures >= MOST_FAILURES || !(this.#parser instanceof NdjsonLines || this.#line === 0)) {
      return false;
    }
    const text = new TextDecoder().decode(block.subarray(0, lineEnd(block, 0)));
    const isNdjson = this.#parser !== undefined || kindOf(text, this.#format) === "ndjson";
    this.#flat = isNdjson ? FlatLines.like(text, this.#format) : undefined;
    if (this.#flat === undefined) {
      this.#failures++;
      return false;
    }
    this.#parser ??= new NdjsonLines(this.#format);
    return true;
  }

  #readFlat(block: Uint8Array, batch: ObservationLine[]): void {
    const flat = this.#flat!;
    let misses = 0, hits = 0;
    for (let start = 0; start <= block.length;) {
      const observation = flat.read(block, start);
      if (observation !== undefined) {
        batch.push({ line: ++this.#line, observation });
        hits++;
        start = flat.end + 1;
      } else {
        const end = lineEnd(block, start);
        this.#readText(this.#decode(block.subarray(start, end)), batch);
        misses++;
        start = end + 1;
      }
    }
    if (misses <= hits / 4 + 1) return;
    this.#flat = undefined;
    this.#failures++;
  }

  #readText(line: string, batch: ObservationLine[]): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    this.#line++;
    if (this.#parser === undefined && text.trim() === "") return;
    const isHeader = this.#parser === undefined && hasHeader(text, this.#format);
    this.#parser ??= parserOf(text, this.#format);
    try {
      const observation = this.#parser.parse(text);
      if (observation !== undefined) batch.push({ line: this.#line, observation });
    } catch (error) {
      if (!(error instanceof BadInput) || isHeader) throw error;
      batch.push({ line: this.#line, refusal: error });
    }
  }

  #decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    this.#decoder = withMark;
    return text;
  }
}

const withMark = new TextDecoder("utf-8", { ignoreBOM: true });

function lineEnd(block: Uint8Array, start: number): number {
  const end = block.indexOf(LINE_FEED, start);
  return end < 0 ? block.length : end;
}

function hasHeader(text: string, format: ObservationFormat): boolean {
  return kindOf(text, format) === "csv" && format.names === undefined;
}

function kindOf(text: string, format: ObservationFormat): "csv" | "ndjson" {
  return format.kind ?? (text.trimStart().startsWith("{") ? "ndjson" : "csv");
}

function parserOf(text: string, format: ObservationFormat): LineParser {
  return kindOf(text, format) === "ndjson" ? new NdjsonLines(format) : new CsvLines(format);
}

/** Blocks of whole lines, without the line feed of the last; the last one may lack it. */
async function* wholeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end >= 0) yield joined(rest, chunk.subarray(0, end));
    rest = end >= 0 ? chunk.slice(end + 1) : joined(rest, chunk);
    if (rest.length > MAX_LINE_BYTES) {
      throw new BadInput(`a line of more than ${MAX_LINE_BYTES} bytes: lines of CSV or JSON are accepted`);
    }
  }
  if (rest.length > 0) yield rest;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
