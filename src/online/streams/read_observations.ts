/** A file of observations, in order, in bounded memory. */
import { BadInput } from "../../domain/failure.ts";
import type { Observation } from "../../domain/observation.ts";
import { CsvLines } from "./csv_lines.ts";
import { NdjsonLines } from "./ndjson_lines.ts";
import type { LineParser, ObservationFormat } from "./observation_format.ts";

/** Longest line in characters: beyond it a file is not what it is taken for. */
const MAX_LINE = 1 << 20;

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
  let parser: LineParser | undefined, line = 0;
  for await (const lines of linesOf(chunks)) {
    const batch: ObservationLine[] = [];
    for (const text of lines) {
      line++;
      if (parser === undefined && text.trim() === "") continue;
      const isHeader = parser === undefined && hasHeader(text, format);
      parser ??= parserOf(text, format);
      try {
        const observation = parser.parse(text);
        if (observation !== undefined) batch.push({ line, observation });
      } catch (error) {
        if (!(error instanceof BadInput) || isHeader) throw error;
        batch.push({ line, refusal: error });
      }
    }
    if (batch.length > 0) yield batch;
  }
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

/** Whole lines, without their ends; the last one may lack its line feed. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  // It drops a byte order mark.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n");
    rest = text.slice(end + 1);
    if (rest.length > MAX_LINE) {
      throw new BadInput(`a line of more than ${MAX_LINE} characters: lines of CSV or JSON are accepted`);
    }
    if (end >= 0) yield text.slice(0, end).split("\n").map(withoutReturn);
  }
  rest += decoder.decode();
  if (rest !== "") yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
