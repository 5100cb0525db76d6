import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { PromMetrics } from "../../../src/adapters/deno/metrics.ts";
import { checkMetrics } from "../../contracts/metrics.ts";

checkMetrics("PromMetrics", () => new PromMetrics());

describe("PromMetrics", () => {
  it("counts labels by their values, not by the object that carries them", async () => {
    const metrics = new PromMetrics();
    const labels = { route: "/x" };
    metrics.increment("n_total", labels);
    metrics.increment("n_total", labels);
    metrics.increment("n_total", { route: "/x" });
    assert.match(await metrics.expose(), /^n_total\{route="\/x"\} 3$/m);
  });

  it("loses no observation, however many there are between two looks", async () => {
    const metrics = new PromMetrics();
    const labels = { route: "/x" };
    let total = 0;
    for (const count of [255, 1, 300, 1000]) {
      for (let i = 0; i < count; i++) metrics.observe("t_seconds", 0.5, labels);
      total += count;
      assert.match(await metrics.expose(), new RegExp(`^t_seconds_count\\{route="/x"\\} ${total}$`, "m"));
    }
  });

  it("says what the metrics mean, and how much memory the process has", async () => {
    const metrics = new PromMetrics();
    metrics.increment("foz_http_requests_total", { route: "/" });
    const text = await metrics.expose();
    assert.match(text, /^# HELP foz_http_requests_total Requests answered/m);
    assert.ok(Number(/^foz_process_resident_bytes (\d+)$/m.exec(text)![1]) > 1e6);
  });
});
