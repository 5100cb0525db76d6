import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { OffsetWaiters } from "../../src/serve/offset_waiters.ts";

describe("OffsetWaiters", () => {
  it("does not wait for what is applied already", async () => {
    const waiters = new OffsetWaiters(systemClock);
    assert.equal(await waiters.wait(4, 60_000, 5), true);
  });

  it("ends waiting when the event is applied, and not for an event after it", async () => {
    const waiters = new OffsetWaiters(systemClock);
    const fifth = waiters.wait(5, 60_000, 5), sixth = waiters.wait(6, 20, 5);
    waiters.applied(6); // events 0..5
    assert.equal(await fifth, true);
    assert.equal(await sixth, false);
  });

  it("says that it did not happen when it closes", async () => {
    const waiters = new OffsetWaiters(systemClock);
    const waiting = waiters.wait(5, 60_000, 0);
    waiters.close();
    assert.equal(await waiting, false);
  });
});
