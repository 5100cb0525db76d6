import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Ddm } from "../../../src/evaluate/drift/ddm.ts";
import { alarmsOf, alarmsWithStop, coins } from "./streams.ts";

/** From all numbers since the last alarm, each time anew. */
function plainAlarms(values: readonly number[]): number[] {
  const alarms: number[] = [];
  let history: number[] = [];
  values.forEach((value, place) => {
    history.push(value);
    let best: readonly [rate: number, deviation: number] | undefined, sum = 0, isAlarm = false;
    history.forEach((x, k) => {
      sum += x;
      if (k + 1 <= 30) return;
      const rate = sum / (k + 1), deviation = Math.sqrt(rate * (1 - rate) / (k + 1));
      if (best === undefined || rate + deviation <= best[0] + best[1]) best = [rate, deviation];
      isAlarm = rate + deviation > best[0] + 3 * best[1];
    });
    if (isAlarm) alarms.push(place), history = [];
  });
  return alarms;
}

describe("Ddm", () => {
  it("gives alarm where the error rate leaves its best", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const values = coins(seed, [[400, 0.2], [400, 0.6]]);
      const expected = plainAlarms(values);
      assert.deepEqual(alarmsOf(new Ddm(), values), expected);
      assert.ok(expected.some((place) => place >= 400 && place < 600), `seed ${seed}: ${expected}`);
    }
  });

  it("counts by hand: 20 % errors for 100 numbers, then errors only", () => {
    // Best: p = 0.2, s = 0.04 at 100. After k errors (20 + k)/(100 + k) + s > 0.32 first holds for k = 11:
    // 31/111 + √(31·80/111³) = 0.2793 + 0.0426 = 0.3219; for k = 10: 0.2727 + 0.0425 = 0.3152.
    const values = [...Array.from({ length: 100 }, (_, k) => k % 5 === 0 ? 1 : 0), ...new Array(20).fill(1)];
    assert.equal(alarmsOf(new Ddm(), values)[0], 110);
  });

  it("does not mind a falling error rate, and goes on from a saved state", () => {
    assert.deepEqual(alarmsOf(new Ddm(), coins(1, [[300, 0.8], [600, 0.1]])), []);
    const values = coins(2, [[200, 0.1], [200, 0.7], [200, 0.1], [200, 0.9]]);
    assert.deepEqual(alarmsWithStop(() => new Ddm(), values, 333), alarmsOf(new Ddm(), values));
  });
});
