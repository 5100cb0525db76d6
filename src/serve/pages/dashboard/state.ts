/** The dashboard's tiles, and how good what is served is: from /readyz, /metrics and the stream of states. */
export const STATE_SCRIPT = String.raw`
const rates = { event: [], request: [] };
const last = {};
function rate(what, total, now) {
  const before = last[what];
  last[what] = { total, now };
  if (!before || total < before.total || now <= before.now) return;
  const value = (total - before.total) / (now - before.now) * 1000;
  const points = rates[what];
  points.push({ t: now, values: [value] });
  if (points.length > 60) points.shift();
  $(what + "Rate").textContent = number(value);
  draw($(what + "Curve"), what + "s a second, the last minute", [""], points);
}
async function lookAtState() {
  const state = await call("/readyz").catch((error) => {
    if (error.body?.reasons === undefined) {
      $("state").textContent = "no answer";
      $("state").className = "badge bad";
      throw error;
    }
    return error.body;
  });
  const isReady = state.status === "ready";
  $("state").textContent = isReady ? "ready" : "not ready";
  $("state").className = "badge " + (isReady ? "good" : "bad");
  $("generation").textContent = state.generation ?? "none";
  $("size").textContent = isReady ? number(state.users) + " x " + number(state.items) : "-";
  $("events").textContent = number(state.logEnd);
  $("lag").textContent = number(state.lagEvents ?? 0);
  const warnings = state.warnings ?? state.reasons;
  $("warnings").hidden = warnings.length === 0;
  if ($("warnings").textContent !== warnings.join("; ")) $("warnings").textContent = warnings.join("; ");
  rate("event", state.logEnd, performance.now());
}
async function lookAtMetrics() {
  const text = await (await request("/metrics")).text();
  let total = 0;
  for (const [, value] of text.matchAll(/^foz_http_requests_total\{.*route="\/v1\/.*\} (\S+)$/gm)) total += Number(value);
  rate("request", total, performance.now());
}

/** Curves since the page was opened, by figure. */
const curves = {}, marks = [];
let before, seconds = 0;
function showQuality(message, now) {
  const { learner } = message;
  $("learner").textContent = learnerText(message);
  $("learning").hidden = !learner;
  $("notLearning").hidden = Boolean(learner);
  if (!learner) return;
  marks.push(...newMarks(before, learner).map((mark) => ({ ...mark, t: now })));
  marks.splice(0, marks.length - 50);
  before = learner;
  const rows = figureRows(learner);
  $("measured").textContent = measuredText(learner);
  $("figuresTable").hidden = rows.length === 0;
  $("figures").replaceChildren(...rows.map((one) => row(
    element("th", { scope: "row" }, one.label, element("span", { class: "note" }, " beside " + one.beside)),
    ...[...one.window, ...one.total].map((value) => cell(fixed(value), "number")),
    cell(gainText(one)),
  )));
  const due = isDue(seconds++);
  for (const one of rows) drawFigure(one, now, due);
  showDrifts(learner);
}
function drawFigure(one, now, isDueNow) {
  const known = curves[one.name] ??= makeFigure(one);
  addPoint(known.points, { t: now, values: one.window });
  const frame = frameOf(known.points);
  known.figure.hidden = frame === undefined;
  if (frame === undefined || !isDueNow) return;
  draw(known.svg, one.label, ["live", one.beside], known.points, marks);
  known.range.textContent = fixed(frame.least) + " to " + fixed(frame.most) + ", " + duration(frame.to - frame.from);
}
function makeFigure({ label, beside }) {
  const svg = curve("curve"), range = element("span", { class: "note" });
  const caption = element("figcaption", {}, element("b", {}, label), " ", element("span", { class: "key0" }, "live"), " ",
    element("span", { class: "key1" }, beside), " ", range);
  const figure = element("figure", {}, caption, svg);
  $("curves").append(figure);
  return { figure, svg, range, points: [] };
}
let shownDrifts;
function showDrifts({ driftCount, drifts }) {
  const state = JSON.stringify([driftCount, drifts]);
  if (state === shownDrifts) return;
  shownDrifts = state;
  $("driftCount").textContent = driftCount === 0
    ? "No detector has seen a change since the generation began."
    : "Changes seen since the generation began: " + number(driftCount) + (driftCount > drifts.length ? "; the last " + drifts.length + ":" : ":");
  $("drifts").replaceChildren(...[...drifts].reverse().map((drift) => element("li", {}, driftText(drift))));
}
let leave = () => {};
/** Reads states until the server ends the stream. A hidden page asks for one at a time and holds no connection. */
async function followStream() {
  const end = new AbortController();
  leave = () => end.abort();
  try {
    const path = document.hidden ? "/v1/stream?count=1" : "/v1/stream";
    const { body } = await request(path, { signal: end.signal });
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read().catch((error) => { throw noAnswer(error); });
      if (done) return;
      const { messages, rest } = readMessages(text + value);
      text = rest;
      for (const message of messages) {
        showQuality(message, performance.now());
        report("quality", "followStream", undefined);
      }
    }
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}
document.addEventListener("visibilitychange", () => leave());
every(1000, "state", lookAtState, { needsKey: false });
every(2000, "state", lookAtMetrics);
every(1000, "quality", followStream, { whileHidden: true });
`;
