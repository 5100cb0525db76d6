import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { PollPace } from "../../src/commands/poll_pace.ts";
import type { Clock } from "../../src/ports/clock.ts";

describe("PollPace", () => {
  it("is quick while something goes on, and for two seconds after", () => {
    let ms = 5;
    const clock: Clock = { nowMs: () => ms, monotonicMs: () => ms, sleep: () => Promise.resolve() };
    const pace = new PollPace(clock);
    assert.equal(pace.pollMs(), 500);
    pace.busy();
    assert.equal(pace.pollMs(), 50);
    ms += 1999;
    assert.equal(pace.pollMs(), 50);
    ms += 1;
    assert.equal(pace.pollMs(), 500);
    pace.busy();
    assert.equal(pace.pollMs(), 50);
  });
});
