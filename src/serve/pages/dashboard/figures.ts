/**
 * What the dashboard makes of the messages it gets: functions of what is handed to them alone, as text for the page's
 * script. They touch neither the page nor the clock, so tests run them as they are.
 */
export const FIGURES_SCRIPT = String.raw`
const number = (x, digits = 1) => x.toLocaleString("en", { maximumFractionDigits: digits });
const fixed = (x) => typeof x === "number" && Number.isFinite(x) ? Math.abs(x) < 100 ? x.toFixed(4) : number(x) : "-";
function duration(ms) {
  if (ms < 1000) return Math.round(ms) + " ms";
  if (ms < 120_000) return number(ms / 1000) + " s";
  return ms < 7_200_000 ? Math.round(ms / 60_000) + " min" : number(ms / 3_600_000) + " h";
}
/** Whole server-sent messages of the text, and the rest that has no end yet. */
function readMessages(text) {
  const parts = text.split("\n\n"), rest = parts.pop(), messages = [];
  for (const part of parts) {
    const data = part.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
    if (data !== "") messages.push(JSON.parse(data));
  }
  return { messages, rest };
}
const FIGURES = [
  { name: "recallAt10", popular: "popularRecallAt10", label: "recall@10", beside: "popularity" },
  { name: "ndcgAt10", popular: "popularNdcgAt10", label: "NDCG@10", beside: "popularity" },
  { name: "rmse", popular: "baselineRmse", label: "RMSE of ratings", beside: "items' means", isError: true },
];
/** A row for each figure that was measured: [live, beside] of the window and in total. */
function figureRows({ window, total }) {
  return FIGURES.filter(({ name }) => typeof total[name] === "number" || typeof window[name] === "number").map((figure) => {
    const pair = (of) => [of[figure.name], of[figure.popular]];
    const [live, beside] = pair(typeof window[figure.name] === "number" ? window : total);
    const gain = live > 0 && beside > 0 ? 100 * (figure.isError ? 1 - live / beside : live / beside - 1) : undefined;
    return { ...figure, window: pair(window), total: pair(total), gain };
  });
}
const gainText = ({ gain }) => gain === undefined ? "" : number(Math.abs(gain)) + " % " + (gain < 0 ? "worse" : "better");
function measuredText({ window, total }) {
  if (total.rankedEvents + total.ratedEvents === 0) return "No event was measured yet: one counts when its user is known, and in lists when the item is new to them.";
  const part = (name, what) => total[name] > 0 ? number(total[name]) + " " + what + " (" + number(window[name]) + " in the window)" : "";
  const parts = [part("rankedEvents", "events were looked for in lists"), part("ratedEvents", "ratings were predicted")];
  return parts.filter(Boolean).join(", ") + ", each before it was learned.";
}
const figureLabel = (figure) =>
  ({ recallAt10: "hits among the first ten", squaredError: "errors of predicted ratings" })[figure] ?? figure;
const driftText = ({ detector, figure, offset }) =>
  detector + " saw " + figureLabel(figure) + " change at event " + number(offset);
/** What happened between two messages of the learner, for lines in the curves. */
function newMarks(before, now) {
  if (before === undefined) return [];
  if (before.generation !== now.generation) return [{ kind: "generation", text: "generation " + now.generation }];
  const count = Math.min(now.driftCount - before.driftCount, now.drifts.length);
  return count > 0 ? now.drifts.slice(-count).map((drift) => ({ kind: "drift", text: driftText(drift) })) : [];
}
function learnerText({ appliedOffset, logEnd, lagEvents, lagMs, learner }) {
  const behind = lagEvents === 0
    ? "Nothing is waiting: all " + number(logEnd) + " records of the log are applied."
    : number(lagEvents) + " records of the log are not applied yet, the oldest for " + duration(lagMs) + "; applied are " + number(appliedOffset) + ".";
  const { documents, numericFailures } = learner ?? {};
  const lists = documents === undefined ? "" : " Stored lists: " + number(documents.waiting) + " to be made anew" +
    (documents.waiting > 0 ? ", the oldest for " + duration(documents.lagMs) : "") + "; " + number(documents.refreshed) + " were.";
  const failures = numericFailures > 0 ? " " + number(numericFailures) + " rows stayed as they were because their solution was not finite." : "";
  return behind + lists + failures;
}
const MOST_POINTS = 720;
/** Adds a point; of too many every second one is dropped, so that a curve of a day costs what one of ten minutes does. */
function addPoint(points, point) {
  points.push(point);
  if (points.length <= MOST_POINTS) return;
  const kept = points.filter((_, i) => (points.length - 1 - i) % 2 === 0);
  points.splice(0, points.length, ...kept);
}
/** Times and values that the points {t, values} span; undefined where no value is known. */
function frameOf(points) {
  const values = points.flatMap((point) => point.values).filter((value) => Number.isFinite(value));
  if (values.length === 0) return undefined;
  const low = Math.min(...values), high = Math.max(...values);
  // A flat line lies in the middle, not on the edge.
  const air = high > low ? 0.08 * (high - low) : Math.abs(high) * 0.1 || 1;
  return { from: points[0].t, to: points[points.length - 1].t, low: low - air, high: high + air, least: low, most: high };
}
const along = ({ from, to }, t, width) => to > from ? (t - from) / (to - from) * width : width;
/** The path of the k-th value; it stops where the value is not known. */
function linePath(points, frame, k, width, height) {
  let path = "", isDrawing = false;
  for (const { t, values } of points) {
    const value = values[k];
    if (!Number.isFinite(value)) {
      isDrawing = false;
      continue;
    }
    const y = height * (frame.high - value) / (frame.high - frame.low);
    path += (isDrawing ? "L" : "M") + along(frame, t, width).toFixed(1) + " " + y.toFixed(1);
    isDrawing = true;
  }
  return path;
}
/** A curve in words, for who does not see it. */
function curveText(label, names, points) {
  const frame = frameOf(points);
  if (frame === undefined) return label + ": nothing measured yet";
  const last = points[points.length - 1].values;
  const now = names.map((name, k) => (name ? name + " " : "") + fixed(last[k])).join(", ");
  return label + ": " + now + "; between " + fixed(frame.least) + " and " + fixed(frame.most) + " in " + duration(frame.to - frame.from);
}
const metricsText = (metrics, beside = {}) =>
  Object.entries(metrics).slice(0, 4).map(([name, value]) =>
    name + " " + fixed(value) + (typeof beside[name] === "number" ? " (baseline " + fixed(beside[name]) + ")" : "")).join(", ");
/** Metrics first of which a curve says most; those of a model come in the order in which they were asked for. */
const firstMetric = (metrics) => Object.keys(metrics)[0];
function jobText({ state, phase, progress, result, error, startedAt, endedAt }, now) {
  const passed = duration(Math.max(0, Date.parse(endedAt ?? now) - Date.parse(startedAt)));
  if (state === "running") {
    const share = typeof progress === "number" ? " " + Math.round(100 * progress) + " %" : "";
    return "Training: " + (phase ?? "starting") + share + ", " + passed + ".";
  }
  if (state === "cancelled") return "The training was cancelled after " + passed + ".";
  if (state === "failed") return "The training failed after " + passed + ": " + (error ?? "no reason was given");
  const made = result?.generation ? "generation " + result.generation : "no new generation";
  const metrics = metricsText(result?.metrics ?? {}, result?.baseline);
  return "Trained in " + passed + ": " + made + (metrics ? "; " + metrics : "") + ".";
}
const erasedText = ({ events, documents, generations, influenceUntil }) =>
  "Erased: " + number(events) + " events, " + number(documents) + " stored lists, rows in " +
  (generations.join(", ") || "no generation") + ". What the user taught about items stays until " + influenceUntil + ".";
/** A problem answer in words. */
function problemText(status, body) {
  const text = typeof body === "object" ? body?.detail ?? body?.title : body;
  return text || "the server answered " + status;
}
`;
