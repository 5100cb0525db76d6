/** `foz generate --function`: observations of a function, with drift, to a file, standard output or a topic. */
import { systemClock } from "../../adapters/deno/system_clock.ts";
import { BadInput } from "../../domain/failure.ts";
import type { ConceptChange } from "../../domain/observation.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Topics } from "../../ports/topic.ts";
import { CsvFormat, observationJson } from "./generate_format.ts";
import { isFunctionFile, UserFunctionSource } from "./generate_function.ts";
import { formatOfFile, type GeneratedFormat } from "./generate_lines.ts";
import { Pace } from "./generate_pace.ts";
import {
  fileSink,
  messagesSent,
  type ObservationSink,
  outputSink,
  topicSink,
  wholeLines,
} from "./generate_sink.ts";
import { namedSource, type ObservationSource } from "./generate_source.ts";
import { openTopics } from "../open_topics.ts";

export interface ObservationFlags {
  readonly function: string;
  readonly to: string;
  readonly count?: string;
  readonly rate?: string;
  readonly drift?: string;
  readonly concept?: string;
  readonly from?: string;
  readonly continue?: boolean;
  readonly format?: string;
  readonly timeout?: string;
}

/** What it is given besides its flags. */
export interface GenerateSurroundings {
  readonly seed: number;
  readonly kafka: string;
  readonly signal: AbortSignal;
  /** Lines that switch the concept, as they come. */
  readonly commands?: AsyncIterable<string>;
  readonly clock?: Clock;
  readonly topics?: Topics;
  readonly warn: (message: string) => void;
  readonly onProgress?: (done: number, count: number) => void;
}

/** What came out; `count` observations from position `from` on. */
export interface GenerateReport {
  readonly to: string;
  readonly function: string;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** Changes of the concept among them. */
  readonly truth: readonly ConceptChange[];
  readonly ms: number;
}

const BATCH_COUNT = 1000;
const DEFAULT_TIMEOUT_MS = 5000;
/** Between two looks at a user's file. */
const LOOK_MS = 250;
/** As many changes as a report shows. */
const MOST_TRUTH = 10_000;

/** Runs until the count is reached, the reader has enough, or the signal. Throws BadInput and OutsideFailure. */
export async function generateObservations(
  flags: ObservationFlags,
  around: GenerateSurroundings,
): Promise<GenerateReport> {
  const rate = numberOf("rate", flags.rate, Number.MIN_VALUE, 1e9);
  const target = targetOf(flags), source = await openSource(flags, rate, around);
  let topics: Topics | undefined;
  try {
    if (target.kind === "topic") topics = around.topics ?? await openTopics(around.kafka);
    const start = await startOf(flags, target, source, topics);
    const most = countOf(flags, target, source);
    const sink = await openSink(target, start, topics);
    try {
      return await new Generation(source, sink, flags, around, rate).run(
        start.from,
        Math.max(0, most - start.done),
      );
    } finally {
      await sink.close();
    }
  } finally {
    source.close();
    if (around.topics === undefined) await topics?.close();
  }
}

/** The source of a named function, or of a user's file. */
export function openSource(
  { function: text, drift, concept, timeout }: Pick<
    ObservationFlags,
    "function" | "drift" | "concept" | "timeout"
  >,
  rate: number | undefined,
  { seed, warn }: Pick<GenerateSurroundings, "seed" | "warn">,
): Promise<ObservationSource> {
  const wishes = { seed, drift, concept, rate };
  if (!isFunctionFile(text)) return Promise.resolve(namedSource(text, wishes));
  const timeoutMs = numberOf("timeout", timeout, 1, 1e9) ?? DEFAULT_TIMEOUT_MS;
  return UserFunctionSource.open(text, { ...wishes, timeoutMs, warn });
}

type Target =
  | { readonly kind: "file"; readonly path: string; readonly format: GeneratedFormat }
  | { readonly kind: "output"; readonly format: GeneratedFormat }
  | { readonly kind: "topic"; readonly topic: string };

/** The topic that a text such as `topic:NAME` names. */
export function topicOf(to: string): string | undefined {
  return /^(?:topic|kafka):(.+)$/.exec(to)?.[1];
}

function targetOf({ to, format }: ObservationFlags): Target {
  const topic = topicOf(to);
  if (topic !== undefined) return { kind: "topic", topic };
  if (to === "log") {
    throw new BadInput(
      `--to log was given with --function: the log takes what users do with items, which is generated without it; ` +
        `observations go to topic:NAME, FILE or -`,
    );
  }
  // Standard output is read by programs as it comes: with the truth, which CSV has no place for.
  if (to === "-") return { kind: "output", format: formatOfFile("x.ndjson", format) };
  return { kind: "file", path: to, format: formatOfFile(to, format) };
}

/** Where to begin. */
interface Start {
  readonly from: number;
  /** Observations that are there. */
  readonly done: number;
  readonly appends: boolean;
}

