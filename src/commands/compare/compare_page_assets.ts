/** Look and behaviour of the page of a comparison, in the browser. */

export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ee); --quiet: light-dark(#5c6673, #9aa4b1);
  --paper: light-dark(#fff, #14181e); --line: #8884; --river: light-dark(#0a7ea4, #4cc0e6); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.35rem; color: var(--river); } h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
p { margin: .3rem 0; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 60%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); font-size: .85rem; padding-bottom: .3rem; }
td, th { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; }
thead th { color: var(--quiet); font-size: .85rem; } .number { text-align: right; }
figure { margin: 0; } figcaption { color: var(--quiet); font-size: .85rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .5rem 0; } .u-legend { font-size: .9rem; text-align: left; } .u-legend th { font-weight: normal; }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; } details { display: none; }
  section { break-inside: avoid; } .u-legend .u-value { display: none; } }`;

/** Colours that most colour-blind people can tell apart (Okabe and Ito); dashes from the seventh curve on. */
export const PAGE_SCRIPT = `"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const host = document.getElementById("chart");
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
const isDark = matchMedia("(prefers-color-scheme: dark)");
let chart;
function marks(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = plot.ink;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.font = 11 * devicePixelRatio + "px system-ui, sans-serif";
  ctx.textAlign = "left";
  data.changes.forEach(({ event, concept }, k) => {
    const x = plot.valToPos(event, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (data.changes.length <= 12) ctx.fillText(concept, x + 4 * devicePixelRatio, bbox.top + (12 + 14 * (k % 2)) * devicePixelRatio);
  });
  ctx.restore();
}
function draw(dark, width) {
  const ink = dark ? "#e6e9ee" : "#1c2430", grid = dark ? "#ffffff22" : "#00000018";
  const axis = { stroke: ink, grid: { stroke: grid }, ticks: { stroke: grid } };
  const series = data.labels.map((label, m) => ({
    label,
    stroke: COLORS[m % COLORS.length],
    dash: DASHES[Math.floor(m / COLORS.length) % DASHES.length],
    width: 1.5,
    points: { show: data.ends.length < 3 },
    value: (_, value) => value === null || value === undefined ? "-" : value.toPrecision(4),
  }));
  if (chart) chart.destroy();
  chart = new uPlot({
    width,
    height: 420,
    scales: { x: { time: false } },
    series: [{ label: "event", value: (_, value) => value === null ? "-" : value.toLocaleString("en") }, ...series],
    axes: [{ ...axis, label: "observations" }, { ...axis, label: data.metric, size: 70 }],
    hooks: { init: [(plot) => { plot.ink = ink; }], draw: [marks] },
  }, [data.ends, ...data.values], host);
}
const width = () => Math.max(320, host.clientWidth);
const redraw = () => draw(isDark.matches, width());
redraw();
addEventListener("resize", redraw);
isDark.addEventListener("change", redraw);
addEventListener("beforeprint", () => draw(false, 680));
addEventListener("afterprint", redraw);`;
