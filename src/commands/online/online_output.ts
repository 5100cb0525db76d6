/** How `foz online` shows models, lines while it runs, and what came out. */
import type { DetectorEntry } from "../../online/registry/detectors.ts";
import type { RegistryEntry } from "../../online/registry/entry.ts";
import { acceptedOf, type ParameterSpecs } from "../../online/parameters.ts";
import type { OnlineRun } from "../../online/run_online.ts";
import { plainTable } from "../plain_table.ts";

function parameterLines(parameters: ParameterSpecs): string[] {
  return Object.entries(parameters).map(([name, spec]) => {
    const value = spec.default === undefined || spec.default === "" ? "" : `, default ${spec.default}`;
    return `      ${name}: ${spec.help} (${acceptedOf(spec)}${value})`;
  });
}

/** Every step with its lesson and its parameters, as text. */
export function listText(entries: readonly RegistryEntry[], detectors: readonly DetectorEntry[]): string {
  const kinds: readonly [string, RegistryEntry["kind"][]][] = [
    ["Steps before a model", ["transformer"]],
    ["Regressions", ["regressor"]],
    ["Classifications", ["classifier"]],
    ["Models that take observations as they are", ["model"]],
    ["After a regression", ["clip"]],
    ["After a model", ["wrapper"]],
  ];
  const sections = kinds.map(([title, wanted]) => {
    const lines = entries.filter(({ kind }) => wanted.includes(kind)).flatMap(entryLines);
    return [title, ...lines].join("\n");
  });
  const watching = ["Drift detectors (--detector)", ...detectors.flatMap(entryLines)].join("\n");
  return [...sections, watching].join("\n\n");
}

function entryLines({ name, lesson, parameters }: RegistryEntry | DetectorEntry): string[] {
  return [`  ${name}: ${lesson}`, ...parameterLines(parameters)];
}

/** The same for machines. */
export function listDocument(
  entries: readonly RegistryEntry[],
  detectors: readonly DetectorEntry[],
): unknown {
  const plain = ({ name, lesson, parameters }: RegistryEntry | DetectorEntry) => ({
    name,
    lesson,
    parameters,
  });
  return {
    steps: entries.map((entry) => ({ kind: entry.kind, ...plain(entry) })),
    detectors: detectors.map(plain),
  };
}

/** What came out, as API.md has it; with how many lines were refused, and the state's size. */
export function runDocument(model: string, run: OnlineRun, ms: number, events: number, stateBytes: number) {
  return {
    model,
    events: run.count,
    metrics: run.metrics(),
    drifts: run.drifts,
    eventsPerSecond: Math.round(events / Math.max(ms, 1) * 1000),
    refused: run.refusedCount,
    stateBytes,
  };
}

/** For people. */
export function runTable(document: ReturnType<typeof runDocument>): string {
  const table = plainTable([document.model, ""], [1]);
  table.push(["observations", document.events]);
  for (const [name, value] of Object.entries(document.metrics)) table.push([name, value.toPrecision(7)]);
  for (const [detector, events] of Object.entries(byDetector(document.drifts))) {
    table.push([
      `drifts (${detector})`,
      events.length > 8 ? `${events.slice(0, 8)}, ...` : events.join(", "),
    ]);
  }
  table.push(["observations/s", document.eventsPerSecond], ["state", `${document.stateBytes} bytes`]);
  if (document.refused > 0) table.push(["refused lines", document.refused]);
  return table.toString();
}

function byDetector(drifts: OnlineRun["drifts"]): Record<string, number[]> {
  const grouped: Record<string, number[]> = {};
  for (const { detector, event } of drifts) (grouped[detector] ??= []).push(event);
  return grouped;
}

/** A line while it runs. */
export function progressLine(run: OnlineRun): string {
  const metrics = Object.entries(run.metrics()).map(([name, value]) => `${name} ${value.toPrecision(5)}`);
  return `${run.count} observations: ${metrics.join(", ")}`;
}
