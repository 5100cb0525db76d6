import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { plantActivity, plantTimes } from "../../src/synthesize/activity.ts";
import { Random } from "../../src/synthesize/random.ts";

const total = (counts: Uint32Array) => counts.reduce((sum, count) => sum + count, 0);

describe("plantActivity", () => {
  it("gives exactly the events asked for, each user within bounds", () => {
    for (
      const [userCount, eventCount, mostPerUser] of [[100, 1000, 50], [10, 100, 10], [7, 3, 2], [5, 5, 1], [
        1,
        9,
        9,
      ]]
    ) {
      const counts = plantActivity({ userCount, eventCount, mostPerUser, spread: 1.2 }, Random.seeded(1));
      assert.equal(counts.length, userCount);
      assert.equal(total(counts), eventCount);
      assert.ok(counts.every((count) => count <= mostPerUser));
      if (eventCount >= userCount) assert.ok(counts.every((count) => count >= 1));
    }
  });

  it("spreads the logarithm of activity as asked", () => {
    const options = { userCount: 20_000, eventCount: 4_000_000, mostPerUser: 1e6, spread: 0.7 };
    const logs = Array.from(plantActivity(options, Random.seeded(2)), Math.log);
    const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
    const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
    assert.ok(Math.abs(deviation - 0.7) < 0.02, `${deviation}`);
  });

  it("refuses more events than the users may have", () => {
    const options = { userCount: 3, eventCount: 7, mostPerUser: 2, spread: 1 };
    assert.throws(() => plantActivity(options, Random.seeded(1)), /7 events of 3 users: at most 6/);
  });
});

describe("plantTimes", () => {
  it("gives ascending whole seconds from the arrival on", () => {
    const seconds = new Float64Array(500);
    plantTimes(seconds, 1_000_000, 9_000_000, Random.seeded(1));
    assert.ok(seconds[0] >= 1_000_000);
    for (let i = 1; i < seconds.length; i++) assert.ok(seconds[i] >= seconds[i - 1]);
    assert.ok(seconds.every(Number.isInteger));
  });

  it("groups events into sessions: most gaps are minutes, some are days", () => {
    const seconds = new Float64Array(2000);
    plantTimes(seconds, 0, 180 * 86_400, Random.seeded(2));
    const gaps = Array.from(seconds.subarray(1), (time, i) => time - seconds[i]);
    const short = gaps.filter((gap) => gap < 1800).length / gaps.length;
    assert.ok(short > 0.75 && short < 0.95, `${short}`);
  });
});
