import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { PollPace } from "../../src/commands/poll_pace.ts";
import type { Clock } from "../../src/ports/clock.ts";

describe("PollPace", () => {
  it("is quick while something goes on, and for two seconds after", () => {
    let ms = 5;
    const clock: Clock = { nowMs: () => ms, monotonicMs: () => ms, sleep: () => Promise.resolve() };
    const pace = new PollPace(clock);
    assert.equal(pace.pollMs(), 495);
    pace.busy();
    assert.equal(pace.pollMs(), 50);
    ms += 1999;
    assert.equal(pace.pollMs(), 50);
    ms += 1;
    assert.equal(pace.pollMs(), 495);
    pace.busy();
    assert.equal(pace.pollMs(), 50);
  });

  it("lets all look at the same moments, twice a second, however little a timer errs", () => {
    let ms = 0;
    const clock: Clock = { nowMs: () => ms, monotonicMs: () => ms, sleep: () => Promise.resolve() };
    const pace = new PollPace(clock), next = (atMs: number) => (ms = atMs, ms + pace.pollMs());
    assert.deepEqual([10_000, 10_200.5, 10_449, 10_450].map(next), [10_500, 10_500, 10_500, 10_500]);
    assert.deepEqual([10_450.5, 10_499.75, 10_500, 10_501].map(next), [11_000, 11_000, 11_000, 11_000]);
  });
});
