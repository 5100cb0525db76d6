import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { BridgeState, setLag } from "../../src/bridge/bridge_state.ts";
import { serveHealth } from "../../src/commands/bridge_health.ts";

describe("the health of a bridge over HTTP", () => {
  it("is ready when all parts read and nothing is wrong", async () => {
    const state = new BridgeState(() => {}),
      metrics = new MemoryMetrics(),
      health = serveHealth(0, state, metrics);
    const get = async (path: string) => {
      const response = await fetch(`${health.url}${path}`);
      return [response.status, await response.text()] as const;
    };
    assert.equal((await get("/livez"))[0], 200);
    assert.equal((await get("/readyz"))[0], 503);
    state.reads("requests", "req", 2);
    state.reads("events", "ev", 2);
    assert.deepEqual(await get("/readyz"), [200, '{"status":"ready","warnings":[]}']);
    state.failed("events", "the store is away");
    assert.deepEqual(await get("/readyz"), [503, '{"status":"not ready","warnings":["the store is away"]}']);
    setLag(metrics, "req", 5);
    assert.match((await get("/metrics"))[1], /foz_bridge_lag_messages\{topic="req"\} 5/);
    assert.equal((await get("/"))[0], 404);
    assert.throws(() => serveHealth(Number(new URL(health.url).port), state, metrics), /--health-port/);
    await health.stop();
  });
});
