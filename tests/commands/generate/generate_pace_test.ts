import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Pace } from "../../../src/commands/generate/generate_pace.ts";
import type { Clock } from "../../../src/ports/clock.ts";

/** Time passes while one sleeps, and when `pass` says so. */
class SleepClock implements Clock {
  ms = 500;
  nowMs = () => this.ms;
  monotonicMs = () => this.ms;
  sleep = async (ms: number) => void (this.ms += ms);
}

function paceOf(clock: Clock, rate: number | undefined, signal = new AbortController().signal): Pace {
  return new Pace({ rate, batchCount: 100, clock, signal });
}

describe("Pace", () => {
  it("gives as many as the rate allows by each moment, never more", async () => {
    for (const rate of [0.5, 3, 47, 1000, 12_345]) {
      const clock = new SleepClock(), pace = paceOf(clock, rate);
      let sent = 0;
      for (let k = 0; k < 200; k++) {
        sent += await pace.next(Infinity);
        const seconds = (clock.ms - 500) / 1000;
        assert.ok(sent <= Math.floor(seconds * rate + 1e-6) + 1, `${sent} after ${seconds} s at ${rate}`);
      }
      const seconds = (clock.ms - 500) / 1000;
      if (rate <= 1000) assert.ok(sent >= seconds * rate - 1, `${sent} after ${seconds} s at ${rate}`);
    }
  });

  it("catches up after a delay, in batches", async () => {
    const clock = new SleepClock(), pace = paceOf(clock, 100);
    assert.equal(await pace.next(Infinity), 1);
    clock.ms += 2500;
    assert.deepEqual([await pace.next(Infinity), await pace.next(Infinity), await pace.next(Infinity)], [
      100,
      100,
      50,
    ]);
  });

  it("goes as fast as it can without a rate", async () => {
    const clock = new SleepClock(), pace = paceOf(clock, undefined);
    assert.deepEqual([await pace.next(1000), await pace.next(30)], [100, 30]);
    assert.equal(clock.ms, 500);
  });

  it("gives none once it is stopped", async () => {
    const stop = new AbortController(), clock = new SleepClock();
    for (const rate of [undefined, 5]) {
      const pace = paceOf(clock, rate, stop.signal);
      await pace.next(10);
    }
    stop.abort();
    assert.equal(await paceOf(clock, undefined, stop.signal).next(10), 0);
    assert.equal(await paceOf(clock, 5, stop.signal).next(10), 0);
  });
});
