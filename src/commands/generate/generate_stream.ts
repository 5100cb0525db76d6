/** Named synthetic streams as text: `sea`, `friedman-drift(kind=lea, seed=3)`, `sine(drift="abrupt(at=5000)", count=9000)`. */
import { BadInput } from "../../domain/failure.ts";
import { type ParameterSpecs, parseParameters } from "../../online/parameters.ts";
import { parseStep, type StepText } from "../../online/pipeline_text.ts";
import type { StreamClock } from "../../synthesize/concept_plan.ts";
import { type DriftSchedule, listedSchedule } from "../../synthesize/drift_schedule.ts";
import { type CatalogEntry, type MadeStream, STREAM_CATALOG } from "../../synthesize/stream_catalog.ts";
import { conceptOf, parseDrift } from "./generate_drift.ts";

const MOST = 1e12;

/** Parameters that every named stream has besides its own. */
export const COMMON_PARAMETERS = {
  seed: {
    kind: "number",
    min: 0,
    max: 0xffffffff,
    whole: true,
    help: "seed of everything random [default: --seed]",
  },
  count: { kind: "number", min: 1, max: MOST, whole: true, help: "observations, if nothing else ends it" },
  position: { kind: "number", min: 0, max: MOST, whole: true, default: 0, help: "where to begin" },
  concept: { kind: "text", default: "", help: "the concept to begin with: its name, or its number from 1" },
  drift: { kind: "text", default: "", help: "changes of the concept, as --drift has them" },
} as const satisfies ParameterSpecs;

/** A named stream that was made, and what its text said besides. */
export interface NamedStream extends MadeStream {
  readonly name: string;
  readonly seed: number;
  /** Observations of the whole stream, from its position on. */
  readonly count: number;
  readonly position: number;
}

/** What flags say where the text does not. */
export interface StreamWishes {
  readonly seed: number;
  readonly drift?: string;
  readonly concept?: string;
  readonly rate?: number;
}

/** Whether a text begins with the name of a synthetic stream. */
export function isStreamName(text: string): boolean {
  const name = /^\s*([^\s(]+)\s*(\(|$)/.exec(text)?.[1];
  return STREAM_CATALOG.some((entry) => entry.name === name);
}

/** Throws BadInput that names what cannot be read, and what is accepted. */
export function makeNamedStream(text: string, wishes: StreamWishes): NamedStream {
  const step = stepOf(text), entry = STREAM_CATALOG.find(({ name }) => name === step.name)!;
  const specs: ParameterSpecs = { ...entry.parameters, ...COMMON_PARAMETERS };
  const values = parseParameters(specs, step) as Readonly<Record<string, number | string>>;
  const common = values as unknown as { position: number; concept: string; drift: string };
  const seed = (values.seed as number | undefined) ?? wishes.seed;
  const made = entry.make(values, seed);
  return {
    name: entry.name,
    seed,
    count: (values.count as number | undefined) ?? entry.count,
    position: common.position,
    function: made.function,
    schedule: scheduleOf(made.function.concepts, made.schedule, {
      drift: common.drift || wishes.drift,
      concept: common.concept || wishes.concept,
      rate: wishes.rate,
    }),
  };
}

/** The stream's own drift, or the one that was asked for. */
export function scheduleOf(
  concepts: readonly string[],
  own: DriftSchedule,
  { drift, concept, rate }: Omit<StreamWishes, "seed">,
): DriftSchedule {
  const initial = concept === undefined ? 0 : conceptOf(concept, concepts);
  if (drift !== undefined) return parseDrift(drift, { concepts, initial, rate });
  return concept === undefined ? own : listedSchedule(initial, []);
}

/** Times of a stream of so many observations a second; undefined without a rate: such a stream has no times. */
export function clockOf(rate: number | undefined): StreamClock | undefined {
  return rate === undefined ? undefined : { startMs: Date.UTC(2025, 0, 1), stepMs: 1000 / rate };
}

function stepOf(text: string): StepText {
  const step = parseStep(text);
  if (step !== undefined && isStreamName(step.name)) return step;
  throw new BadInput(
    `the stream '${text}' cannot be read; accepted is one of ${
      STREAM_CATALOG.map(({ name }) => name).join(", ")
    }, ` +
      `with parameters as in sea(noise=0.2, seed=3), or a module of yours: ./my_function.ts`,
  );
}

/** Every stream with its lesson, its parameters and its concepts, as text. */
export function streamListText(): string {
  const common = parameterLines(COMMON_PARAMETERS, "  ");
  const streams = STREAM_CATALOG.map((entry) =>
    [
      `${entry.name}: ${entry.lesson}`,
      ...parameterLines(entry.parameters, "    "),
      `    concepts: ${conceptsOf(entry)}`,
    ]
      .join("\n")
  );
  return [...streams, ["Every stream has", ...common].join("\n")].join("\n\n");
}

/** The same for machines. */
export function streamListDocument(): unknown {
  return {
    common: COMMON_PARAMETERS,
    streams: STREAM_CATALOG.map((entry) => ({
      name: entry.name,
      lesson: entry.lesson,
      parameters: entry.parameters,
      count: entry.count,
      concepts: withDefaults(entry).function.concepts,
    })),
  };
}

function parameterLines(parameters: ParameterSpecs, indent: string): string[] {
  return Object.entries(parameters).map(([name, spec]) => {
    const accepted = spec.kind === "choice"
      ? spec.choices.join(", ")
      : spec.kind === "text"
      ? ""
      : `${spec.min} to ${spec.max}`;
    const standard = spec.default === undefined || spec.default === "" ? "" : `default ${spec.default}`;
    const notes = [accepted, standard].filter((note) => note !== "").join(", ");
    return `${indent}${name}: ${spec.help}${notes === "" ? "" : ` (${notes})`}`;
  });
}

function conceptsOf(entry: CatalogEntry): string {
  return withDefaults(entry).function.concepts.map((name, c) => `${c + 1} ${name}`).join(", ");
}

function withDefaults(entry: CatalogEntry): MadeStream {
  const values = Object.entries(entry.parameters).map(([name, spec]) => [name, spec.default] as const);
  return entry.make(Object.fromEntries(values), 1);
}
