/** A comparison as one page that needs nothing else: the table, the curves, and their numbers for who cannot see them. */
import uPlotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uPlotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import type { ComparisonSummary, ModelSummary } from "../../online/compare_summary.ts";
import {
  bytesText,
  changeText,
  delaysText,
  eventsText,
  metricText,
  notesOf,
  type ShownComparison,
} from "./compare_output.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./compare_page_assets.ts";

/** Points of a curve that are drawn, and rows of the table of its numbers. */
const MOST_POINTS = 2000, MOST_ROWS = 40;

/** The whole page. */
export function comparePage(summary: ComparisonSummary, shown: ShownComparison): string {
  const title = `${shown.metrics[0]} on ${shown.stream}`;
  const notes = notesOf(summary, shown).map((note) => `<p>${escaped(note)}</p>`).join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>${uPlotStyle}${PAGE_STYLE}</style></head><body>
<header><h1>Foz: models on the same stream</h1></header><main>${notes}
<section aria-labelledby="result"><h2 id="result">Result</h2><div class="scroll">${
    resultTable(summary, shown)
  }</div></section>
<section aria-labelledby="curves"><h2 id="curves">${
    escaped(shown.metrics[0])
  } over the stream, block by block</h2>
<figure><div id="chart" role="img" aria-label="${
    escaped(title)
  }, a curve for each model; its numbers are in the table below"></div>
<figcaption>${captionOf(summary)}</figcaption></figure>
<details><summary>The curves as a table</summary><div class="scroll">${
    curveTable(summary)
  }</div></details></section>
</main><script type="application/json" id="data">${dataOf(summary, shown)}</script>
<script>${uPlotScript}</script><script>${PAGE_SCRIPT}</script></body></html>`;
}

function resultTable(
  { models, changes, seedCount }: ComparisonSummary,
  { metrics }: ShownComparison,
): string {
  const detectors = models[0].detection.map(({ detector }) => detector), hasChanges = changes.length > 0;
  const head = [
    "rank",
    "model",
    ...metrics,
    ...(hasChanges ? ["recovery"] : []),
    ...detectors.flatMap((name) => hasChanges ? [`delay of ${name}`, "false alarms"] : [`alarms of ${name}`]),
    "events/s",
    "state",
  ];
  const rows = models.toSorted((a, b) => a.rank - b.rank).map((model) => [
    model.failure === undefined ? String(model.rank) : "gave up",
    model.label,
    ...metrics.map((name) => metricText(model, name, true)),
    ...(hasChanges ? [eventsText(model.recovery)] : []),
    ...detectionCells(model, seedCount, hasChanges),
    model.eventsPerSecond.toLocaleString("en"),
    model.stateBytes === undefined ? "?" : bytesText(model.stateBytes),
  ]);
  return tableOf("Models by rank", head, rows, 1);
}

function detectionCells({ detection }: ModelSummary, seedCount: number, hasChanges: boolean): string[] {
  return detection.flatMap((one) => {
    const falseAlarms = String(one.falseAlarms);
    return hasChanges ? [delaysText(one, seedCount), falseAlarms] : [falseAlarms];
  });
}

/** At most MOST_ROWS blocks, evenly. */
function curveTable({ models }: ComparisonSummary): string {
  const { ends } = models[0].curve, step = Math.ceil(ends.length / MOST_ROWS) || 1;
  const rows = ends.flatMap((end, k) =>
    k % step !== 0 ? [] : [[
      end.toLocaleString("en"),
      ...models.map(({ curve }) => Number.isFinite(curve.values[k]) ? curve.values[k].toPrecision(4) : "-"),
    ]]
  );
  return tableOf(
    "Metric of the block that ends at an event",
    ["event", ...models.map(({ label }) => label)],
    rows,
    0,
  );
}

/** `names`: the column of texts, which heads its row. */
function tableOf(caption: string, head: readonly string[], rows: readonly string[][], names: number): string {
  const cells = head.map((one, c) =>
    `<th scope="col"${c === names ? "" : ' class="number"'}>${escaped(one)}</th>`
  );
  const body = rows.map((row) => {
    const columns = row.map((one, c) =>
      c === names ? `<th scope="row">${escaped(one)}</th>` : `<td class="number">${escaped(one)}</td>`
    );
    return `<tr>${columns.join("")}</tr>`;
  });
  return `<table><caption>${escaped(caption)}</caption><thead><tr>${cells.join("")}</tr></thead><tbody>${
    body.join("")
  }</tbody></table>`;
}

function captionOf({ changes, models, seedCount }: ComparisonSummary): string {
  const parts = [
    changes.length === 0
      ? ""
      : `Vertical lines: the concept changes (${changes.slice(0, 12).map(changeText).join(", ")}).`,
    models[0].detection.length === 0 ? "" : "Numbers about the detectors are in the table above.",
    seedCount === 1 ? "" : `Medians of ${seedCount} seeds.`,
    "A click on a name in the legend hides its curve; dragging over the curves looks closer, a double click goes back.",
  ];
  return parts.filter((part) => part !== "").map(escaped).join(" ");
}

function dataOf({ models, changes }: ComparisonSummary, { metrics }: ShownComparison): string {
  const { ends } = models[0].curve, step = Math.ceil(ends.length / MOST_POINTS) || 1;
  const thinned = <T>(values: readonly T[]) => values.filter((_, k) => k % step === 0);
  const data = {
    metric: metrics[0],
    labels: models.map(({ label }) => label),
    ends: thinned(ends),
    values: models.map(({ curve }) =>
      thinned(ends.map((_, k) => Number.isFinite(curve.values[k]) ? curve.values[k] : null))
    ),
    changes: changes.map(({ event, concept }) => ({ event, concept })),
  };
  // A "<" in a name must not end the script.
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
