/** What every adapter of ports/metrics.ts must do. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Metrics } from "../../src/ports/metrics.ts";

/** The value of one series in the text exposition format. */
function valueOf(text: string, series: string): number {
  const line = text.split("\n").find((line) => line.startsWith(`${series} `));
  assert.ok(line !== undefined, `no ${series} in\n${text}`);
  return Number(line.slice(series.length + 1));
}

export function checkMetrics(name: string, make: () => Metrics): void {
  describe(`${name} keeps the contract of Metrics`, () => {
    it("counts up by one or by more, each set of labels apart", async () => {
      const metrics = make();
      metrics.increment("a_total");
      metrics.increment("b_total", { route: "/x" });
      metrics.increment("b_total", { route: "/x" }, 4);
      metrics.increment("b_total", { route: "/y" });
      const text = await metrics.expose();
      assert.equal(valueOf(text, "a_total"), 1);
      assert.equal(valueOf(text, 'b_total{route="/x"}'), 5);
      assert.equal(valueOf(text, 'b_total{route="/y"}'), 1);
      assert.match(text, /^# TYPE b_total counter$/m);
    });

    it("sets gauges to their last value", async () => {
      const metrics = make();
      metrics.set("g", 4);
      metrics.set("g", -2.5);
      metrics.set("h", 1, { kind: "x" });
      const text = await metrics.expose();
      assert.equal(valueOf(text, "g"), -2.5);
      assert.equal(valueOf(text, 'h{kind="x"}'), 1);
      assert.match(text, /^# TYPE g gauge$/m);
    });

    it("puts seconds into cumulative buckets", async () => {
      const metrics = make();
      for (const seconds of [0.00005, 0.0001, 0.002, 9]) {
        metrics.observe("t_seconds", seconds, { route: "/x" });
      }
      const text = await metrics.expose();
      const bucket = (le: string) =>
        valueOf(text, `t_seconds_bucket{${[`le="${le}"`, 'route="/x"'].join(",")}}`);
      const other = (le: string) =>
        valueOf(text, `t_seconds_bucket{${['route="/x"', `le="${le}"`].join(",")}}`);
      const within = text.includes('{le="') ? bucket : other;
      assert.deepEqual(["0.0001", "0.001", "0.0025", "5", "+Inf"].map(within), [2, 2, 3, 3, 4]);
      assert.equal(valueOf(text, 't_seconds_count{route="/x"}'), 4);
      assert.ok(Math.abs(valueOf(text, 't_seconds_sum{route="/x"}') - 9.00215) < 1e-9);
      assert.match(text, /^# TYPE t_seconds histogram$/m);
    });

    it("escapes what labels may hold", async () => {
      const metrics = make();
      metrics.increment("c_total", { id: 'a"b\\c\nd' });
      assert.equal(valueOf(await metrics.expose(), String.raw`c_total{id="a\"b\\c\nd"}`), 1);
    });
  });
}
