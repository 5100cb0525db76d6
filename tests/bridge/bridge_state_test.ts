import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { BridgeState, setLag } from "../../src/bridge/bridge_state.ts";

describe("the state of a bridge", () => {
  it("is ready when all parts read and nothing is wrong; what lasts is told once", () => {
    const notes: string[] = [], state = new BridgeState(({ what }) => void notes.push(what));
    assert.equal(state.isReady(["requests"]), false);
    state.reads("requests", "req", 4);
    assert.equal(state.isReady(["requests"]), true);
    assert.equal(state.isReady(["requests", "events"]), false);
    state.failed("requests", "away");
    state.failed("requests", "away", new Error("again"));
    assert.deepEqual(state.warnings, ["away"]);
    assert.equal(state.isReady(["requests"]), false);
    state.works("requests");
    state.works("requests");
    state.reads("requests", "req", 4);
    assert.equal(state.isReady(["requests"]), true);
    assert.deepEqual(notes, [
      "the bridge reads 4 partitions of req",
      "away",
      "the bridge's requests work again",
    ]);
  });

  it("tells how far behind a topic is", async () => {
    const metrics = new MemoryMetrics();
    setLag(metrics, "req", 7);
    setLag(metrics, "req", 3);
    assert.match(await metrics.expose(), /foz_bridge_lag_messages\{topic="req"\} 3\n/);
  });
});
