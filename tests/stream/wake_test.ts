import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Wake } from "../../src/stream/wake.ts";
import { settled, VirtualClock } from "../simulation/virtual_clock.ts";

function waiting(wake: Wake, ms: number, signal = new AbortController().signal) {
  const state = { isOver: false };
  void wake.wait(ms, signal).then(() => state.isOver = true);
  return state;
}

describe("Wake", () => {
  it("waits for the time given, or until it is called", async () => {
    const clock = new VirtualClock(), wake = new Wake(clock), first = waiting(wake, 100);
    await clock.advance(99);
    assert.equal(first.isOver, false);
    await clock.advance(1);
    assert.equal(first.isOver, true);
    const second = waiting(wake, 100);
    wake.call();
    await settled();
    assert.equal(second.isOver, true);
  });

  it("remembers one call for the next who waits", async () => {
    const wake = new Wake(new VirtualClock());
    wake.call();
    wake.call();
    const first = waiting(wake, 100);
    await settled();
    assert.equal(first.isOver, true);
    const second = waiting(wake, 100);
    await settled();
    assert.equal(second.isOver, false);
  });

  it("ends with the signal", async () => {
    const wake = new Wake(new VirtualClock()),
      stop = new AbortController(),
      first = waiting(wake, 100, stop.signal);
    stop.abort();
    await settled();
    assert.equal(first.isOver, true);
  });
});