async function openSink(target: Target, start: Start, topics: Topics | undefined): Promise<ObservationSink> {
  if (target.kind === "topic") return await topicSink(topics!, target.topic);
  if (target.kind === "output") return outputSink(target.format);
  return await fileSink(target.path, { format: target.format, ...start });
}

async function startOf(
  flags: ObservationFlags,
  target: Target,
  source: ObservationSource,
  topics: Topics | undefined,
): Promise<Start> {
  const first = numberOf("from", flags.from, 0, 1e12, true) ?? source.position;
  if (!flags.continue) return { from: first, done: 0, appends: false };
  if (target.kind === "output") throw new BadInput("--continue with --to -: a file or a topic is accepted");
  if (target.kind === "topic") {
    const done = await messagesSent(topics!, target.topic);
    return { from: first + done, done, appends: true };
  }
  const { count: done, lastLines } = await wholeLines(target.path, target.format);
  await assertContinues(source, first + done - lastLines.length, target, lastLines);
  return { from: first + done, done, appends: true };
}

/** Another seed, function or drift would make a stream of two that do not fit. */
async function assertContinues(
  source: ObservationSource,
  from: number,
  { path, format }: Target & { kind: "file" },
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  const expected = await source.block(from, lines.length),
    csv = format === "csv" ? new CsvFormat(expected[0]) : undefined;
  const wrong = expected.findIndex((one, i) =>
    lines[i] !== (csv === undefined ? observationJson(one) : csv.line(one))
  );
  if (wrong < 0) return;
  throw new BadInput(
    `--continue: ${path} does not hold what this stream has at position ${
      from + wrong
    }: the function, --seed, --drift, ` +
      `--rate or --from is another one, or the concept was switched by hand`,
  );
}

/** Without a count a topic and standard output have no end. */
function countOf({ count }: ObservationFlags, target: Target, source: ObservationSource): number {
  const given = numberOf("count", count, 1, 1e15, true);
  return given ?? (target.kind === "file" ? source.count : Infinity);
}

/** One run: asks for blocks, passes them on, listens for changes. */
class Generation {
  readonly #clock: Clock;
  readonly #truth: ConceptChange[] = [];
  /** Concepts that were asked for, and have not been switched to. */
  readonly #asked: string[] = [];

  constructor(
    readonly source: ObservationSource,
    readonly sink: ObservationSink,
    readonly flags: ObservationFlags,
    readonly around: GenerateSurroundings,
    readonly rate: number | undefined,
  ) {
    this.#clock = around.clock ?? systemClock;
  }

  async run(from: number, count: number): Promise<GenerateReport> {
    const { source, sink, around: { signal, onProgress }, rate } = this;
    const clock = this.#clock, pace = new Pace({ rate, batchCount: BATCH_COUNT, clock, signal });
    const startMs = clock.monotonicMs();
    let done = 0, lookedMs = startMs, goesOn = true;
    this.#listen();
    while (goesOn && done < count) {
      const size = await pace.next(count - done);
      if (size === 0) break;
      if (clock.monotonicMs() - lookedMs >= LOOK_MS) {
        await this.#refresh(from + done);
        lookedMs = clock.monotonicMs();
      }
      for (const concept of this.#asked.splice(0)) this.#switch(concept, from + done);
      const observations = await source.block(from + done, size);
      this.#remember(observations.flatMap(({ truth }) => truth ?? []));
      goesOn = await sink.write(observations);
      done += size;
      onProgress?.(done, count);
    }
    const { to, function: name } = this.flags;
    const ms = clock.monotonicMs() - startMs;
    return { to, function: name, seed: source.seed, from, count: done, truth: this.#truth, ms };
  }

  async #listen(): Promise<void> {
    for await (const line of this.around.commands ?? []) this.#asked.push(line.trim());
  }

  #switch(concept: string, position: number): void {
    const { warn } = this.around;
    try {
      const change = this.source.switchTo(concept, position);
      warn(`from position ${position} on: ${change.concept}`);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      warn(error.message);
    }
  }

  async #refresh(position: number): Promise<void> {
    const change = await this.source.refresh?.(position), { warn } = this.around;
    if (change instanceof Error) {
      warn(`${this.flags.function} was changed, but the old one stays: ${change.message}`);
    } else if (change !== undefined) warn(`from position ${position} on: ${change.concept}`);
  }

  #remember(changes: readonly ConceptChange[]): void {
    if (this.#truth.length < MOST_TRUTH) this.#truth.push(...changes);
  }
}

function numberOf(
  flag: string,
  given: string | undefined,
  min: number,
  max: number,
  isWhole = false,
): number | undefined {
  if (given === undefined) return undefined;
  const value = given.trim() === "" ? NaN : Number(given);
  if (value >= min && value <= max && (!isWhole || Number.isSafeInteger(value))) return value;
  const accepted = isWhole
    ? `a whole number from ${min}`
    : min === Number.MIN_VALUE
    ? "a number above 0"
    : `a number from ${min}`;
  throw new BadInput(`--${flag} was given "${given}"; accepted is ${accepted}`);
}
