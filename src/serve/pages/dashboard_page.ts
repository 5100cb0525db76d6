/** The dashboard at `/`: one page without anything from elsewhere. It shows what other routes answer, by polling. */
import { pageStyle } from "./page_style.ts";

const BODY = `
<header><h1>Foz</h1><span id="state" class="badge" role="status">connecting</span>
<nav><a href="/docs">interface</a> <a href="/metrics">metrics</a></nav>
<label class="key" hidden>key <input id="key" type="password" autocomplete="off" placeholder="API key"></label></header>
<main>
<section class="tiles" aria-label="State">
  <div><b id="generation">-</b><span>active generation</span></div>
  <div><b id="size">-</b><span>users x items</span></div>
  <div><b id="events">-</b><span>events in the log</span></div>
  <div><b id="lag">-</b><span>not applied yet</span></div>
  <div><b id="eventRate">-</b><svg id="eventCurve" viewBox="0 0 120 30" aria-hidden="true"></svg><span>events a second</span></div>
  <div><b id="requestRate">-</b><svg id="requestCurve" viewBox="0 0 120 30" aria-hidden="true"></svg><span>requests a second</span></div>
</section>
<p id="warnings" class="warning" hidden></p>
<section class="two">
<article><h2>A user</h2>
  <form id="ask"><label>user <input id="user" value="1" required maxlength="256"></label>
  <label>items <input id="limit" type="number" min="1" max="50" value="10"></label><button>Recommend</button></form>
  <p id="origin" class="note"></p>
  <table><thead><tr><th>#</th><th>item</th><th class="number">score</th><th></th></tr></thead><tbody id="list"></tbody></table>
</article>
<article><h2>What the user did</h2><p class="note">Newest first. "I did" beside an item adds an event; it leaves the list at once.</p>
  <table><thead><tr><th>item</th><th class="number">value</th><th>when</th></tr></thead><tbody id="history"></tbody></table>
  <h2>Similar items</h2><p id="similarTo" class="note">Choose an item.</p><table><tbody id="similar"></tbody></table>
</article>
</section>
<section><h2>Generations</h2>
<table><thead><tr><th></th><th>generation</th><th>made</th><th class="number">offset</th><th class="number">factors</th><th>metrics</th><th>SHA-256</th><th></th></tr></thead>
<tbody id="generations"></tbody></table></section>
</main>`;

