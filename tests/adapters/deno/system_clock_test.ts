import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";

describe("systemClock", () => {
  it("ends a sleep at once when its signal aborts, and leaves no timer", async () => {
    const abort = new AbortController();
    const sleeping = systemClock.sleep(3_600_000, abort.signal);
    abort.abort();
    await sleeping;
    await systemClock.sleep(3_600_000, abort.signal);
  });

  it("sleeps no shorter than it was asked to", async () => {
    const beforeMs = systemClock.monotonicMs();
    await systemClock.sleep(20);
    assert.ok(systemClock.monotonicMs() - beforeMs >= 19);
  });

  it("gives timers and messages their turn, even where nobody sleeps for any time", async () => {
    const { port1, port2 } = new MessageChannel(), came = new Set<string>();
    port2.onmessage = () => came.add("message");
    port1.postMessage("");
    setTimeout(() => came.add("timer"), 1);
    const untilMs = systemClock.monotonicMs() + 5000;
    while (came.size < 2 && systemClock.monotonicMs() < untilMs) await systemClock.sleep(0);
    port1.close();
    port2.close();
    assert.deepEqual([...came].sort(), ["message", "timer"]);
  });
});
