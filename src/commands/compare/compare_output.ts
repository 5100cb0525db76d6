/** How a comparison is shown: lines while it runs, a table and a document at its end. */
import { createMetric, type MetricName } from "../../evaluate/running_metrics.ts";
import type { Comparison, ComparisonResult, ContestantResult } from "../../online/compare_run.ts";
import {
  type ComparisonSummary,
  type DetectorSummary,
  medianOf,
  type ModelSummary,
  type Spread,
} from "../../online/compare_summary.ts";
import { plainTable } from "../plain_table.ts";

/** What was compared, for headings. */
export interface ShownComparison {
  readonly stream: string;
  readonly metrics: readonly MetricName[];
  /** The first one. */
  readonly seed: number;
}

export interface LiveLines {
  /** After each batch; `count`: observations in all, Infinity where that is not known. */
  show(comparison: Comparison, count: number): void;
  end(): void;
}

interface LiveOptions {
  readonly json: boolean;
  readonly every: number;
  readonly seedCount: number;
  readonly print: (line: string) => void;
}

/** Between two writes to a terminal. */
const REDRAW_MS = 200;
const CLEAR_LINE = "\r\x1b[K";

/** A line that moves, on a terminal; with `every` also lines that stay, as text or JSON. */
export function liveLines({ json, every, seedCount, print }: LiveOptions): LiveLines {
  const isTerminal = Deno.stderr.isTerminal(), encoder = new TextEncoder();
  let current: Comparison | undefined, seed = 0, shown = 0, drawnMs = 0;
  const draw = (text: string) => Deno.stderr.writeSync(encoder.encode(CLEAR_LINE + text));
  return {
    show(comparison, count) {
      if (comparison !== current) [current, seed, shown] = [comparison, seed + 1, 0];
      if (comparison.count - shown >= every) {
        if (isTerminal) draw("");
        print(json ? JSON.stringify(liveDocument(comparison, seed, seedCount)) : liveText(comparison, count));
        shown = comparison.count;
      }
      if (!isTerminal || performance.now() - drawnMs < REDRAW_MS) return;
      const which = seedCount === 1 ? "" : `seed ${seed}/${seedCount}, `;
      const { columns } = consoleSize();
      draw((which + liveText(comparison, count)).slice(0, columns - 1));
      drawnMs = performance.now();
    },
    end() {
      if (isTerminal) draw("");
    },
  };
}

function consoleSize(): { columns: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 80 }; // standard output is no terminal
  }
}

function liveText(comparison: Comparison, count: number): string {
  const place = comparison.count.toLocaleString("en") +
    (Number.isFinite(count) ? `/${count.toLocaleString("en")}` : "");
  const values = comparison.latest().map(({ label, value }) =>
    `${label} ${Number.isNaN(value) ? "-" : value.toPrecision(4)}`
  );
  return `${place}: ${values.join(" · ")}`;
}

function liveDocument(comparison: Comparison, seed: number, seedCount: number) {
  const models = comparison.latest().map(({ label, value }) => ({ model: label, block: finite(value) }));
  return { event: comparison.count, ...(seedCount === 1 ? {} : { seed }), models };
}

/** The table, in order of rank. */
export function compareTable(summary: ComparisonSummary, { metrics }: ShownComparison): string {
  const { models, changes, seedCount } = summary, hasRefused = models.some(({ refused }) => refused > 0);
  const detectors = models[0].detection.map(({ detector }) => detector);
  const head = [
    "rank",
    "model",
    ...metrics,
    ...(changes.length === 0 ? [] : ["recovery"]),
    ...detectors.flatMap((name) => changes.length === 0 ? [`alarms ${name}`] : [`delay ${name}`, "false"]),
    "events/s",
    "state",
    ...(hasRefused ? ["refused"] : []),
  ];
  const table = plainTable(head, [...head.keys()].filter((column) => column !== 1));
  for (const model of models.toSorted((a, b) => a.rank - b.rank)) {
    table.push([
      model.failure === undefined ? model.rank : "-",
      model.label,
      ...metrics.map((name, m) => metricText(model, name, m === 0)),
      ...(changes.length === 0 ? [] : [eventsText(model.recovery)]),
      ...model.detection.flatMap((one) =>
        changes.length === 0 ? [one.falseAlarms] : [delaysText(one, seedCount), one.falseAlarms]
      ),
      model.eventsPerSecond.toLocaleString("en"),
      model.stateBytes === undefined ? "?" : bytesText(model.stateBytes),
      ...(hasRefused ? [model.refused] : []),
    ]);
  }
  return table.toString();
}

