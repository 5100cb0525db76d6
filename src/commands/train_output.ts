/** How a training is shown: a progress bar and tables for people, NDJSON lines and one document for machines. */
import { SingleBar } from "cli-progress";
import type { GenerationResult } from "../batch/run_generation.ts";
import type { TrainingProgress, TrainingReport } from "../batch/training_report.ts";
import { plainTable } from "./plain_table.ts";

/** A line `{phase, progress, epoch?, loss?}` for each step. */
export function jsonReport(): TrainingReport {
  return ({ phase, progress, epoch }) =>
    console.log(JSON.stringify({ phase, progress: Number(progress.toFixed(4)), ...epoch }));
}

/** A bar on a terminal; elsewhere only a line for each epoch, on standard error. */
export function terminalReport(): TrainingReport {
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {step} | {duration_formatted} ETA {eta_formatted}",
    stream: Deno.stderr.isTerminal() ? undefined : null as never,
    noTTYOutput: false,
    hideCursor: true,
    clearOnComplete: true,
  });
  const isTerminal = Deno.stderr.isTerminal();
  if (isTerminal) bar.start(1, 0, { step: "reading the log" });
  return (progress) => {
    const step = stepOf(progress);
    if (isTerminal) bar.update(progress.progress, { step });
    else if (progress.epoch !== undefined || progress.plan !== undefined) console.error(step);
    if (isTerminal && progress.phase === "done") bar.stop();
  };
}

function stepOf({ phase, interactions, plan, epoch, epochCount }: TrainingProgress): string {
  if (plan !== undefined) {
    const { feedback, factorCount } = plan.parameters;
    const why = plan.reason === "" ? "" : ` (${plan.reason})`;
    return `${interactions} interactions, ${feedback} feedback${why}, ${factorCount} factors`;
  }
  if (phase === "read") return `reading the log: ${interactions} interactions`;
  if (epoch === undefined) return phase === "lists" ? "lists of all users" : phase;
  const metrics = Object.entries(epoch.metrics ?? {}).map(([name, value]) => `, ${name} ${value.toFixed(4)}`)
    .join("");
  const what = phase === "measure" ? "measuring fit" : "fit";
  return `${what}: epoch ${epoch.epoch}/${epochCount}, ${epoch.ms.toFixed(0)} ms, loss ${
    epoch.loss.toFixed(4)
  }${metrics}`;
}

/** The document of `train --json`. */
export function resultDocument(result: GenerationResult): Record<string, unknown> {
  const { generation } = result.content;
  return {
    generation: generation.generation,
    offset: generation.offset,
    users: generation.userCount,
    items: generation.itemCount,
    interactions: generation.interactionCount,
    feedback: generation.parameters.feedback,
    factors: generation.parameters.factorCount,
    epochs: generation.epochs,
    phases: rounded(result.phases),
    metrics: generation.metrics,
    baseline: generation.baseline,
    active: result.isActive,
    sha256: generation.sha256,
  };
}

function rounded(record: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, Math.round(value as number)]),
  );
}

/** What it did, for people. */
export function resultTables(result: GenerationResult): string {
  const { generation } = result.content;
  const { parameters } = generation;
  const facts = plainTable([
    "generation",
    generation.generation + (result.isActive ? " (active)" : " (not active)"),
  ]);
  facts.push(
    [
      "interactions",
      `${generation.interactionCount} of ${generation.userCount} users and ${generation.itemCount} items`,
    ],
    ["events up to offset", `${generation.offset}`],
    ["feedback", parameters.feedback + (result.plan.reason === "" ? "" : `: ${result.plan.reason}`)],
    [
      "factors, epochs, λ",
      `${parameters.factorCount}, ${generation.epochCount}, ${parameters.regularization}`,
    ],
    [
      "time",
      Object.entries(rounded(result.phases)).map(([phase, ms]) => `${phase.slice(0, -2)} ${ms} ms`).join(
        ", ",
      ),
    ],
    ["SHA-256 of the factors", generation.sha256],
  );
  return `${facts.toString()}\n${metricsTable(result)}`;
}

function metricsTable({ measured }: GenerationResult): string {
  if (measured === undefined) return "Nothing was held out, so nothing was measured.";
  const table = plainTable([
    `on ${measured.measuredCount} held-out interactions`,
    "this fit",
    measured.baselineName,
  ]);
  for (const [name, value] of Object.entries(measured.metrics)) {
    table.push([name, value.toFixed(4), measured.baseline[name]?.toFixed(4) ?? ""]);
  }
  return table.toString();
}
