/**
 * The dashboard's online models. One request a second brings the figures of all of them: a stream for each would use up
 * the six connections that a browser keeps to a server.
 */
export const MODELS_SCRIPT = String.raw`
const MOST_MODELS = 24;
const models = new Map();
$("makeModel").textContent = "curl -X PUT " + location.origin + "/v1/models/NAME -H 'content-type: application/json' -d '" +
  JSON.stringify({ model: "scale | linear", detectors: ["adwin"] }) + "'";
function makeModelRow(name) {
  const svg = curve("small"), parts = { svg, points: [], marks: [], lastDrift: undefined };
  for (const part of ["learned", "metrics", "drifts"]) parts[part] = element("td", { class: part === "learned" ? "number" : undefined });
  const pipeline = parts.pipeline = element("code");
  parts.row = row(element("th", { scope: "row" }, name, element("br"), pipeline), parts.learned, parts.metrics, element("td", { class: "curveCell" }, svg), parts.drifts);
  return parts;
}
function showModel(parts, { name, settings, task, learned, open, metrics, drifts }, now) {
  parts.pipeline.textContent = settings.model;
  parts.learned.textContent = number(learned) + (open > 0 ? " (" + number(open) + " wait for targets)" : "");
  parts.metrics.textContent = metricsText(metrics) || task + ", nothing measured yet";
  const last = drifts[drifts.length - 1];
  const text = last === undefined ? settings.detectors.length > 0 ? "none" : "not watched" : last.detector + " after " + number(last.learned);
  if (parts.lastDrift !== undefined && parts.lastDrift !== text && last !== undefined) parts.marks.push({ t: now, kind: "drift", text });
  parts.lastDrift = text;
  parts.drifts.textContent = drifts.length > 1 ? drifts.length + ", last: " + text : text;
  const metric = firstMetric(metrics);
  if (metric === undefined) return;
  addPoint(parts.points, { t: now, values: [metrics[metric]] });
  if (isDue(modelSeconds)) draw(parts.svg, metric + " of " + name, [""], parts.points, parts.marks);
}
let modelSeconds = 0;
function showModels(list, now) {
  const shown = list.slice(0, MOST_MODELS), names = new Set(shown.map(({ name, createdAt }) => name + " " + createdAt));
  // A model that was deleted and made again under its name begins a curve of its own.
  for (const [id, { row }] of models) {
    if (names.has(id)) continue;
    row.remove();
    models.delete(id);
  }
  for (const model of shown) {
    const id = model.name + " " + model.createdAt;
    if (!models.has(id)) {
      models.set(id, makeModelRow(model.name));
      $("models").append(models.get(id).row);
    }
    showModel(models.get(id), model, now);
  }
  modelSeconds++;
  $("modelsTable").hidden = list.length === 0;
  $("noModels").hidden = list.length > 0;
  $("moreModels").hidden = list.length <= MOST_MODELS;
  $("moreModels").textContent = "and " + (list.length - MOST_MODELS) + " more at /v1/models";
}
async function lookAtModels() {
  try {
    showModels((await call("/v1/models")).models, performance.now());
  } catch (error) {
    // A server without online models has no such path, and then there is nothing to say.
    $("modelsSection").hidden = error.status === 404;
    if (error.status !== 404) throw error;
  }
}
every(1000, "models", lookAtModels);
`;