/** What the table does not say. */
export function notesOf(
  summary: ComparisonSummary,
  { stream, metrics }: ShownComparison,
  html?: string,
): string[] {
  const { events, seedCount, truth, changes, models } = summary;
  const direction = createMetric(metrics[0]).higherIsBetter ? "more" : "less";
  const seeds = seedCount === 1 ? "" : `, ${seedCount} seeds: medians (least to greatest)`;
  const notes = [
    `${events.toLocaleString("en")} observations of ${stream}${seeds}; ranked by ${
      metrics[0]
    }, ${direction} is better.`,
  ];
  if (changes.length > 0) {
    notes.push(
      `The concept: ${truth.slice(0, 8).map(changeText).join(", ")}${truth.length > 8 ? ", ..." : ""}.`,
    );
  }
  for (const { label, failure, refused, refusal } of models) {
    if (refused > 0) notes.push(`${label} refused ${refused} observations, the first one: ${refusal}`);
    if (failure !== undefined) {
      notes.push(`${label} gave up after ${failure.event} observations: ${failure.message}`);
    }
  }
  if (html !== undefined) notes.push(`The curves are in ${html}.`);
  return notes;
}

export function changeText({ event, until, concept }: ComparisonSummary["truth"][number]): string {
  return `${concept} from ${event}${until === undefined ? "" : ` to ${until}`}`;
}

/** "2.31" or "2.31 (2.28-2.40)". */
export function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return "-";
  const { median, low, high } = spread;
  return low === high
    ? median.toPrecision(5)
    : `${median.toPrecision(4)} (${low.toPrecision(4)}-${high.toPrecision(4)})`;
}

/** A metric of a model: "-" if it gave up. */
export function metricText({ metrics, failure }: ModelSummary, name: string, withSpread: boolean): string {
  const spread = failure === undefined ? metrics[name] : undefined;
  return withSpread || spread === undefined ? spreadText(spread) : spread.median.toPrecision(5);
}

/** The median for each change, and how many seeds found it where not all did: "96, 384 (3/5), -". */
export function delaysText({ delays, foundCounts }: DetectorSummary, seedCount: number): string {
  return delays.map((delay, c) => {
    const share = foundCounts[c] === seedCount ? "" : ` (${foundCounts[c]}/${seedCount})`;
    return delay === undefined ? "-" : `${Math.round(delay.median)}${share}`;
  }).join(", ");
}

/** A number for each change; "-" where there is none. */
export function eventsText(events: readonly (number | undefined)[]): string {
  return events.map((one) => one === undefined ? "-" : Math.round(one)).join(", ");
}

export function bytesText(sizeBytes: number): string {
  return sizeBytes < 10_000
    ? `${sizeBytes} B`
    : sizeBytes < 1e7
    ? `${(sizeBytes / 1e3).toFixed(0)} kB`
    : `${(sizeBytes / 1e6).toFixed(0)} MB`;
}

/** The document of `compare --json`. With several seeds the figures are medians, and `runs` has those of each seed. */
export function compareDocument(
  summary: ComparisonSummary,
  results: readonly ComparisonResult[],
  { stream, seed }: ShownComparison,
) {
  const { events, truth, models, seedCount } = summary;
  const isOne = seedCount === 1;
  return {
    stream,
    events,
    seed,
    ...(isOne ? {} : { seeds: seedCount }),
    truth,
    models: models.map((model, m) => ({
      ...modelDocument(model, isOne),
      ...runDocument(results[0].contestants[m]),
      ...(isOne ? {} : { runs: results.map(({ contestants }, s) => runOfSeed(contestants[m], seed + s)) }),
    })),
  };
}

function modelDocument(model: ModelSummary, isOne: boolean) {
  const medians = Object.entries(model.metrics).map(([name, { median }]) => [name, median]);
  const spread = Object.entries(model.metrics).map(([name, { low, high }]) => [name, [low, high]]);
  const [first] = model.detection, delays = first?.delays.flatMap((one) => one?.median ?? []) ?? [];
  return {
    model: model.label,
    rank: model.rank,
    events: 0,
    metrics: Object.fromEntries(medians),
    ...(isOne ? {} : { spread: Object.fromEntries(spread) }),
    drifts: [] as { event: number; detector: string }[],
    eventsPerSecond: model.eventsPerSecond,
    refused: model.refused,
    stateBytes: model.stateBytes ?? null,
    detectionDelay: delays.length === 0 ? null : medianOf(delays),
    detection: model.detection.map(({ detector, delays, missed, falseAlarms }) => ({
      detector,
      delays: delays.map((one) => one?.median ?? null),
      missed,
      falseAlarms,
    })),
    recovery: model.recovery.map((one) => one ?? null),
    ...(model.failure === undefined ? {} : { failure: model.failure }),
  };
}

/** What is of one run: the first seed's. */
function runDocument({ events, alarms }: ContestantResult) {
  const drifts = alarms.flatMap(({ detector, alarms }) =>
    alarms.map(({ event, isRise }) => ({ event, detector, isRise }))
  );
  return { events, drifts: drifts.sort((a, b) => a.event - b.event) };
}

function runOfSeed(result: ContestantResult, seed: number) {
  return { seed, ...runDocument(result), metrics: result.metrics, eventsPerSecond: result.eventsPerSecond };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
