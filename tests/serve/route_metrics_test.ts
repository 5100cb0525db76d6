import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { RouteMetrics } from "../../src/serve/route_metrics.ts";

describe("RouteMetrics", () => {
  it("counts by route, method and status, and adds up the time", async () => {
    const metrics = new MemoryMetrics();
    let nowMs = 0;
    const clock = { ...systemClock, monotonicMs: () => nowMs };
    const counts = new RouteMetrics(metrics, clock, { method: "get", path: "/v1/x/{id}" } as never);
    for (const [status, ms] of [[200, 2], [200, 4], [404, 6]]) {
      nowMs += ms;
      const response = new Response(null, { status });
      assert.equal(counts.done(response, nowMs - ms), response);
    }
    const text = await metrics.expose();
    assert.match(text, /^foz_http_requests_total\{method="GET",route="\/v1\/x\/\{id\}",status="200"\} 2$/m);
    assert.match(text, /^foz_http_requests_total\{method="GET",route="\/v1\/x\/\{id\}",status="404"\} 1$/m);
    assert.match(text, /^foz_http_request_seconds_count\{method="GET",route="\/v1\/x\/\{id\}"\} 3$/m);
    const sum = Number(/^foz_http_request_seconds_sum\{.*\} (\S+)$/m.exec(text)![1]);
    assert.ok(Math.abs(sum - 0.012) < 1e-12);
  });
});