const SCRIPT = `
const $ = (id) => document.getElementById(id);
const cell = (row, text, className) => {
  const td = row.insertCell();
  td.textContent = text;
  if (className) td.className = className;
  return td;
};
const button = (parent, text, act) => {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.onclick = () => act().catch(show);
  parent.append(element);
};
const name = (item) => item.title ? item.title + " (" + item.itemId + ")" : item.itemId;
const NO_TIME = new Date(0).toISOString();
const number = (x) => x.toLocaleString("en", { maximumFractionDigits: 1 });
$("key").value = sessionStorage.getItem("key") ?? "";
$("key").onchange = () => sessionStorage.setItem("key", $("key").value);
function show(error) {
  $("origin").textContent = error.message;
}
async function call(path, options = {}) {
  const headers = { ...options.headers };
  if ($("key").value) headers.authorization = "Bearer " + $("key").value;
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401) document.querySelector(".key").hidden = false;
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await response.json() : await response.text();
  if (!response.ok) throw Object.assign(new Error(body.detail ?? response.statusText), { body });
  return body;
}
const rates = { event: [], request: [] };
const last = {};
function rate(what, total, now) {
  const before = last[what];
  last[what] = { total, now };
  if (!before || total < before.total) return;
  const value = (total - before.total) / (now - before.now) * 1000;
  const curve = rates[what];
  curve.push(value);
  if (curve.length > 60) curve.shift();
  $(what + "Rate").textContent = number(value);
  const most = Math.max(...curve, 1);
  const points = curve.map((y, i) => (i * 2) + "," + (29 - 28 * y / most).toFixed(1)).join(" ");
  $(what + "Curve").innerHTML = '<polyline points="' + points + '"/>';
}
async function lookAtState() {
  const state = await call("/readyz").catch((error) => error.body);
  if (!state) throw new Error("the server does not answer");
  const ready = state.status === "ready";
  $("state").textContent = ready ? "ready" : "not ready";
  $("state").className = "badge " + (ready ? "good" : "bad");
  $("generation").textContent = state.generation ?? "none";
  $("size").textContent = ready ? number(state.users) + " x " + number(state.items) : "-";
  $("events").textContent = number(state.logEnd ?? 0);
  $("lag").textContent = number(state.lagEvents ?? 0);
  const warnings = state.warnings ?? state.reasons ?? [];
  $("warnings").hidden = warnings.length === 0;
  $("warnings").textContent = warnings.join("; ");
  rate("event", state.logEnd ?? 0, performance.now());
}
async function lookAtMetrics() {
  const text = await call("/metrics");
  let total = 0;
  for (const [, value] of text.matchAll(/^foz_http_requests_total\\{.*route="\\/v1\\/.*\\} (\\S+)$/gm)) total += Number(value);
  rate("request", total, performance.now());
}
async function lookAtGenerations() {
  const { active, generations } = await call("/v1/generations");
  $("generations").replaceChildren();
  for (const one of generations.reverse()) {
    const row = $("generations").insertRow();
    const metrics = Object.entries(one.metrics).slice(0, 4).map(([key, value]) => key + " " + value.toFixed(4)).join(", ");
    cell(row, one.generation === active ? "active" : "");
    cell(row, one.generation);
    cell(row, new Date(one.at).toLocaleString());
    cell(row, number(one.offset), "number");
    cell(row, one.factors, "number");
    cell(row, metrics);
    cell(row, one.sha256.slice(0, 12), "code");
    const act = row.insertCell();
    if (one.generation !== active) {
      button(act, "activate", async () => {
        await call("/v1/generations/" + encodeURIComponent(one.generation) + "/activate", { method: "POST" });
        await Promise.all([lookAtGenerations(), recommend()]);
      });
    }
  }
}
async function recommend(token) {
  const user = encodeURIComponent($("user").value);
  const after = token ? "&after=" + token : "";
  const list = await call("/v1/users/" + user + "/recommendations?limit=" + $("limit").value + after);
  $("origin").textContent = "basis: " + list.basis + "; generation " + list.generation + ", events below " + list.appliedOffset;
  $("list").replaceChildren();
  for (const item of list.items) {
    const row = $("list").insertRow();
    cell(row, item.rank);
    cell(row, name(item));
    cell(row, item.score.toFixed(3), "number");
    const act = row.insertCell();
    button(act, "similar", () => similar(item));
    button(act, "I did", () => did(item));
  }
  const history = await call("/v1/users/" + user + "/events?limit=8");
  $("history").replaceChildren();
  for (const event of history.events) {
    const row = $("history").insertRow();
    cell(row, name(event));
    cell(row, event.value, "number");
    cell(row, event.time === NO_TIME ? "" : new Date(event.time).toLocaleString());
  }
}
async function similar(item) {
  const { items } = await call("/v1/items/" + encodeURIComponent(item.itemId) + "/similar?limit=8");
  $("similarTo").textContent = "to " + name(item);
  $("similar").replaceChildren();
  for (const one of items) {
    const row = $("similar").insertRow();
    cell(row, name(one));
    cell(row, one.score.toFixed(3), "number");
  }
}
async function did(item) {
  const body = JSON.stringify({ userId: $("user").value, itemId: item.itemId });
  const { token } = await call("/v1/events", { method: "POST", headers: { "content-type": "application/json" }, body });
  await recommend(token);
}
$("ask").onsubmit = (event) => {
  event.preventDefault();
  recommend().catch(show);
};
function every(ms, look) {
  const run = () => (document.hidden ? Promise.resolve() : look()).catch((error) => {
    $("state").textContent = error.message;
    $("state").className = "badge bad";
  }).finally(() => setTimeout(run, ms));
  run();
}
every(1000, lookAtState);
every(2000, lookAtMetrics);
every(5000, lookAtGenerations);
recommend().catch(show);`;

export const dashboardPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Foz</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>${pageStyle}</style></head><body>${BODY}<script>"use strict";${SCRIPT}</script></body></html>`;
