/** Observations that come line by line: of a file, of standard input, of a synthetic stream, of a user's function. */
import { openInput } from "../../adapters/deno/open_input.ts";
import { systemClock } from "../../adapters/deno/system_clock.ts";
import type { Task } from "../../domain/observation.ts";
import type { ObservationFormat } from "../../online/streams/observation_format.ts";
import { type ObservationLine, readObservations } from "../../online/streams/read_observations.ts";
import { isFunctionFile } from "../generate/generate_function.ts";
import { openSource } from "../generate/generate_observations.ts";
import type { ObservationSource } from "../generate/generate_source.ts";
import { isStreamName } from "../generate/generate_stream.ts";

export interface LinesOptions {
  readonly stream: string;
  readonly seed: number;
  /** Of a file. */
  readonly format: ObservationFormat;
  readonly drift?: string;
  readonly concept?: string;
  /** Of a synthetic stream: observations a second of its time. */
  readonly rate?: number;
  /** Lines up to this one may be left out: they were taken in before. */
  readonly afterLine?: number;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
}

export interface OpenedLines {
  readonly lines: AsyncIterable<readonly ObservationLine[]>;
  /** What models have to do, where the stream itself says it. */
  readonly task?: Task;
  /** How many observations it has; undefined: not known. */
  readonly count?: number;
  /** The seed of a synthetic stream. */
  readonly seed?: number;
  close(): void;
}

/** Whether a text names a synthetic stream or a user's function. */
export function isGenerated(stream: string): boolean {
  return isStreamName(stream) || isFunctionFile(stream);
}

/** Throws BadInput and OutsideFailure, also while it is read. */
export async function openLines(options: LinesOptions): Promise<OpenedLines> {
  const { stream, format, signal } = options;
  if (isGenerated(stream)) return await openGenerated(options);
  const input = await openInput(stream, { signal });
  return { lines: readObservations(input.chunks, format), close: () => input.close() };
}

async function openGenerated(
  { stream, drift, concept, rate, seed, warn, afterLine = 0 }: LinesOptions,
): Promise<OpenedLines> {
  const source = await openSource({ function: stream, drift, concept }, rate, { seed, warn });
  const { task, count } = source;
  return {
    lines: generatedLines(source, afterLine),
    task,
    count,
    seed: source.seed,
    close: () => source.close(),
  };
}

const BLOCK_COUNT = 1000;

/** Line n is the observation at position n - 1. */
async function* generatedLines(
  source: ObservationSource,
  afterLine: number,
): AsyncGenerator<ObservationLine[]> {
  const until = source.position + source.count;
  for (let from = Math.max(source.position, afterLine); from < until; from += BLOCK_COUNT) {
    const observations = await source.block(from, Math.min(BLOCK_COUNT, until - from));
    yield observations.map((observation, i) => ({ line: from + i + 1, observation }));
    // A turn of the event loop: a signal would never be heard otherwise.
    await systemClock.sleep(0);
  }
}
