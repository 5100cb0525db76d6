import { beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { Visibility } from "../../src/serve/visibility.ts";
import { VirtualClock } from "../simulation/virtual_clock.ts";

async function figuresOf(metrics: MemoryMetrics): Promise<(string | undefined)[]> {
  const text = await metrics.expose();
  return ["foz_applied_offset", "foz_log_end_offset", "foz_lag_events"]
    .map((name) => new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
}

describe("Visibility", () => {
  let clock: VirtualClock, metrics: MemoryMetrics, visibility: Visibility;
  beforeEach(() => {
    clock = new VirtualClock();
    metrics = new MemoryMetrics();
    visibility = new Visibility(clock, metrics);
  });

  it("answers who waits when it is reached, and at once who asks later", async () => {
    const waiting = visibility.waitFor(7, 1000);
    visibility.reached(8, 9);
    assert.equal(await waiting, true);
    assert.equal(await visibility.waitFor(7, 0), true);
    const next = visibility.waitFor(8, 1000);
    visibility.close();
    assert.equal(await next, false);
  });

  it("tells how far it is behind", async () => {
    visibility.reached(3, 10);
    assert.deepEqual(await figuresOf(metrics), ["3", "10", "7"]);
    visibility.reached(10, 10);
    assert.equal(visibility.lagMs, 0);
    assert.deepEqual(await figuresOf(metrics), ["10", "10", "0"]);
  });

  it("says of each event when it became visible", () => {
    visibility.traces.logged([{ eventId: "a", offset: 3 }], 1, 2);
    visibility.reached(3, 4);
    assert.equal(visibility.traces.of("a")!.visibleMs, undefined);
    visibility.reached(4, 4);
    assert.equal(visibility.traces.of("a")!.visibleMs, clock.nowMs());
  });
});
